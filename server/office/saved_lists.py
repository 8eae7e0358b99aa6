"""Lists as somebody wants to see them again, under a name. Each account has its own."""

from urllib.parse import parse_qsl, urlencode

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.desk_tables import SavedListRow
from server.db.engine import reading
from server.errors import NotFound
from server.office.act import Act
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action

NAME_MAX = 40
QUERY_MAX = 2_000
LISTS_MAX = 50
"""Of one account and list."""
_OWN = ("filter", "q", "sort", "cols", "page_size")
"""What of an address says how a list is shown; the page is not part of it."""


class SavedList(Struct, frozen=True):
    """One of them."""

    id: str
    name: str
    query: str
    """What follows the `?`."""


def saved_lists(conn: Connection, who: AccountIdentity, listed: str) -> list[SavedList]:
    """The account's own of one list, by name."""
    rows = conn.execute(
        select(col(SavedListRow.id), col(SavedListRow.name), col(SavedListRow.query))
        .where(*_mine(who), col(SavedListRow.list) == listed)
        .order_by(col(SavedListRow.name), col(SavedListRow.id))
    )
    return [SavedList(*row) for row in rows]


def own_lists(engine: Engine, who: AccountIdentity, listed: str) -> list[SavedList]:
    """The same, read by itself."""
    with reading(engine) as conn:
        return saved_lists(conn, who, listed)


def save_list(act: Act, listed: str, name: str, query: str) -> SavedList:
    """Keeps how a list is shown; the same name again changes it. Raises OfficeRefused."""
    act.require(Action.SEE_RECORDS)
    name = " ".join(name.split())[:NAME_MAX]
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key in _OWN])
    if not name or not kept or len(kept) > QUERY_MAX:
        raise refused(
            "saved_list",
            "请先设置筛选、排序或列，再起一个名字。",
            "Filter, sort or choose columns first, then give it a name.",
        )
    known = saved_lists(act.conn, act.who, listed)
    for same in (each for each in known if each.name == name):
        act.conn.execute(
            delete(SavedListRow).where(*_mine(act.who), col(SavedListRow.id) == same.id)
        )
    if len(known) >= LISTS_MAX:
        raise refused(
            "saved_lists", f"最多保存 {LISTS_MAX} 个。", f"At most {LISTS_MAX} can be kept."
        )
    added = SavedList(new_id(act.now), name, kept)
    act.conn.execute(
        insert(SavedListRow).values(
            town_id=act.who.town,
            id=added.id,
            account_id=act.who.id,
            list=listed,
            name=name,
            query=kept,
            created_at=act.now,
        )
    )
    return added


def drop_list(act: Act, id: str) -> None:
    """Forgets one of the account's own. Raises NotFound."""
    act.require(Action.SEE_RECORDS)
    gone = delete(SavedListRow).where(*_mine(act.who), col(SavedListRow.id) == id)
    if act.conn.execute(gone).rowcount == 0:
        raise NotFound


def _mine(who: AccountIdentity) -> tuple[ColumnElement[bool], ...]:
    return (col(SavedListRow.town_id) == who.town, col(SavedListRow.account_id) == who.id)
