"""What people asked of their own data, by when it is due, and what became of it."""

from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.rights_tables import RightsRequestRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal
from shared.wire import Words

DUE_DAYS = 30
NOTE_MIN = 4
NOTE_MAX = 500
SHOWN_MAX = 200
_DAY_MS = 24 * 3600 * 1000
_TABLE = "rights_request"


class Wish(StrEnum):
    """What somebody asks (PIPL articles 44 to 47)."""

    COPY = "copy"
    CORRECT = "correct"
    ERASE = "erase"
    RESTRICT = "restrict"
    LIFT = "lift"


class Asker(StrEnum):
    """Who asks; never a name."""

    SELF = "self"
    GUARDIAN = "guardian"
    HEIR = "heir"
    AUTHORITY = "authority"


class State(StrEnum):
    """How a request stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


WISH_WORDS = {
    Wish.COPY: Words("查阅、复制", "See and take a copy"),
    Wish.CORRECT: Words("更正", "Correct"),
    Wish.ERASE: Words("删除", "Erase"),
    Wish.RESTRICT: Words("限制使用", "Restrict"),
    Wish.LIFT: Words("恢复使用", "Lift the restriction"),
}
ASKER_WORDS = {
    Asker.SELF: Words("本人", "The person"),
    Asker.GUARDIAN: Words("监护人", "A guardian"),
    Asker.HEIR: Words("近亲属", "Next of kin"),
    Asker.AUTHORITY: Words("主管部门", "An authority"),
}


class Request(Struct, frozen=True):
    """One request."""

    id: str
    record_id: str
    grid: str
    wish: Wish
    asked_by: Asker
    note: str
    state: State
    asked_at: int
    due_at: int
    taken_by: str
    done_by: str
    done_at: int | None
    outcome: str


class Asked(Struct, frozen=True):
    """A request as it is written down."""

    record_id: str
    grid: str
    wish: Wish
    asked_by: Asker
    note: str
    """How it came, and how the person was recognised."""


def take_request(act: Act, asked: Asked) -> str:
    """Writes a request down; its id. Raises OfficeRefused."""
    act.require(Action.HANDLE_RIGHTS)
    note = _checked(asked.note)
    request = new_id(act.now)
    act.conn.execute(
        insert(RightsRequestRow).values(
            town_id=act.who.town, id=request, record_id=asked.record_id, grid=asked.grid,
            wish=asked.wish.value, asked_by=asked.asked_by.value, state=State.OPEN.value,
            note=_sealed(act, request, note), asked_at=act.now, taken_by=act.who.id,
            due_at=act.now + DUE_DAYS * _DAY_MS,
        )
    )  # fmt: skip
    act.note(Deed.RIGHT_ASKED, f"{request} {asked.wish} {asked.record_id}")
    return request


def close_request(act: Act, request_id: str, *, done: bool, outcome: str) -> None:
    """Says what became of a request. Raises NotFound or OfficeRefused."""
    act.require(Action.HANDLE_RIGHTS)
    request = request_of(act.conn, Seal(act.keys), act.who, request_id)
    if request.state is not State.OPEN:
        raise refused("right_closed", "这项申请已经办结。", "This request has been closed.")
    state = State.DONE if done else State.REFUSED
    act.conn.execute(
        update(RightsRequestRow)
        .where(
            col(RightsRequestRow.town_id) == act.who.town, col(RightsRequestRow.id) == request_id
        )
        .values(
            state=state.value, done_by=act.who.id, done_at=act.now,
            outcome=_sealed(act, request_id, _checked(outcome)),
        )
    )  # fmt: skip
    deed = Deed.RIGHT_DONE if done else Deed.RIGHT_REFUSED
    act.note(deed, f"{request_id} {request.wish} {request.record_id}")


def request_of(conn: Connection, seal: Seal, who: AccountIdentity, request_id: str) -> Request:
    """One request of the account's area. Raises NotFound."""
    row = conn.execute(
        select(RightsRequestRow).where(
            col(RightsRequestRow.town_id) == who.town, col(RightsRequestRow.id) == request_id
        )
    ).one_or_none()
    if row is None or row.grid not in who.grids:
        raise NotFound
    return _request(row, seal)


def requests(conn: Connection, seal: Seal, who: AccountIdentity) -> list[Request]:
    """The requests of the account's area: open ones first, those due soonest before all."""
    rows = conn.execute(
        select(RightsRequestRow)
        .where(col(RightsRequestRow.town_id) == who.town, col(RightsRequestRow.grid).in_(who.grids))
        .order_by(
            col(RightsRequestRow.state) != State.OPEN.value,
            col(RightsRequestRow.due_at),
            col(RightsRequestRow.id),
        )
        .limit(SHOWN_MAX)
    )
    return [_request(row, seal) for row in rows]


def about_record(conn: Connection, seal: Seal, town: str, record: str) -> list[Request]:
    """What was asked about one record."""
    rows = conn.execute(
        select(RightsRequestRow)
        .where(col(RightsRequestRow.town_id) == town, col(RightsRequestRow.record_id) == record)
        .order_by(col(RightsRequestRow.asked_at))
    )
    return [_request(row, seal) for row in rows]


def _checked(text: str) -> str:
    plain = " ".join(text.split())
    if not NOTE_MIN <= len(plain) <= NOTE_MAX:
        raise refused(
            "right_note",
            f"请写明情况，{NOTE_MIN} 到 {NOTE_MAX} 个字。",
            f"Say what happened, in {NOTE_MIN} to {NOTE_MAX} characters.",
        )
    return plain


def _sealed(act: Act, request: str, text: str) -> bytes:
    return Seal(act.keys).close(text.encode(), _TABLE, act.who.town, request)


def _request(row: Row[RightsRequestRow], seal: Seal) -> Request:
    def opened(content: bytes | None) -> str:
        return seal.open(content, _TABLE, row.town_id, row.id).decode() if content else ""

    said = row._asdict() | {"note": opened(row.note), "outcome": opened(row.outcome)}
    return msgspec.convert(said, Request)
