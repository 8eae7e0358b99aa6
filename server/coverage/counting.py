"""Keeping the counts up with the register: records that changed are measured again, in order.

Each step is one transaction that also moves the mark of how far it came, so that a kill loses
nothing. What is slow, reading and measuring records, happens before the transaction begins.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from msgspec import Struct, structs
from sqlalchemy import Connection, Engine, Row, Select, and_, delete, select
from sqlmodel import SQLModel, col

from server.clock import Clock, town_time
from server.coverage.days import keep_day
from server.coverage.doors import COLUMNS as DOOR_COLUMNS
from server.coverage.doors import door_rows
from server.coverage.figures import Asked
from server.coverage.marks import Mark, Stage, locked_mark, mark_of, put_mark
from server.coverage.measured import (
    COLUMNS,
    MEASURED,
    Found,
    measured_rows,
    rulers_of,
    versions_of,
)
from server.coverage.sums import day_of, keep_sums, mark_stale, stale_grids
from server.coverage.touched import Reach
from server.coverage.walk import GRIDS, Walk
from server.db.bulk import Value, among, insert_rows, table_of
from server.db.coverage_tables import CoverageRow, MeasuredRow
from server.db.engine import reading, writing
from server.db.register_tables import JournalRow, RecordRow
from server.register.counter import counter
from server.register.register import Register

STEP = 400
"""Records of one step: some tenths of a second."""
GRIDS_AT_ONCE = 20
"""Where a step reaches more grids, they are summed up once the last change is counted."""


class Progress(Struct, frozen=True):
    """How far the counting has come."""

    mark: Mark
    seq: int
    """Where the town stands."""
    due: bool
    """Something must be counted again, because of what day it is."""

    @property
    def up_to_date(self) -> bool:
        """Whether every figure is that of the register."""
        return self.mark.version >= self.seq and not self.due

    @property
    def percent(self) -> int:
        """Of the town's changes."""
        version = self.mark.version
        share = version / max(1, self.seq) if version else self.mark.walked
        return 100 if self.up_to_date else min(99, int(100 * share))


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
            return self._progress(conn, town)

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
        now = self.clock()
        with reading(self.engine) as conn:
            before = mark_of(conn, town, self._forms(town))
            stale = stale_grids(conn, town, now, GRIDS)
            seq = counter(conn, town).seq
        if before.stage is not Stage.NONE:
            Walk(self.engine, self.register, self.clock, town).step(before)
        elif stale and before.version >= seq:
            with writing(self.engine) as conn:
                locked_mark(conn, town, before.forms)
                keep_sums(conn, Asked(town, stale, now))
        else:
            self._follow(town, before, now)
        return self.progress(town)

    def _follow(self, town: str, before: Mark, now: int) -> None:
        """Counts what the journal says next."""
        with reading(self.engine) as conn:
            work = self._work(conn, town, before, now)
        ids = sorted(chain.from_iterable(work.changed.get(kind, ()) for kind in MEASURED))
        records = self.register.records(town, ids).values()
        rulers = rulers_of(self.register, town, town_time(now).date())
        found = rulers.measured(records)
        with writing(self.engine) as conn:
            mark = locked_mark(conn, town, before.forms)
            if mark == before:
                grids = frozenset(self._count(conn, town, work, found))
                if len(grids) > GRIDS_AT_ONCE:
                    mark_stale(conn, town, grids)
                else:
                    keep_sums(conn, Asked(town, grids, now))
                put_mark(conn, town, structs.replace(mark, version=work.version))

    def _work(self, conn: Connection, town: str, at: Mark, now: int) -> _Work:
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

    def _count(
        self, conn: Connection, town: str, work: _Work, found: Collection[Found]
    ) -> set[str]:
        """Puts the new counts in the place of the old ones. Which grids they are of."""
        reach = Reach(conn, town)
        dwellings = reach.dwellings(work.changed)
        rows = measured_rows(conn, town, found)
        measured = _Rows(MeasuredRow, COLUMNS, rows)
        grids = _replace(conn, town, measured, {str(row[1]) for row in rows})
        dwellings |= reach.dwellings(work.changed)
        doors = _Rows(CoverageRow, DOOR_COLUMNS, door_rows(conn, town, dwellings))
        return grids | _replace(conn, town, doors, dwellings)

    def _due(self, conn: Connection, town: str, now: int) -> list[str]:
        due = select(col(MeasuredRow.record_id)).where(
            col(MeasuredRow.town_id) == town,
            col(MeasuredRow.again_on) <= day_of(now),
        )
        return list(conn.execute(due.limit(STEP)).scalars())

    def _progress(self, conn: Connection, town: str) -> Progress:
        now = self.clock()
        mark = mark_of(conn, town, self._forms(town))
        due = bool(stale_grids(conn, town, now, 1) or self._due(conn, town, now))
        return Progress(mark, counter(conn, town).seq, due)

    def _forms(self, town: str) -> str:
        return versions_of(self.register, town)

    def _keep_day(self, town: str, progress: Progress) -> None:
        """The figures of each grid as they stand today, whenever they may have changed."""
        if not progress.up_to_date:
            return
        today, at = day_of(self.clock()), progress.mark
        if (at.day, at.kept) == (today, at.version) or not at.version:
            return
        with writing(self.engine) as conn:
            mark = locked_mark(conn, town, at.forms)
            keep_day(conn, town, today)
            put_mark(conn, town, structs.replace(mark, day=today, kept=at.version))


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


def _replace(conn: Connection, town: str, rows: _Rows, keys: Collection[str]) -> set[str]:
    """Puts rows in the place of those with these keys. The grids of these and of those."""
    table = table_of(rows.model).c
    old = and_(table.town_id == town, among(conn, table[rows.columns[1]], keys))
    grids = set(conn.execute(select(table.grid).where(old).distinct()).scalars())
    conn.execute(delete(rows.model).where(old))
    insert_rows(conn, rows.model, rows.columns, rows.values)
    place = rows.columns.index("grid")
    return grids | {str(row[place]) for row in rows.values}
