"""Reading conflicts: those that wait for a person, and how one was decided."""

from collections.abc import Collection, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select, union_all
from sqlmodel import col

from server.db.bulk import among, table_of
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from server.db.register_tables import ConflictRow, JournalRow, RecordRow
from server.register.claiming import Claim
from server.register.conflicts import (
    EVERY_OPEN,
    ConflictDetail,
    ConflictSummary,
    ConflictValue,
    Origin,
    Rival,
    Sought,
)
from server.register.contested import CLAIM, OPEN, VALUES, opened_candidates
from server.register.entries import Bookkeeper, JournalLine
from server.register.names import names_of
from server.register.outcomes import AlreadyDecided
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


class Inbox(Struct, frozen=True):
    """One town's conflicts, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def count(self, grids: frozenset[str], sought: Sought = EVERY_OPEN) -> int:
        """How many there are in these grids."""
        wanted = select(func.count()).select_from(ConflictRow)
        return self.conn.execute(wanted.where(*self._waiting(grids, sought))).scalar_one()

    def waiting(
        self, grids: frozenset[str], offset: int, limit: int, sought: Sought = EVERY_OPEN
    ) -> list[ConflictSummary]:
        """Those in these grids, oldest first."""
        oldest_first = (col(ConflictRow.opened_seq), col(ConflictRow.id))
        wanted = select(*_COLUMNS).where(*self._waiting(grids, sought)).order_by(*oldest_first)
        rows = self.conn.execute(wanted.offset(offset).limit(limit))
        lines = [ConflictLine(*row) for row in rows]
        titles = self._titles({line.record_id for line in lines})
        return [
            ConflictSummary(
                id=line.id,
                record=line.record_id,
                record_kind=line.record_kind,
                title=titles.get(line.record_id, ""),
                unit=line.unit,
                grid=line.grid,
                opened_at=line.opened_at,
                opened_seq=line.opened_seq,
                claim=line.is_claim,
                open=line.is_open,
            )
            for line in lines
        ]

    def line(self, conflict: str) -> ConflictLine | None:
        """The conflict's own row."""
        wanted = select(*_COLUMNS).where(
            col(ConflictRow.town_id) == self.town, col(ConflictRow.id) == conflict
        )
        found = self.conn.execute(wanted).one_or_none()
        return None if found is None else ConflictLine(*found)

    def detail(self, line: ConflictLine, rules: Rules) -> ConflictDetail | None:
        """All that a person needs to decide it, or to see how it was decided."""
        store = RecordStore(self.conn, self.town, self.seal)
        record = store.records([line.record_id]).get(line.record_id)
        if record is None:
            return None
        stood = _candidates(record, line.unit)
        if not line.is_open and line.stood is not None:
            stood = opened_candidates(self.seal, self.town, line.id, line.stood)
        closed_by = line.closed_by or ""
        return ConflictDetail(
            id=line.id,
            record=record,
            record_kind=line.record_kind,
            title=self._titles({record.id}).get(record.id, ""),
            unit=line.unit,
            grid=line.grid,
            open=line.is_open,
            opened_at=line.opened_at,
            values=self._values(line, stood, _shown(record, line.unit, rules)),
            decided_by=line.closed_by,
            decided_by_name=self._name(closed_by),
            decided_at=line.closed_at,
            decision=self.decision(line),
            claim=line.is_claim,
        )

    def rivals(self, claims: Sequence[Claim], but: str) -> tuple[Rival, ...]:
        """The other records among claims to one number, given in their order."""
        ids = [claim.record for claim in claims if claim.record != but]
        titles = self._titles(ids)
        wanted = select(col(RecordRow.id), col(RecordRow.grid)).where(
            col(RecordRow.town_id) == self.town, col(RecordRow.id).in_(ids)
        )
        grids = {row.id: row.grid for row in self.conn.execute(wanted)}
        return tuple(
            Rival(each, grids.get(each, ""), titles.get(each, ""), each == claims[0].record)
            for each in ids
        )

    def decision(self, line: ConflictLine) -> Answer:
        """What the change that closed it wrote."""
        if line.closed_seq is None:
            return None
        book = Bookkeeper(self.town, self.seal)
        found = list(book.lines(self.conn, col(JournalRow.seq) == line.closed_seq))
        return _written(book, found[0], line.unit) if found else None

    def already_decided(self, line: ConflictLine) -> AlreadyDecided:
        """What someone else decided about a conflict that is closed."""
        by = line.closed_by or ""
        decision = self.decision(line)
        return AlreadyDecided(line.id, by, self._name(by), line.closed_at or 0, decision)

    def _waiting(self, grids: frozenset[str], sought: Sought) -> tuple[ColumnElement[bool], ...]:
        named = (
            (col(ConflictRow.grid), sought.grid),
            (col(ConflictRow.record_id), sought.record),
            (col(ConflictRow.record_kind), sought.record_kind),
            (col(ConflictRow.unit), sought.unit),
        )
        state, about = col(ConflictRow.state), col(ConflictRow.about)
        return (
            col(ConflictRow.town_id) == self.town,
            state == OPEN if sought.open else state != OPEN,
            among(self.conn, col(ConflictRow.grid), grids),
            *(column == value for column, value in named if value),
            *(() if sought.claim is None else (about == (CLAIM if sought.claim else VALUES),)),
        )

    def _values(
        self, line: ConflictLine, stood: tuple[Candidate, ...], shown: Answer
    ) -> tuple[ConflictValue, ...]:
        writes = [write for candidate in stood for write in candidate.writes]
        names = names_of(self.conn, self.town, {write.worker for write in writes})
        olds = self._olds(line.unit, writes)
        return tuple(
            ConflictValue(
                value=_plain(line.unit, candidate.value),
                shown=same(_plain(line.unit, candidate.value), shown),
                origins=tuple(_origin(write, names, olds) for write in candidate.writes),
            )
            for candidate in stood
        )

    def _olds(self, unit: str, writes: Collection[Write]) -> dict[int, Answer]:
        """What the authors of these writes had seen in the unit, by number."""
        book = Bookkeeper(self.town, self.seal)
        numbered = col(JournalRow.seq).in_([write.seq for write in writes])
        return {line.seq: book.told(line).old.get(unit) for line in book.lines(self.conn, numbered)}

    def _name(self, person: str) -> str:
        known = names_of(self.conn, self.town, [person]) if person else {}
        return known.get(person, person)

    def _titles(self, records: Collection[str]) -> dict[str, str]:
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


_COLUMNS = [table_of(ConflictRow).c[name] for name in ConflictLine.__struct_fields__]


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


def _origin(write: Write, names: dict[str, str], olds: dict[int, Answer]) -> Origin:
    return Origin(
        seq=write.seq,
        who=write.worker,
        who_name=names.get(write.worker, write.worker),
        device=write.device,
        claimed=write.claimed,
        effective=write.effective,
        base=write.base,
        visit=write.visit,
        old=olds.get(write.seq),
    )
