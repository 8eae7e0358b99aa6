"""Writing a batch: numbers taken last, then every row that follows from it, at once."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete
from sqlmodel import col

from server.db.bulk import Row, insert_rows, update_rows
from server.db.register_tables import ExitRow, JournalRow, RecordRow
from server.register.batch import Batch
from server.register.claims import ClaimTable
from server.register.consented import ConsentBook
from server.register.contested import ConflictTable
from server.register.counter import GridSum, add_to_grid_sums, counter, take_numbers
from server.register.entries import JOURNAL_COLUMNS, Bookkeeper
from server.register.file_uses import Uses
from server.register.narrowing import edited_units
from server.register.projecting import Projected, Projector
from server.register.projections import Facts
from server.register.published import Published
from server.register.quarantine import Kept, Quarantine
from server.register.sealing import Seal
from server.register.standing import Standing, standing
from server.register.store import RECORD_COLUMNS, RecordLine, RecordStore
from shared.records import Record
from shared.wire import checksum
from shared.work.values import OFFICE_ONLY


class Overtaken(Exception):
    """Another transaction wrote, or holds, what this one goes by: begin again."""

    def __init__(self, led_to: Collection[str] = ()) -> None:
        super().__init__()
        self.led_to = frozenset(led_to)
        """Records that it came upon late: the next try locks them with its own."""


class Ledger(Struct, frozen=True):
    """Writes into one town, over one connection."""

    conn: Connection
    town: str
    seal: Seal
    id_key: bytes

    def write(self, batch: Batch) -> int:
        """Write all that the batch holds; returns the first of its numbers. Raises Overtaken."""
        first = take_numbers(self.conn, self.town, len(batch.entries))
        if self.conn.dialect.name == "postgresql":
            # On SQLite nobody else can have written since this transaction began.
            self._check_still_so(batch)
        quarantine = Quarantine(self.conn, self.town, self.seal)
        quarantine.put(batch.kept)
        for settled in batch.settled:
            quarantine.settle(settled.kept, settled.state, settled.problem)
        if batch.entries:
            self._write_entries(batch, first)
        return first

    def _check_still_so(self, batch: Batch) -> None:
        """Raises Overtaken unless all that was read under no lock is still so."""
        judge = batch.judge
        if _said(judge.shelf.current(self.conn, self.town)) != _said(judge.current):
            raise Overtaken  # by these forms it would be settled, and sealed, otherwise
        absent = [*batch.created, *batch.waiting]
        if absent and RecordStore(self.conn, self.town, self.seal).existing(absent):
            raise Overtaken
        waited = batch.waited
        asked = {*batch.created, *(kept.record for kept in waited)}
        held = Quarantine(self.conn, self.town, self.seal).held_for(asked)
        created = set(batch.created)
        came = {_place(kept) for kept in held if kept.record in created}
        known = {_place(kept) for kept in waited}
        if came - known or known - {_place(kept) for kept in held}:
            raise Overtaken

    def _write_entries(self, batch: Batch, first: int) -> None:
        current = batch.judge.current
        book = Bookkeeper(self.town, self.seal)
        journal = [
            book.row(entry, first, current[entry.change.record_kind].secret_units)
            for entry in batch.entries
        ]
        insert_rows(self.conn, JournalRow, JOURNAL_COLUMNS, journal)
        Uses(self.conn, self.town).note([entry.change for entry in batch.entries], journal)
        standings = [
            standing(touched, first, current[touched.entries[0].change.record_kind])
            for touched in batch.touched.values()
            if touched.entries
        ]
        self._write_records(standings)
        self._write_places(standings)
        table = ConflictTable(self.conn, self.town, self.seal, batch.reception.received)
        table.keep(standings)
        claims = ClaimTable(self.conn, self.town, self.id_key, batch.reception.received)
        claims.keep(standings, current)
        ConsentBook(self.conn, self.town, batch.reception.received).keep(standings, current)
        projector = Projector(self.conn, self.town, self.id_key)
        projector.write([_projected(each) for each in standings])

    def _write_records(self, standings: Sequence[Standing]) -> None:
        store = RecordStore(self.conn, self.town, self.seal)
        new: list[RecordLine] = []
        moved: list[RecordLine] = []
        edited: list[Row] = []
        for each in standings:
            subject, before = each.subject, each.before
            row = store.row_of(each.stored, subject.grid, deleted=subject.deleted)
            if before is None:
                new.append(row)
            elif (before.grid, before.deleted) == (subject.grid, subject.deleted):
                edited.append(tuple([row[place] for place in _EDITED]))
            else:
                moved.append(row)
        insert_rows(self.conn, RecordRow, RECORD_COLUMNS, new)
        update_rows(self.conn, RecordRow, RECORD_COLUMNS, moved)
        # To set what an index is by costs as much as to change it, even to the same value.
        update_rows(self.conn, RecordRow, [RECORD_COLUMNS[place] for place in _EDITED], edited)

    def _write_places(self, standings: Sequence[Standing]) -> None:
        """The sums of the grids, and who left which."""
        sums: dict[str, GridSum] = {}
        for each in standings:
            if each.subject.kind in OFFICE_ONLY:
                continue  # no device has it, so none can compare it
            grid, stored = each.subject.grid, each.stored
            if each.before is not None:
                if not self._is_forgotten(each.before):
                    gone = GridSum(-1, -checksum(each.before.id, each.before.version))
                    _add(sums, each.before.grid, gone)
                if each.before.grid != grid:
                    self._note_exit(each.before, each)
            _add(sums, grid, GridSum(1, checksum(stored.id, stored.version)))
        add_to_grid_sums(self.conn, self.town, sums)

    def _is_forgotten(self, record: Record) -> bool:
        """Whether it counted no more: a tombstone that every device has passed."""
        return record.deleted and record.version <= counter(self.conn, self.town).forgotten

    def _note_exit(self, before: Record, now: Standing) -> None:
        of_record = (col(ExitRow.town_id) == self.town, col(ExitRow.record_id) == before.id)
        stale = col(ExitRow.grid).in_([before.grid, now.subject.grid])
        self.conn.execute(delete(ExitRow).where(*of_record, stale))
        row = (self.town, before.grid, before.id, now.stored.version)
        insert_rows(self.conn, ExitRow, ("town_id", "grid", "record_id", "seq"), [row])


_EDITED = [
    place
    for place, column in enumerate(RECORD_COLUMNS)
    if column not in ("kind", "grid", "deleted")
]
"""The columns that an edit of answers changes, and the two that say of which record."""


def _said(current: Mapping[str, Published]) -> dict[str, tuple[str, frozenset[str]]]:
    """What of the current forms a batch goes by: which they are, and what is sealed."""
    return {kind: (form.form.version, form.secret_units) for kind, form in current.items()}


def _place(kept: Kept) -> tuple[str, int]:
    return kept.device, kept.n


def _add(sums: dict[str, GridSum], grid: str, more: GridSum) -> None:
    sums[grid] = sums.get(grid, GridSum()).plus(more)


def _projected(each: Standing) -> Projected:
    first, last = each.entries[0], each.entries[-1]
    facts = Facts(
        version=each.stored.version,
        conflicts=len(each.contested),
        created_at=first.write.effective,
        updated_at=last.write.effective,
        received=first.received,
    )
    # An edit that the deleter had not seen brings a record back.
    is_as_it_was = each.before is not None and each.before.deleted == each.subject.deleted
    edited = edited_units(each.subject.kind, each.entries) if is_as_it_was else None
    return Projected(each.subject, facts, each.is_new, edited)
