"""What is counted for each part of the formula, with the records behind it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, exists, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from server.assessment.formula import Measure, Part
from server.coverage.figures import Asked as DoorsAsked
from server.coverage.figures import Figure, counted_by_grid, doors, together
from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from server.db.projections import HouseholdRow, VisitRow
from server.office.areas import Area
from server.register.standing_visits import visit_stands
from server.summary.values import Asked, Item
from server.summary.work import Work
from server.work.reading import CASE, LOOKED_BACK_DAYS, Seen, Sought, WorkBook
from shared.coverage import Answered
from shared.work.deadlines import first_deadline
from shared.work.rules import DAY_MS
from shared.work.values import DISPUTE, Action, Phase

VERIFIED = frozenset({Phase.CLOSED, Phase.VISITING})


class Counted(Struct, frozen=True):
    """A part: what was done of what was due."""

    value: float | None
    done: Sequence[Item]
    due: Sequence[Item]
    done_count: int
    due_count: int
    items: Answered = Answered()
    """Of quality, the items that apply and those that are answered."""
    joined: Sequence[Item] = ()
    """Of quality, the households that review found to be another one twice."""

    @property
    def measure(self) -> Measure:
        """Its numbers."""
        return Measure(self.value, self.done_count, self.due_count)


def measures(conn: Connection, asked: Asked, tree: Mapping[str, Area]) -> dict[Part, Counted]:
    """Everything that the formula needs of a grid and a month."""
    book = WorkBook(conn, asked.who, asked.now)
    since = asked.since - LOOKED_BACK_DAYS * DAY_MS
    due = [
        one
        for one in book.cases(Sought(since=since, until=asked.until))
        if one.kind == CASE and asked.since <= _deadline(one) < asked.until
    ]
    disputes = [one for one in due if one.case.sort == DISPUTE]
    others = [one for one in due if one.case.sort != DISPUTE]
    reports = Work(conn, asked, tree).reports()
    expected = [each for each in reports["nil_expected"] if each not in reports["nil_excused"]]
    return {
        Part.CASES: _of_cases(others, [one for one in others if _settled(one)]),
        Part.MEDIATION: _of_cases(disputes, [o for o in disputes if _settled(o) or _handed(o)]),
        Part.VISITS: _visits(conn, asked),
        Part.QUALITY: _quality(conn, asked),
        Part.REPORTS: _counted(list(reports["nil_in_time"]), expected),
    }


def _deadline(one: Seen) -> int:
    """The deadline that the grid had: once handed up, what it was at the beginning."""
    if not any(step.action is Action.ESCALATE for step in one.standing.took):
        return one.standing.deadline
    return first_deadline(one.case, one.rules)


def _settled(one: Seen) -> bool:
    """In time, and verified by whoever has to."""
    closing = one.standing.closing
    return closing is not None and closing.in_time and one.standing.phase in VERIFIED


def _handed(one: Seen) -> bool:
    """Handed up before its time was over: what a grid cannot settle is rightly handed on."""
    return any(
        step.action is Action.ESCALATE and step.at <= _deadline(one) for step in one.standing.took
    )


def _of_cases(due: Sequence[Seen], done: Sequence[Seen]) -> Counted:
    return _counted([Item(CASE, o.id) for o in done], [Item(CASE, o.id) for o in due])


def _counted(done: Sequence[Item], due: Sequence[Item]) -> Counted:
    value = len(done) / len(due) if due else None
    return Counted(value, done, due, len(done), len(due))


def _visits(conn: Connection, asked: Asked) -> Counted:
    """Visits that were planned for a day of the month, and whether one of any outcome followed."""
    first, last = asked.first.isoformat(), asked.last.isoformat()
    later = aliased(VisitRow)
    followed = exists().where(
        col(later.town_id) == col(VisitRow.town_id),
        col(later.household_id) == col(VisitRow.household_id),
        col(later.started) > col(VisitRow.started),
        col(later.started) < asked.until,
        col(later.deleted).is_(False),
    )
    rows = conn.execute(
        select(col(VisitRow.id), followed.label("done"))
        .where(
            col(VisitRow.town_id) == asked.who.town,
            among(conn, col(VisitRow.grid), asked.who.grids),
            col(VisitRow.household_id).is_not(None),
            col(VisitRow.next_visit) >= first,
            col(VisitRow.next_visit) <= last,
            visit_stands(),
        )
        .order_by(col(VisitRow.id))
    ).all()
    due = [Item("visit", row.id) for row in rows]
    return _counted([Item("visit", row.id) for row in rows if row.done], due)


def _quality(conn: Connection, asked: Asked) -> Counted:
    """Done: the doors that were verified lately; due: every one that is listed."""
    of = DoorsAsked(asked.who.town, asked.who.grids, asked.now)
    items = together(list(counted_by_grid(conn, of).values())).items
    due, done = _doors(conn, of, Figure.LISTED), _doors(conn, of, Figure.FRESH_180)
    if not due or items.completeness is None:
        return Counted(None, done, due, len(done), len(due), items)
    joined = [Item("household", household) for household in _merged(conn, asked)]
    value = 0.5 * items.completeness + 0.5 * len(done) / len(due) - len(joined) / len(due)
    return Counted(max(0.0, value), done, due, len(done), len(due), items, joined)


def _doors(conn: Connection, of: DoorsAsked, figure: Figure) -> list[Item]:
    wanted = doors(figure, of.town, of.now).where(among(conn, col(CoverageRow.grid), of.grids))
    return [Item("dwelling", door) for door in conn.execute(wanted).scalars()]


def _merged(conn: Connection, asked: Asked) -> list[str]:
    """Households of the grid that review found to be another one twice, in that month."""
    rows = conn.execute(
        select(col(HouseholdRow.id)).where(
            col(HouseholdRow.town_id) == asked.who.town,
            among(conn, col(HouseholdRow.grid), asked.who.grids),
            _merged_within(asked),
        )
    )
    return [row.id for row in rows]


def _merged_within(asked: Asked) -> ColumnElement[bool]:
    return and_(
        col(HouseholdRow.alias_of).is_not(None),
        col(HouseholdRow.updated_at) >= asked.since,
        col(HouseholdRow.updated_at) < asked.until,
    )
