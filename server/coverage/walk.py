"""Counting a whole town: for the first time, or because its forms ask for something else now.

Every record is measured once, then every door is counted once, then every grid is summed up. Going
by the journal instead, a door would be counted again for each change that ever reached it. What
changes during the walk is counted after it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias

from msgspec import Struct, structs
from sqlalchemy import Column, Connection, Engine, delete, func, select
from sqlmodel import SQLModel

from server.clock import Clock, town_time
from server.coverage.doors import COLUMNS as DOOR_COLUMNS
from server.coverage.doors import door_rows
from server.coverage.figures import Asked
from server.coverage.marks import Mark, Stage, locked_mark, put_mark
from server.coverage.measured import COLUMNS, MEASURED, measured_rows, rulers_of
from server.coverage.sums import keep_sums
from server.db.bulk import insert_rows, table_of
from server.db.coverage_tables import CoverageGridRow, CoverageRow, MeasuredRow
from server.db.engine import reading, writing
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.db.register_tables import GridSumRow
from server.register.counter import counter
from server.register.register import Register

RECORDS = 1_000
"""Measured, or counted, in one transaction: some tenths of a second."""
GRIDS = 100
"""Summed up in one transaction."""

_Go: TypeAlias = Callable[[Mark], Mark | None]


class _Stretch(Struct, frozen=True):
    """Some ids that follow each other."""

    after: str
    ids: Sequence[str]
    size: int
    """How many were asked for: fewer are the last."""

    @property
    def upto(self) -> str | None:
        """The last of them; None where nothing comes after."""
        return self.ids[-1] if len(self.ids) == self.size else None


class Walk:
    """A walk through one town."""

    def __init__(self, engine: Engine, register: Register, clock: Clock, town: str) -> None:
        self.engine = engine
        self.register = register
        self.clock = clock
        self.town = town

    def step(self, mark: Mark) -> None:
        """Goes on from a mark; so far as a page can wait for. A small town is walked at once."""
        left = RECORDS
        while left > 0 and mark.stage is not Stage.NONE:
            moved = self._stages[mark.stage](mark)
            if moved is None:
                return  # somebody else is walking
            left -= max(1, moved.done - mark.done)
            mark = moved

    @cached_property
    def _stages(self) -> dict[Stage, _Go]:
        return {Stage.MEASURE: self._measure, Stage.DOORS: self._count, Stage.GRIDS: self._sum_up}

    def _measure(self, mark: Mark) -> Mark | None:
        begun = mark if mark.begun else self._begun(mark)
        records = self.register.records_after(self.town, MEASURED, mark.after, RECORDS)
        rulers = rulers_of(self.register, self.town, town_time(self.clock()).date())
        found = rulers.measured(records)
        some = _Stretch(mark.after, [each.id for each in records], RECORDS)
        with writing(self.engine) as conn:
            if not self._is_at(conn, mark):
                return None
            self._clear(conn, MeasuredRow, some)
            insert_rows(conn, MeasuredRow, COLUMNS, measured_rows(conn, self.town, found))
            return self._moved(conn, begun, some, Stage.DOORS)

    def _count(self, mark: Mark) -> Mark | None:
        with writing(self.engine) as conn:
            if not self._is_at(conn, mark):
                return None
            some = self._next(conn, DwellingRow, mark.after, RECORDS)
            self._clear(conn, CoverageRow, some)
            insert_rows(conn, CoverageRow, DOOR_COLUMNS, door_rows(conn, self.town, some.ids))
            return self._moved(conn, mark, some, Stage.GRIDS)

    def _sum_up(self, mark: Mark) -> Mark | None:
        with writing(self.engine) as conn:
            if not self._is_at(conn, mark):
                return None
            some = self._next(conn, GridSumRow, mark.after, GRIDS)
            self._clear(conn, CoverageGridRow, some)
            keep_sums(conn, Asked(self.town, frozenset(some.ids), self.clock()))
            moved = self._moved(conn, mark, some, Stage.NONE)
            if moved.stage is Stage.NONE:
                moved = structs.replace(moved, version=mark.begun)
                put_mark(conn, self.town, moved)
            return moved

    def _begun(self, mark: Mark) -> Mark:
        """The mark with which a walk begins: how much there is to do, and what is after it."""
        with reading(self.engine) as conn:
            counts = [
                conn.execute(
                    select(func.count())
                    .select_from(table)
                    .where(table_of(table).c.town_id == self.town)
                ).scalar_one()
                for table in (HouseholdRow, ResidentRow, DwellingRow)
            ]
            seq = counter(conn, self.town).seq
        return structs.replace(mark, begun=seq, done=0, total=sum(counts))

    def _is_at(self, conn: Connection, mark: Mark) -> bool:
        return locked_mark(conn, self.town, mark.forms) == mark

    def _next(self, conn: Connection, table: type[SQLModel], after: str, limit: int) -> _Stretch:
        key, town = _key(table), table_of(table).c.town_id
        wanted = select(key).where(town == self.town, key > after).order_by(key).limit(limit)
        return _Stretch(after, list(conn.execute(wanted).scalars()), limit)

    def _clear(self, conn: Connection, table: type[SQLModel], some: _Stretch) -> None:
        """Takes away what was counted of this stretch before, also of records that are gone."""
        key = _key(table)
        stretch = [table_of(table).c.town_id == self.town, key > some.after]
        if some.upto is not None:
            stretch.append(key <= some.upto)
        conn.execute(delete(table).where(*stretch))

    def _moved(self, conn: Connection, mark: Mark, some: _Stretch, then: Stage) -> Mark:
        done = mark.done + (len(some.ids) if then is not Stage.NONE else 0)
        stage = mark.stage if some.upto else then
        moved = structs.replace(mark, stage=stage, after=some.upto or "", done=done)
        put_mark(conn, self.town, moved)
        return moved


def _key(table: type[SQLModel]) -> Column[str]:
    """What names a row within its town."""
    return list(table_of(table).primary_key.columns)[1]
