"""Keeping the counts up with the register: records that changed are measured again, in order.

Each step is one transaction that also moves the mark of how far it came, so that a kill loses
nothing. What is slow, reading and measuring records, happens before the transaction begins.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, Engine, Row, Select, delete, insert, select, update
from sqlmodel import SQLModel, col

from server.clock import Clock, town_time
from server.coverage.days import keep_day
from server.coverage.doors import COLUMNS, door_rows
from server.coverage.ruler import Measure, Ruler
from server.coverage.touched import Reach, parents
from server.db.bulk import Value, among, insert_rows, table_of
from server.db.coverage_tables import CoveragePassRow, CoverageRow, MeasuredRow
from server.db.engine import reading, writing
from server.db.register_tables import JournalRow, RecordRow
from server.register.counter import counter
from server.register.register import Register

STEP = 400
"""Records of one step: some tenths of a second."""
MEASURED = ("household", "resident")


class Progress(Struct, frozen=True):
    """How far the counting has come."""

    version: int
    """Every door is counted as it was at this change number, or later."""
    seq: int
    """Where the town stands."""
    due: bool = False
    """Some records must be looked at again, because of what day it is."""

    @property
    def up_to_date(self) -> bool:
        """Whether every figure is that of the register."""
        return self.version >= self.seq and not self.due

    @property
    def percent(self) -> int:
        """Of the town's changes."""
        return 100 if self.up_to_date else min(99, 100 * self.version // max(1, self.seq))


class _Stand(Struct, frozen=True):
    version: int
    forms: str
    day: str
    kept: int


class _Work(Struct, frozen=True):
    """What one step is about."""

    changed: dict[str, set[str]]
    """Ids by kind."""
    version: int
    """The change number up to which it goes."""


class _Rows(Struct, frozen=True):
    """Rows of a table whose second column is their key."""

    model: type[SQLModel]
    columns: tuple[str, ...]
    values: list[tuple[Value, ...]]


class Counting(Struct, frozen=True):
    """Counts the doors of every town."""

    engine: Engine
    register: Register
    clock: Clock

    def progress(self, town: str) -> Progress:
        """How far it has come."""
        with reading(self.engine) as conn:
            return self._progress(conn, town, self._stand(conn, town))

    def go_on(self, town: str, steps: int) -> Progress:
        """Counts what changed, as far as so many steps go; hardly anything where nothing did."""
        progress = self.progress(town)
        for _ in range(steps):
            if progress.up_to_date:
                break
            progress = self.step(town)
        self._keep_day(town, progress)
        return progress

    def run(self, town: str) -> Iterator[Progress]:
        """Counts until nothing is left, telling how far it has come after each step."""
        progress = self.progress(town)
        while not progress.up_to_date:
            progress = self.step(town)
            yield progress
        self._keep_day(town, progress)

    def step(self, town: str) -> Progress:
        """Counts the doors of the records that changed next; a few hundred at most."""
        now = town_time(self.clock())
        with reading(self.engine) as conn:
            before = self._stand(conn, town)
            work = self._work(conn, town, before, now)
        measures = self._measured(town, work, now)
        with writing(self.engine) as conn:
            if self._locked(conn, town) == before.version:
                self._count(conn, town, work, measures)
                self._put(conn, town, version=work.version, forms=self._forms(town))
            return self._progress(conn, town, self._stand(conn, town))

    def _work(self, conn: Connection, town: str, at: _Stand, now: datetime) -> _Work:
        changed: dict[str, set[str]] = defaultdict(set)
        if due := self._due(conn, town, now):
            rows = _kinds(conn, town, due)
            version = at.version
        else:
            rows = _later(conn, town, at.version)
            version = rows[-1].seq if len(rows) == STEP else counter(conn, town).seq
        for row in rows:
            changed[row.record_kind].add(row.record_id)
        return _Work(changed, version)

    def _measured(self, town: str, work: _Work, now: datetime) -> dict[str, Measure]:
        forms = self.register.forms(town)
        found: dict[str, Measure] = {}
        for kind in MEASURED:
            if kind in forms and (ids := work.changed.get(kind)):
                ruler = Ruler(forms[kind], self.register.rules(town, kind), now)
                records = self.register.records(town, sorted(ids)).values()
                found |= {record.id: ruler.measure(record) for record in records}
        return found

    def _count(
        self, conn: Connection, town: str, work: _Work, measures: dict[str, Measure]
    ) -> None:
        reach = Reach(conn, town)
        dwellings = reach.dwellings(work.changed)
        rows = [
            _measured_row(town, record, hangs, measures[record])
            for kind in MEASURED
            for record, hangs in parents(conn, town, kind, work.changed.get(kind, ())).items()
            if record in measures
        ]
        measured = _Rows(MeasuredRow, _MEASURED_COLUMNS, rows)
        _replace(conn, town, measured, {str(row[1]) for row in rows})
        dwellings |= reach.dwellings(work.changed)
        doors = _Rows(CoverageRow, COLUMNS, door_rows(conn, town, dwellings))
        _replace(conn, town, doors, dwellings)

    def _due(self, conn: Connection, town: str, now: datetime) -> list[str]:
        due = select(col(MeasuredRow.record_id)).where(
            col(MeasuredRow.town_id) == town,
            col(MeasuredRow.again_on) <= now.date().isoformat(),
        )
        return list(conn.execute(due.limit(STEP)).scalars())

    def _progress(self, conn: Connection, town: str, at: _Stand) -> Progress:
        due = bool(self._due(conn, town, town_time(self.clock())))
        return Progress(at.version, counter(conn, town).seq, due)

    def _stand(self, conn: Connection, town: str) -> _Stand:
        """Where the counting stands; at the beginning, when the forms ask for something else."""
        row = conn.execute(
            select(CoveragePassRow).where(col(CoveragePassRow.town_id) == town)
        ).one_or_none()
        forms = self._forms(town)
        if row is None:
            return _Stand(0, forms, "", 0)
        version = row.version if row.forms == forms else 0
        return _Stand(version, forms, row.day, row.kept)

    def _forms(self, town: str) -> str:
        forms = self.register.forms(town)
        return " ".join(f"{kind}:{forms[kind].version}" for kind in MEASURED if kind in forms)

    def _locked(self, conn: Connection, town: str) -> int:
        """How far it has come, for nobody else to move it until this transaction ends."""
        mine = col(CoveragePassRow.town_id) == town
        row = conn.execute(
            select(CoveragePassRow).where(mine).with_for_update()
        ).one_or_none()  # fmt: skip
        if row is None:
            conn.execute(insert(CoveragePassRow).values(town_id=town, version=0, kept=0))
            return 0
        return int(row.version) if row.forms == self._forms(town) else 0

    def _put(self, conn: Connection, town: str, **values: int | str) -> None:
        mine = col(CoveragePassRow.town_id) == town
        conn.execute(update(CoveragePassRow).where(mine).values(**values))

    def _keep_day(self, town: str, progress: Progress) -> None:
        """The figures of each grid as they stand today, whenever they may have changed."""
        if not progress.up_to_date:
            return
        today = town_time(self.clock()).date().isoformat()
        with reading(self.engine) as conn:
            at = self._stand(conn, town)
        if (at.day, at.kept) == (today, at.version) or not at.version:
            return
        with writing(self.engine) as conn:
            self._locked(conn, town)
            keep_day(conn, town, today)
            self._put(conn, town, day=today, kept=at.version)


def _later(conn: Connection, town: str, version: int) -> Sequence[Row[str, str, int]]:
    """The changes that came next."""
    wanted = select(
        col(JournalRow.record_id), col(JournalRow.record_kind), col(JournalRow.seq)
    ).where(col(JournalRow.town_id) == town, col(JournalRow.seq) > version)
    return conn.execute(wanted.order_by(col(JournalRow.seq)).limit(STEP)).all()


def _kinds(conn: Connection, town: str, records: Collection[str]) -> Sequence[Row[str, str, int]]:
    wanted: Select[str, str, int] = select(
        col(RecordRow.id).label("record_id"),
        col(RecordRow.kind).label("record_kind"),
        col(RecordRow.version).label("seq"),
    ).where(col(RecordRow.town_id) == town, among(conn, col(RecordRow.id), records))
    return conn.execute(wanted).all()


def _measured_row(
    town: str, record: str, hangs: tuple[str | None, str | None], measure: Measure
) -> tuple[Value, ...]:
    items = measure.items
    return (
        town, record, *hangs, measure.again_on, items.applicable, items.answered, items.declined,
        items.wanted, items.given, items.withheld,
    )  # fmt: skip


def _replace(conn: Connection, town: str, rows: _Rows, keys: Collection[str]) -> None:
    """Puts rows in the place of those with these keys."""
    table = table_of(rows.model).c
    old = among(conn, table[rows.columns[1]], keys)
    conn.execute(delete(rows.model).where(table.town_id == town, old))
    insert_rows(conn, rows.model, rows.columns, rows.values)


_MEASURED_COLUMNS = (
    "town_id", "record_id", "parent_id", "merged_into", "again_on", "applicable", "answered",
    "declined", "wanted", "given", "withheld",
)  # fmt: skip
