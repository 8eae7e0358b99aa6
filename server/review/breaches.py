"""Visits that broke a rule that spares households, found by the rules that the phone knows.

A household's visits are held against them again whenever one of them changed: what a phone could
not know, since a colleague's visit had not come yet, is seen here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlmodel import col

from server.clock import town_time
from server.db.bulk import among, insert_rows
from server.db.engine import reading, writing
from server.db.projections import VisitRow
from server.db.review_tables import BreachPassRow, VisitBreachRow
from server.register.counter import counter
from server.register.sealing import Seal
from server.register.standing_visits import visit_stands
from server.register.store import RecordStore
from server.review.changed import changed_after
from shared.records import Record
from shared.visiting.rules import Against, breaches
from shared.visiting.visits import DOOR, Past

STEP = 500
"""Records of one transaction."""
STEPS_AT_ONCE = 4
"""As many as one who opens the inbox waits for; the rest follows with the next, or at night."""
_COLUMNS = (
    "town_id", "visit_id", "household_id", "grid", "worker_id", "started", "received", "rules",
    "reason", "verdict", "judged_by", "judged_at",
)  # fmt: skip


class BreachFinder(Struct, frozen=True):
    """Holds the visits of every town against the rules."""

    engine: Engine
    seal: Seal

    def go_on(self, town: str, steps: int) -> bool:
        """Looks at what changed, as far as so many steps go; whether nothing is left."""
        return any(self._step(town) for _ in range(steps))

    def _step(self, town: str) -> bool:
        with reading(self.engine) as conn:
            at, seq = _version(conn, town), counter(conn, town).seq
        if at >= seq:
            return True
        with writing(self.engine) as conn:
            at, seq = _version(conn, town), counter(conn, town).seq
            rows = changed_after(conn, town, at, STEP)
            upto = rows[-1].version if len(rows) == STEP else seq
            visits = [row.id for row in rows if row.kind == "visit"]
            self._look(conn, town, _households(conn, town, visits))
            _put_version(conn, town, upto)
            return upto >= seq

    def _look(self, conn: Connection, town: str, households: Collection[str]) -> None:
        if not households:
            return
        known = _judged(conn, town, households)
        of_them = among(conn, col(VisitBreachRow.household_id), households)
        conn.execute(delete(VisitBreachRow).where(col(VisitBreachRow.town_id) == town, of_them))
        rows = []
        for visit, past, against in broken(conn, self.seal, town, households):
            rules = " ".join(each.rule for each in against)
            verdict = known.get((visit.id, rules), ("", "", None))
            rows.append(
                (town, visit.id, visit.household_id, visit.grid, visit.worker_id, visit.started,
                 visit.received, rules, past.reason, *verdict)
            )  # fmt: skip
        insert_rows(conn, VisitBreachRow, _COLUMNS, rows)


class Made(Struct, frozen=True):
    """A visit's place in the register."""

    id: str
    household_id: str
    grid: str
    worker_id: str
    started: int
    received: int
    mode: str
    outcome: str


def broken(
    conn: Connection, seal: Seal, town: str, households: Collection[str]
) -> Iterator[tuple[Made, Past, tuple[Against, ...]]]:
    """The visits to these households that broke rules, each with what speaks against it."""
    made: dict[str, list[Made]] = defaultdict(list)
    for visit in _visits(conn, town, households):
        made[visit.household_id].append(visit)
    ids = [visit.id for some in made.values() for visit in some]
    records = RecordStore(conn, town, seal).records(ids)
    for some in made.values():
        past = {visit.id: _past(visit, records[visit.id]) for visit in some}
        found = breaches(list(past.values()))
        yield from ((v, past[v.id], found[v.id]) for v in some if v.id in found)


def _visits(conn: Connection, town: str, households: Collection[str]) -> Iterator[Made]:
    row = VisitRow
    started = func.coalesce(col(row.started), col(row.received))
    rows = conn.execute(
        select(
            col(row.id), col(row.household_id), col(row.grid), col(row.worker_id), started,
            col(row.received), col(row.mode), col(row.outcome),
        ).where(
            col(row.town_id) == town, among(conn, col(row.household_id), households), visit_stands()
        )
    )  # fmt: skip
    yield from (
        Made(each[0], household, *each[2:]) for each in rows if (household := each[1]) is not None
    )


def _past(visit: Made, record: Record) -> Past:
    said = [candidate.value for candidate in record.units.get("reason", ())]
    reason = next((value for value in said if isinstance(value, str)), "")
    return Past(
        id=visit.id, at=town_time(visit.started), mode=visit.mode or DOOR, outcome=visit.outcome,
        reason=reason,
    )  # fmt: skip


def _households(conn: Connection, town: str, visits: Collection[str]) -> set[str]:
    """Where these visits were made, and where they were noted down before."""
    now = select(col(VisitRow.household_id)).where(
        col(VisitRow.town_id) == town, among(conn, col(VisitRow.id), visits)
    )
    before = select(col(VisitBreachRow.household_id)).where(
        col(VisitBreachRow.town_id) == town, among(conn, col(VisitBreachRow.visit_id), visits)
    )
    found = (*conn.execute(now).scalars(), *conn.execute(before).scalars())
    return {household for household in found if household}


def _judged(
    conn: Connection, town: str, households: Collection[str]
) -> Mapping[tuple[str, str], tuple[str, str, int | None]]:
    """Verdicts by visit and by what it was judged for: for other rules it waits again."""
    row = VisitBreachRow
    rows = conn.execute(
        select(row).where(
            col(row.town_id) == town,
            col(row.verdict) != "",
            among(conn, col(row.household_id), households),
        )
    )
    return {(r.visit_id, r.rules): (r.verdict, r.judged_by, r.judged_at) for r in rows}


def _version(conn: Connection, town: str) -> int:
    found = conn.execute(
        select(col(BreachPassRow.version)).where(col(BreachPassRow.town_id) == town)
    ).scalar_one_or_none()
    return found or 0


def _put_version(conn: Connection, town: str, version: int) -> None:
    conn.execute(delete(BreachPassRow).where(col(BreachPassRow.town_id) == town))
    conn.execute(insert(BreachPassRow).values(town_id=town, version=version))
