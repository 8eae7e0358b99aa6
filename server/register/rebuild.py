"""Making again what hangs on the register: projections, conflicts, sums, and what is sealed."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, delete, select
from sqlmodel import col

from server.db.bulk import update_rows
from server.db.register_tables import GridSumRow, JournalRow, RecordRow
from server.register.claims import ClaimTable
from server.register.contested import ConflictTable
from server.register.counter import GridSum, add_to_grid_sums, counter, take_numbers
from server.register.entries import Bookkeeper
from server.register.file_uses import Uses
from server.register.projecting import Projected, Projector
from server.register.projections import Facts, subject_of
from server.register.published import Published, Shelf
from server.register.sealing import Seal
from server.register.standing import waiting
from server.register.store import RECORD_COLUMNS, RecordStore
from shared.codec import pack
from shared.merge import Rules
from shared.records import Record
from shared.wire import checksum
from shared.work.values import OFFICE_ONLY

RECORDS_AT_ONCE = 2000


class Rebuilt(Struct, frozen=True):
    """What a rebuild made."""

    records: int
    conflicts: int


class Due(Struct, frozen=True):
    """What hangs on a record."""

    record: Record
    projected: Projected
    contested: frozenset[str]


class Rebuilder(Struct, frozen=True):
    """Works on one town, over one connection."""

    conn: Connection
    town: str
    seal: Seal
    id_key: bytes
    shelf: Shelf
    now: int

    def rebuild(self) -> Rebuilt:
        """Make every projection, conflict and sum again."""
        take_numbers(self.conn, self.town, 0)  # nobody writes meanwhile
        projector = Projector(self.conn, self.town, self.id_key)
        table = ConflictTable(self.conn, self.town, self.seal, self.now)
        projector.clear()
        claims = ClaimTable(self.conn, self.town, self.id_key, self.now)
        claims.clear()
        claimants = claims.claimants(self.shelf.current(self.conn, self.town))
        forgotten = counter(self.conn, self.town).forgotten
        sums: dict[str, GridSum] = {}
        records, waiting = 0, 0
        for some in self.due():
            projector.write([each.projected for each in some])
            table.restate([(each.record, each.contested) for each in some])
            claims.make(
                claim
                for each in some
                if each.record.kind in claimants
                for claim in claimants[each.record.kind].of_record(each.record)
            )
            add_sums(sums, some, forgotten)
            records += len(some)
            waiting += sum(len(each.contested) for each in some)
        claims.remake()
        of_town = col(GridSumRow.town_id) == self.town
        self.conn.execute(delete(GridSumRow).where(of_town))
        add_to_grid_sums(self.conn, self.town, sums)
        Uses(self.conn, self.town).rebuild(self.seal)
        return Rebuilt(records, waiting)

    def seal_again(self, kind: str, secret_units: frozenset[str]) -> None:
        """Seal what records of a kind and their journal have in these units."""
        store = RecordStore(self.conn, self.town, self.seal)
        book = Bookkeeper(self.town, self.seal)
        for ids in self._ids(kind):
            records = store.locked(ids).values()
            rows = [
                store.row_of(pack(record, secret_units), record.grid, deleted=record.deleted)
                for record in records
            ]
            update_rows(self.conn, RecordRow, RECORD_COLUMNS, rows)
            lines = book.lines(self.conn, col(JournalRow.record_id).in_(ids))
            parts = [(self.town, line.seq, *book.sealed(line, secret_units)) for line in lines]
            update_rows(self.conn, JournalRow, ("town_id", "seq", "body", "secret"), parts)

    def due(self) -> Iterator[list[Due]]:
        """What hangs on every record of the town, some records at a time."""
        for ids in self._ids():
            yield self.due_of(ids)

    def due_of(self, ids: Sequence[str]) -> list[Due]:
        """What hangs on these records."""
        store = RecordStore(self.conn, self.town, self.seal)
        current = self.shelf.current(self.conn, self.town)
        facts = self._facts(ids)
        return [_due(record, facts[record.id], current) for record in store.records(ids).values()]

    def _ids(self, kind: str | None = None) -> Iterator[list[str]]:
        wanted = select(col(RecordRow.id)).where(col(RecordRow.town_id) == self.town)
        if kind is not None:
            wanted = wanted.where(col(RecordRow.kind) == kind)
        after = ""
        while True:
            more = wanted.where(col(RecordRow.id) > after).order_by(col(RecordRow.id))
            ids = list(self.conn.execute(more.limit(RECORDS_AT_ONCE)).scalars())
            if not ids:
                return
            yield ids
            after = ids[-1]

    def _facts(self, ids: Sequence[str]) -> Mapping[str, Facts]:
        """What the journal knows of the records; their conflicts are still to be counted."""
        rows = self.conn.execute(
            select(
                col(JournalRow.record_id),
                col(JournalRow.seq),
                col(JournalRow.effective),
                col(JournalRow.received),
            )
            .where(col(JournalRow.town_id) == self.town, col(JournalRow.record_id).in_(ids))
            .order_by(col(JournalRow.seq))
        )
        facts: dict[str, Facts] = {}
        for record, seq, effective, received in rows:
            first = facts.get(record)
            facts[record] = Facts(
                version=seq,
                conflicts=0,
                created_at=first.created_at if first else effective,
                updated_at=effective,
                received=first.received if first else received,
            )
        return facts


def lock_kind(conn: Connection, town: str, kind: str) -> None:
    """Locks every record of a kind, in the order of their ids, until the transaction ends."""
    of_kind = (col(RecordRow.town_id) == town, col(RecordRow.kind) == kind)
    wanted = select(col(RecordRow.id)).where(*of_kind).order_by(col(RecordRow.id))
    for _ in conn.execute(wanted.with_for_update()):
        pass


def add_sums(sums: dict[str, GridSum], some: Sequence[Due], forgotten: int) -> None:
    """Add these records to the sums of their grids.

    Tombstones up to `forgotten` do not count, nor does what no device may have.
    """
    for each in some:
        is_forgotten = each.record.deleted and each.record.version <= forgotten
        if is_forgotten or each.record.kind in OFFICE_ONLY:
            continue
        more = GridSum(1, checksum(each.record.id, each.record.version))
        sums[each.record.grid] = sums.get(each.record.grid, GridSum()).plus(more)


def _due(record: Record, facts: Facts, current: Mapping[str, Published]) -> Due:
    form = current.get(record.kind)
    rules = form.rules if form else Rules()
    contested = waiting(record, rules)
    counted = Facts(
        version=record.version,
        conflicts=len(contested),
        created_at=facts.created_at,
        updated_at=facts.updated_at,
        received=facts.received,
    )
    return Due(record, Projected(subject_of(record, rules), counted, is_new=True), contested)
