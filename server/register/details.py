"""All that a person needs to decide conflicts, read for many at once."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, select, union_all
from sqlmodel import col

from server.db.bulk import among, table_of
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.db.register_tables import ConflictRow, JournalRow
from server.register.conflicts import ConflictDetail, ConflictValue, Origin
from server.register.contested import CLAIM, OPEN, opened_candidates
from server.register.entries import Bookkeeper, JournalLine
from server.register.names import names_of
from server.register.sealing import Seal
from server.register.store import RecordStore
from shared.changes import DELETED, GRID, Answer, ChangeKind
from shared.merge import Rules, same, settled
from shared.records import Candidate, Record, Write, knows


class ConflictLine(Struct, frozen=True):
    """A row of the table of conflicts."""

    id: str
    record_id: str
    record_kind: str
    unit: str
    about: str
    grid: str
    state: str
    opened_seq: int
    opened_at: int
    closed_seq: int | None
    closed_at: int | None
    closed_by: str | None
    stood: bytes | None

    @property
    def is_claim(self) -> bool:
        """Whether it is about a number that another record claimed before."""
        return self.about == CLAIM

    @property
    def is_open(self) -> bool:
        """Whether it waits for a person."""
        return self.state == OPEN


class Details(Struct, frozen=True):
    """One town's conflicts, each with what stands against each other; over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def lines(self, ids: Collection[str]) -> list[ConflictLine]:
        """The rows of those of the conflicts that there are."""
        mine = (col(ConflictRow.town_id) == self.town, among(self.conn, col(ConflictRow.id), ids))
        return [ConflictLine(*row) for row in self.conn.execute(select(*COLUMNS).where(*mine))]

    def of(self, ids: Sequence[str], rules: Mapping[str, Rules]) -> list[ConflictDetail]:
        """All that a person needs to decide these conflicts, or to see how they were decided.

        rules: of the forms in force, by kind. In the order of the ids; without what is not there.
        """
        found = {line.id: line for line in self.lines(ids)}
        lines = [found[each] for each in ids if each in found]
        records = RecordStore(self.conn, self.town, self.seal).records(
            sorted({line.record_id for line in lines})
        )
        lines = [line for line in lines if line.record_id in records]
        stood = {line.id: self._stood(line, records[line.record_id]) for line in lines}
        around = self._around(lines, [each for some in stood.values() for each in some])
        return [
            self._detail(
                line, (records[line.record_id], rules.get(line.record_kind, Rules())),
                stood[line.id], around,
            )
            for line in lines
        ]  # fmt: skip

    def decision(self, line: ConflictLine) -> Answer:
        """What the change that closed it wrote."""
        if line.closed_seq is None:
            return None
        book = Bookkeeper(self.town, self.seal)
        found = list(book.lines(self.conn, col(JournalRow.seq) == line.closed_seq))
        return _written(book, found[0], line.unit) if found else None

    def titles(self, records: Collection[str]) -> dict[str, str]:
        """Names of records, as a list shows them."""
        wanted = (
            select(col(table.id), title).where(
                col(table.town_id) == self.town, among(self.conn, col(table.id), records)
            )
            for table, title in (
                (HouseholdRow, col(HouseholdRow.head_name)),
                (ResidentRow, col(ResidentRow.name)),
                (DwellingRow, col(DwellingRow.code)),
            )
        )
        return {row.id: row[1] for row in self.conn.execute(union_all(*wanted))}

    def _stood(self, line: ConflictLine, record: Record) -> tuple[Candidate, ...]:
        if not line.is_open and line.stood is not None:
            return opened_candidates(self.seal, self.town, line.id, line.stood)
        return _candidates(record, line.unit)

    def _around(self, lines: Sequence[ConflictLine], stood: Sequence[Candidate]) -> "_Around":
        writes = [write for candidate in stood for write in candidate.writes]
        people = {write.worker for write in writes}
        people |= {line.closed_by for line in lines if line.closed_by}
        book = Bookkeeper(self.town, self.seal)
        numbered = col(JournalRow.seq).in_(sorted({write.seq for write in writes}))
        return _Around(
            titles=self.titles({line.record_id for line in lines}),
            names=names_of(self.conn, self.town, people),
            said={
                line.seq: _Said(line.received, book.told(line).old)
                for line in book.lines(self.conn, numbered)
            },
        )

    def _detail(
        self,
        line: ConflictLine,
        known: tuple[Record, Rules],
        stood: tuple[Candidate, ...],
        around: "_Around",
    ) -> ConflictDetail:
        record, rules = known
        closed_by = line.closed_by or ""
        return ConflictDetail(
            id=line.id,
            record=record,
            record_kind=line.record_kind,
            title=around.titles.get(record.id, ""),
            unit=line.unit,
            grid=line.grid,
            open=line.is_open,
            opened_at=line.opened_at,
            values=_values(line.unit, stood, _shown(record, line.unit, rules), around),
            decided_by=line.closed_by,
            decided_by_name=around.names.get(closed_by, closed_by),
            decided_at=line.closed_at,
            decision=self.decision(line),
            claim=line.is_claim,
        )


COLUMNS = [table_of(ConflictRow).c[name] for name in ConflictLine.__struct_fields__]


class _Said(Struct, frozen=True):
    """What the journal says of a write, and its record does not."""

    received: int | None = None
    old: Mapping[str, Answer] = MappingProxyType({})
    """What its author had seen, by unit."""


class _Around(Struct, frozen=True):
    """What is told of some conflicts besides their own rows."""

    titles: Mapping[str, str]
    names: Mapping[str, str]
    said: Mapping[int, _Said]
    """By the number of the write."""


def _shown(record: Record, unit: str, rules: Rules) -> Answer:
    if unit == DELETED:
        return record.deleted
    return record.grid if unit == GRID else settled(record, unit, rules).value


def _plain(unit: str, value: Answer) -> Answer:
    """A move is kept as from and to; people choose where to."""
    return value[1] if unit == GRID and isinstance(value, list | tuple) else value


def _candidates(record: Record, unit: str) -> tuple[Candidate, ...]:
    """What stands against each other; against a deletion, the writes that it had not seen."""
    stood = record.units.get(unit, ())
    if unit != DELETED:
        return stood
    deletions = [write for c in stood if c.value is True for write in c.writes]
    unseen = {
        write.seq: write
        for name, write in record.writes()
        if name != DELETED and not all(knows(d.base, d.device, d.n, write) for d in deletions)
    }
    restored = [write for c in stood if c.value is not True for write in c.writes]
    alive = (*restored, *(unseen[seq] for seq in sorted(unseen)))
    return (Candidate(True, tuple(deletions)), Candidate(False, alive))


def _written(book: Bookkeeper, line: JournalLine, unit: str) -> Answer:
    if unit == DELETED:
        return line.kind == ChangeKind.DELETE
    return _plain(unit, book.told(line).units.get(unit))


def _values(
    unit: str, stood: tuple[Candidate, ...], shown: Answer, around: _Around
) -> tuple[ConflictValue, ...]:
    return tuple(
        ConflictValue(
            value=_plain(unit, candidate.value),
            shown=same(_plain(unit, candidate.value), shown),
            origins=tuple(_origin(unit, write, around) for write in candidate.writes),
        )
        for candidate in stood
    )


def _origin(unit: str, write: Write, around: _Around) -> Origin:
    line = around.said.get(write.seq, _Said())
    return Origin(
        seq=write.seq,
        who=write.worker,
        who_name=around.names.get(write.worker, write.worker),
        device=write.device,
        claimed=write.claimed,
        effective=write.effective,
        received=line.received,
        base=write.base,
        visit=write.visit,
        old=line.old.get(unit),
    )
