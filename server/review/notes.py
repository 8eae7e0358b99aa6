"""What reviewers say of things that wait: whose they are, until when they rest, that they are done.

The newest word stands. Each is written down with who said it; deciding itself is the register's.
"""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.db.office_tables import AccountRow
from server.db.review_tables import ReviewRow
from server.office.act import Act
from server.office.areas import areas, subtree
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action, Role, may
from server.review.queue import DAY_MS, Queue
from server.review.waiting import Kind

LATER_DAYS = (1, 3, 7, 30)
AT_ONCE_MAX = 500


class Reviewer(Struct, frozen=True):
    """An account that may decide."""

    id: str
    name: str


def reviewers(conn: Connection, who: AccountIdentity) -> list[Reviewer]:
    """Who may decide in the area of `who`, or in an area above or below it."""
    everything = areas(conn, who.town)
    tree = {area.id: area for area in everything}
    near = {area.id for area in subtree(everything, who.area_id)}
    above = tree.get(who.area_id)
    while above is not None:
        near.add(above.id)
        above = tree.get(above.parent_id or "")
    rows = conn.execute(
        select(col(AccountRow.id), col(AccountRow.name), col(AccountRow.role))
        .where(
            col(AccountRow.town_id) == who.town,
            col(AccountRow.active).is_(True),
            col(AccountRow.area_id).in_(near),
        )
        .order_by(col(AccountRow.name), col(AccountRow.id))
    )
    return [Reviewer(row.id, row.name) for row in rows if may(Role(row.role), Action.DECIDE)]


def assign(act: Act, keys: Collection[str], account_id: str) -> int:
    """Gives things to a reviewer, or to nobody; how many."""
    act.require(Action.DECIDE)
    names = {reviewer.id for reviewer in reviewers(act.conn, act.who)}
    if account_id and account_id not in names:
        raise refused(
            "no_reviewer",
            "该账号不能裁定这个范围的内容。",
            "That account may not decide in this area.",
        )
    return _say(act, keys, (Deed.REVIEW_ASSIGNED, account_id), {"assignee": account_id})


def put_off(act: Act, keys: Collection[str], days: int) -> int:
    """Keeps things for later; with 0 days they ask again at once."""
    act.require(Action.DECIDE)
    if days and days not in LATER_DAYS:
        raise refused("later_days", "请选择暂缓的天数。", "Choose for how many days.")
    until = act.now + days * DAY_MS if days else None
    return _say(act, keys, (Deed.REVIEW_PUT_OFF, str(days)), {"later_until": until})


def confirm(act: Act, keys: Collection[str]) -> int:
    """New registrations are as they should be; how many."""
    act.require(Action.DECIDE)
    new = [key for key in keys if key.startswith(f"{Kind.REGISTRATION}:")]
    done: dict[str, str | int | None] = {"done_at": act.now, "done_by": act.who.id}
    return _say(act, new, (Deed.REGISTRATION_CONFIRMED, ""), done)


def _say(
    act: Act, keys: Collection[str], told: tuple[Deed, str], values: dict[str, str | int | None]
) -> int:
    deed, detail = told
    found = Queue(act.conn, act.who, act.now).among(list(keys)[:AT_ONCE_MAX])
    for kind, item in found:
        _put(act, kind, item, values)
        act.note(deed, f"{kind} {item} {detail}".rstrip())
    return len(found)


def _put(act: Act, kind: Kind, item: str, values: dict[str, str | int | None]) -> None:
    mine = (
        col(ReviewRow.town_id) == act.who.town,
        col(ReviewRow.kind) == kind.value,
        col(ReviewRow.item) == item,
    )
    before = act.conn.execute(select(ReviewRow).where(*mine)).mappings().one_or_none()
    row = {"assignee": "", "later_until": None, "done_at": None, "done_by": ""} | (
        dict(before) if before else {}
    )
    row |= values | {
        "town_id": act.who.town,
        "kind": kind.value,
        "item": item,
        "changed_at": act.now,
        "changed_by": act.who.id,
    }
    act.conn.execute(delete(ReviewRow).where(*mine))
    act.conn.execute(insert(ReviewRow).values(**row))
