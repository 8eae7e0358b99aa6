"""Orders for files: purpose and reason first, a second person above a bound, then the file.

The file is made when it is taken and never kept: what it holds is what its recipient may see then.
"""

import secrets
from base64 import b32encode
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, select, update
from sqlalchemy import insert as into
from sqlmodel import col

from server.clock import new_id
from server.db.export_tables import ExportRow
from server.errors import NotFound
from server.exports.cover import Format, Purpose
from server.office.act import Act
from server.office.audit import Deed, times_done
from server.office.errors import OfficeRefused, refused
from server.office.people import OPERATOR, AccountIdentity, account_identity
from server.office.roles import Action, Role

ROWS_ALONE = 500
"""More records than this leave only when a second person agrees."""
GROWTH = 1.1
"""An agreed file may have so many times the records that it had when it was asked for."""
REASON_MIN = 4
REASON_MAX = 200
DAYS_OPEN = 7
A_DAY_MAX = 20
"""Files that one account may take in 24 hours."""
SHOWN_MAX = 100
LISTED_MAX = 50_000
"""Records of one list; whole kinds have no bound."""
_DAY_MS = 24 * 3600 * 1000


class OrderState(StrEnum):
    """How an order stands."""

    ASKED = "asked"
    """Waits for a second person."""
    OPEN = "open"
    """May be taken."""
    REFUSED = "refused"


class Wanted(Struct, frozen=True, omit_defaults=True):
    """What a file is to hold. It names no person."""

    kinds: tuple[str, ...]
    format: Format
    labels: bool = True
    language: str = "zh"
    clear: bool = False
    """Phones and birth dates whole; class S never."""
    listed: str = ""
    """The list of the console that it was asked from; empty for all records of the kinds."""
    query: str = ""
    """What the list showed: its search and filters, as in its address."""
    columns: tuple[str, ...] = ()
    """The names of those that are needed; empty for all."""
    filter: str = ""
    """As OData's $filter: what a program keeps of the records of each kind."""


class Order(Struct, frozen=True):
    """One order, and what became of it."""

    id: str
    account_id: str
    wanted: Wanted
    purpose: Purpose
    reason: str
    rows: int
    state: OrderState
    mark: str
    created_at: int
    expires_at: int
    decided_by: str
    decided_at: int | None
    taken_at: int | None


class Asked(Struct, frozen=True):
    """An order as it is given."""

    wanted: Wanted
    purpose: Purpose
    reason: str
    rows: int
    """Records that it would have now."""


def place_order(act: Act, asked: Asked) -> Order:
    """Keeps an order; a small, masked one may be taken at once. Raises OfficeRefused."""
    act.require(Action.EXPORT)
    if asked.wanted.clear:
        act.require(Action.REVEAL)
    reason = " ".join(asked.reason.split())
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        raise refused(
            "export_reason",
            f"请写明导出的理由，{REASON_MIN} 到 {REASON_MAX} 个字。",
            f"Say why you need the file, in {REASON_MIN} to {REASON_MAX} characters.",
        )
    alone = asked.rows <= ROWS_ALONE and not asked.wanted.clear
    order = Order(
        id=new_id(act.now),
        account_id=act.who.id,
        wanted=asked.wanted,
        purpose=asked.purpose,
        reason=reason,
        rows=asked.rows,
        state=OrderState.OPEN if alone else OrderState.ASKED,
        mark=_new_mark(),
        created_at=act.now,
        expires_at=act.now + DAYS_OPEN * _DAY_MS,
        decided_by="",
        decided_at=None,
        taken_at=None,
    )
    values = msgspec.structs.asdict(order) | {"wanted": msgspec.json.encode(order.wanted)}
    act.conn.execute(into(ExportRow).values(town_id=act.who.town, **values))
    if not alone:
        act.note(Deed.EXPORT_ASKED, _said(order), _why(order))
    return order


def decide_order(act: Act, order_id: str, *, agree: bool) -> Order:
    """A second person agrees, or does not; the order as it stands then.

    Raises NotFound or OfficeRefused.
    """
    act.require(Action.EXPORT)
    order = _locked(act, order_id)
    if order.account_id == act.who.id:
        raise refused(
            "export_own",
            "本人不能批准自己的导出申请，请另一位有导出权限的同事办理。",
            "Nobody agrees to their own file. Ask a colleague who may export.",
        )
    if not may_decide(act.conn, act.who, order):
        raise NotFound
    if order.state is not OrderState.ASKED:
        raise refused("export_decided", "这份申请已经办理过了。", "This has been decided already.")
    state = OrderState.OPEN if agree else OrderState.REFUSED
    _set(act, order_id, state=state.value, decided_by=act.who.id, decided_at=act.now,
         expires_at=act.now + DAYS_OPEN * _DAY_MS)  # fmt: skip
    deed = Deed.EXPORT_AGREED if agree else Deed.EXPORT_REFUSED
    act.note(deed, _said(order), _why(order))
    return _locked(act, order_id)


def taken(act: Act, order: Order, rows: int) -> None:
    """Notes that the file is being handed out, with so many records. Raises OfficeRefused."""
    checked_open(order, act.now)
    agreed = ROWS_ALONE if not order.decided_by else max(ROWS_ALONE, int(order.rows * GROWTH))
    if rows > agreed:
        raise refused(
            "export_grown",
            f"现在有 {rows} 条记录，超过批准的 {order.rows} 条，请重新申请。",
            f"There are {rows} records now, more than the {order.rows} that were agreed to. "
            "Ask again.",
        )
    _set(act, order.id, taken_at=act.now, rows=rows)
    # The audit trail takes a place in its chain first, so that two at once are counted too.
    act.note(Deed.EXPORTED, f"{_said(order)} {rows}", _why(order))
    done = act.who.id, Deed.EXPORTED
    if times_done(act.conn, act.who.town, done, since=act.now - _DAY_MS) > A_DAY_MAX:
        raise refused(
            "export_often",
            f"24 小时内最多导出 {A_DAY_MAX} 个文件，请明天再来。",
            f"At most {A_DAY_MAX} files can be taken in 24 hours. Come back tomorrow.",
        )


def checked_open(order: Order, now: int) -> Order:
    """The order, if its file may be taken. Raises OfficeRefused."""
    if order.state is OrderState.OPEN and now < order.expires_at:
        return order
    raise _not_open(order)


def order_of(conn: Connection, who: AccountIdentity, order_id: str) -> Order:
    """An order of one's own. Raises NotFound."""
    found = _orders(conn, who.town, col(ExportRow.id) == order_id)
    if not found or found[0].account_id != who.id:
        raise NotFound
    return found[0]


def orders(conn: Connection, who: AccountIdentity) -> list[Order]:
    """The newest orders that an account may see: its own, and those that it may decide."""
    return [
        order
        for order in _orders(conn, who.town)
        if order.account_id == who.id or may_decide(conn, who, order)
    ]


def may_decide(conn: Connection, who: AccountIdentity, order: Order) -> bool:
    """Whether somebody is in charge of all that the other's file would hold."""
    if order.account_id == OPERATOR:
        return who.role is Role.TOWN_ADMIN
    other = account_identity(conn, who.town, order.account_id)
    return other is not None and other.id != who.id and other.grids <= who.grids


def _not_open(order: Order) -> OfficeRefused:
    if order.state is OrderState.ASKED:
        return refused(
            "export_waits", "这份文件还在等待另一人批准。", "This file waits for a second person."
        )
    if order.state is OrderState.REFUSED:
        return refused("export_refused", "这份导出申请未获批准。", "This file was not agreed to.")
    return refused("export_over", "这份文件已过期，请重新申请。", "This has expired. Ask again.")


def _locked(act: Act, order_id: str) -> Order:
    wanted = select(ExportRow).where(
        col(ExportRow.town_id) == act.who.town, col(ExportRow.id) == order_id
    )
    row = act.conn.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise NotFound
    return _order(row)


def _orders(conn: Connection, town: str, *where: ColumnElement[bool]) -> list[Order]:
    rows = conn.execute(
        select(ExportRow)
        .where(col(ExportRow.town_id) == town, *where)
        .order_by(col(ExportRow.created_at).desc(), col(ExportRow.id).desc())
        .limit(SHOWN_MAX)
    )
    return [_order(row) for row in rows]


def _order(row: Row[ExportRow]) -> Order:
    columns = row._asdict() | {"wanted": msgspec.json.decode(row.wanted, type=Wanted)}
    return msgspec.convert(columns, Order)


def _set(act: Act, order_id: str, **values: str | int) -> None:
    act.conn.execute(
        update(ExportRow)
        .where(col(ExportRow.town_id) == act.who.town, col(ExportRow.id) == order_id)
        .values(**values)
    )


def _new_mark() -> str:
    letters = b32encode(secrets.token_bytes(5)).decode()
    return f"{letters[:4]}-{letters[4:]}"


def _said(order: Order) -> str:
    clear = "+clear" * order.wanted.clear
    return f"{order.mark} {'+'.join(order.wanted.kinds)}.{order.wanted.format}{clear}"


def _why(order: Order) -> str:
    return f"{order.purpose}: {order.reason}"
