"""Answers whose own time is over: a form states it for the question, a rule puts it in force.

The days run from the receipt of what was last written in the answer, which only the server's clock
sets. Whoever answers anew begins them anew.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select
from sqlmodel import col

from server.clock import DAY_MS
from server.db.bulk import among, chunks
from server.db.register_tables import FormRow, JournalRow, RecordRow
from server.register.sealing import Seal
from server.register.store import RecordStore, wanted_columns
from server.rights.holds import held_ids
from server.rights.rules import Rule
from shared.records import Record

READ_AT_ONCE = 1000
"""Records in memory at once."""


class AgedAnswer(Struct, frozen=True):
    """One record with such an answer."""

    id: str
    grid: str
    seq: int
    """The change that last wrote it."""


class AgedAnswers(Struct, frozen=True):
    """Finds them in one town, over one connection."""

    conn: Connection
    town: str
    seal: Seal
    now: int

    def all(self, rule: Rule, grids: frozenset[str] | None = None) -> tuple[list[AgedAnswer], int]:
        """Those that a rule empties now, the oldest registrations first; and how many are held."""
        some = list(self._over(rule, grids))
        held = self._held([each.id for each in some])
        return [each for each in some if each.id not in held], len(held)

    def still(self, rule: Rule, ids: list[str]) -> list[str]:
        """Those of the records of which it is still so: the answer may be new, or a hold."""
        until = self._last_before(self.now - rule.days * DAY_MS)
        records = RecordStore(self.conn, self.town, self.seal).records(ids).values()
        held = self._held(ids)
        over = [each.id for each in records if _is_over(each, rule.unit, until)]
        return sorted(set(over) - held)

    def received(self, seqs: list[int]) -> dict[int, int]:
        """When these changes were received, ms."""
        rows = self.conn.execute(
            select(col(JournalRow.seq), col(JournalRow.received)).where(
                col(JournalRow.town_id) == self.town, col(JournalRow.seq).in_(seqs)
            )
        )
        return {row.seq: row.received for row in rows}

    def _over(self, rule: Rule, grids: frozenset[str] | None) -> Iterator[AgedAnswer]:
        until = self._last_before(self.now - rule.days * DAY_MS)
        where: list[ColumnElement[bool]] = [
            col(RecordRow.town_id) == self.town,
            col(RecordRow.kind) == rule.kind,
        ]
        if self._is_sealed(rule):
            where.append(col(RecordRow.secret).is_not(None))
        if grids is not None:
            where.append(among(self.conn, col(RecordRow.grid), grids))
        wanted = wanted_columns().where(*where).order_by(col(RecordRow.id))
        rows = self.conn.execute(wanted.execution_options(yield_per=READ_AT_ONCE))
        store = RecordStore(self.conn, self.town, self.seal)
        for row in rows:
            record = store.opened(row)
            if _is_over(record, rule.unit, until):
                yield AgedAnswer(record.id, record.grid, _last(record, rule.unit))

    def _is_sealed(self, rule: Rule) -> bool:
        """Whether the answer stands in the sealed part of records: most have none."""
        sealed = self.conn.execute(
            select(col(FormRow.sealed)).where(
                col(FormRow.town_id) == self.town,
                col(FormRow.kind) == rule.kind,
                col(FormRow.current).is_(True),
            )
        ).scalar_one_or_none()
        return rule.unit in (sealed or "").split()

    def _last_before(self, time: int) -> int:
        """The number of the last change that was received by then; their order is that of time."""
        journal = col(JournalRow.seq), col(JournalRow.received)
        of_town = col(JournalRow.town_id) == self.town
        low, high = 0, self.conn.execute(select(func.max(journal[0])).where(of_town)).scalar() or 0
        while low < high:
            middle = (low + high + 1) // 2
            found = self.conn.execute(
                select(*journal).where(of_town, journal[0] >= middle).order_by(journal[0]).limit(1)
            ).one()
            if found.received > time:
                high = middle - 1
            else:
                low = found.seq
        return low

    def _held(self, ids: Sequence[str]) -> frozenset[str]:
        held = held_ids(self.town, self.now).subquery()
        found: set[str] = set()
        for some in chunks(ids):
            rows = select(held.c.record_id).where(among(self.conn, held.c.record_id, some))
            found.update(self.conn.execute(rows).scalars())
        return frozenset(found)


def _is_over(record: Record, unit: str, until: int) -> bool:
    return unit in record.units and _last(record, unit) <= until


def _last(record: Record, unit: str) -> int:
    return max(write.seq for each in record.units[unit] for write in each.writes)
