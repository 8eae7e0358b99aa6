"""What the office makes of visits that broke a rule: accepted, or marked; and the month's list."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlmodel import col

from server.db.bulk import among
from server.db.review_tables import VisitBreachRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of

SHOWN_MAX = 500


class Verdict(StrEnum):
    """What the office made of it."""

    ACCEPTED = "accepted"
    """There was good reason for it."""
    MARKED = "marked"
    """It should not have been: it stays on the month's list as such."""


class Breach(Struct, frozen=True, kw_only=True):
    """One visit that broke rules."""

    visit_id: str
    household_id: str
    grid: str
    worker_id: str
    worker_name: str = ""
    started: int
    rules: tuple[str, ...]
    reason: str
    verdict: Verdict | None
    judged_by: str
    """A name."""
    judged_at: int | None


class Month(Struct, frozen=True):
    """The breaches of some time in some grids."""

    lines: tuple[Breach, ...]
    """The newest first; no more than `SHOWN_MAX`."""
    total: int
    by_rule: Mapping[str, int]
    by_verdict: Mapping[str, int]


def month_of(
    conn: Connection, who: AccountIdentity, span: tuple[int, int], grid: str = ""
) -> Month:
    """The visits made in that time, from and to in ms, that broke a rule; the newest first."""
    grids = who.grids & {grid} if grid else who.grids
    where = (
        col(VisitBreachRow.town_id) == who.town,
        among(conn, col(VisitBreachRow.grid), grids),
        col(VisitBreachRow.started) >= span[0],
        col(VisitBreachRow.started) < span[1],
    )
    counted = conn.execute(
        select(col(VisitBreachRow.rules), col(VisitBreachRow.verdict), func.count())
        .where(*where)
        .group_by(col(VisitBreachRow.rules), col(VisitBreachRow.verdict))
    ).all()
    by_rule: dict[str, int] = defaultdict(int)
    by_verdict: dict[str, int] = defaultdict(int)
    for rules, verdict, n in counted:
        by_verdict[verdict] += n
        for rule in rules.split():
            by_rule[rule] += n
    lines = _breaches(conn, who.town, where)
    return Month(tuple(lines), sum(by_verdict.values()), dict(by_rule), dict(by_verdict))


def breach_of(conn: Connection, who: AccountIdentity, visit: str) -> Breach:
    """One breach of the account's area. Raises NotFound."""
    where = col(VisitBreachRow.town_id) == who.town, col(VisitBreachRow.visit_id) == visit
    found = _breaches(conn, who.town, where)
    if not found or found[0].grid not in who.grids:
        raise NotFound
    return found[0]


def judge(act: Act, visits: Collection[str], verdict: Verdict) -> int:
    """Accepts or marks breaches of the account's area; how many. Another verdict replaces one."""
    act.require(Action.DECIDE)
    mine = (
        col(VisitBreachRow.town_id) == act.who.town,
        among(act.conn, col(VisitBreachRow.visit_id), visits),
        among(act.conn, col(VisitBreachRow.grid), act.who.grids),
        col(VisitBreachRow.verdict) != verdict.value,
    )
    ids = list(act.conn.execute(select(col(VisitBreachRow.visit_id)).where(*mine)).scalars())
    said = {"verdict": verdict.value, "judged_by": act.who.id, "judged_at": act.now}
    act.conn.execute(update(VisitBreachRow).where(*mine).values(**said))
    deed = Deed.BREACH_ACCEPTED if verdict is Verdict.ACCEPTED else Deed.BREACH_MARKED
    for visit in ids:
        act.note(deed, visit)
    return len(ids)


def _breaches(conn: Connection, town: str, where: tuple[ColumnElement[bool], ...]) -> list[Breach]:
    rows = conn.execute(
        select(VisitBreachRow)
        .where(*where)
        .order_by(col(VisitBreachRow.started).desc(), col(VisitBreachRow.visit_id))
        .limit(SHOWN_MAX)
    ).all()
    people = {row.worker_id for row in rows} | {row.judged_by for row in rows}
    names = names_of(conn, town, people - {""})
    return [
        Breach(
            visit_id=row.visit_id, household_id=row.household_id, grid=row.grid,
            worker_id=row.worker_id, worker_name=names.get(row.worker_id, ""),
            started=row.started, rules=tuple(row.rules.split()), reason=row.reason,
            verdict=Verdict(row.verdict) if row.verdict else None,
            judged_by=names.get(row.judged_by, ""), judged_at=row.judged_at,
        )
        for row in rows
    ]  # fmt: skip
