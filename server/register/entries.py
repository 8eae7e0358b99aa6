"""Journal rows: how an accepted change is kept for ever."""

from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, select
from sqlmodel import col

from server.db.bulk import Value, among, table_of
from server.db.register_tables import JournalRow
from server.register.sealing import Seal
from shared.changes import NOTE, Answer, Change, ChangeKind
from shared.merge import Rules, same, settled
from shared.records import Record, Write, final

NO_UNITS: dict[str, Answer] = {}


class Told(Struct, frozen=True, omit_defaults=True):
    """What a change says of units, and what the register showed then."""

    units: dict[str, Answer] = {}
    """What was written."""
    before: dict[str, Answer] = {}
    """What the register showed before."""
    after: dict[str, Answer] = {}
    """What it showed then, where that is not what was written."""
    old: dict[str, Answer] = {}
    """What the author had seen."""
    grid: str = ""
    """The grid that the change names, where it is not the one of its row."""
    corrects: str = ""


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One accepted change, ready for the journal once it has its number."""

    change: Change
    write: Write
    received: int
    digest: str
    rules: str
    outcome: str
    named: tuple[str, ...]
    """The units in conflict, and the refused ones."""
    grid: str
    before: dict[str, Answer] = NO_UNITS
    after: dict[str, Answer] = NO_UNITS


def shown_units(record: Record | None, change: Change, rules: Rules) -> dict[str, Answer]:
    """What the record shows of the units that a change names."""
    if record is None:
        return NO_UNITS
    return {unit: settled(record, unit, rules).value for unit in change.units if unit != NOTE}


def not_as_written(change: Change, after: Record, rules: Rules) -> dict[str, Answer]:
    """Of what the record shows after a change, what is not what the change wrote."""
    shown, written = shown_units(after, change, rules), change.units
    return {unit: value for unit, value in shown.items() if not same(value, written[unit])}


class JournalLine(Struct, frozen=True, gc=False):
    """A row of the journal, its fields in the order of its columns."""

    town_id: str
    seq: int
    device_id: str
    n: int
    save_id: str
    kind: str
    record_id: str
    record_kind: str
    grid: str
    worker_id: str
    on_behalf_of: str | None
    base: int
    claimed: int
    effective: int
    received: int
    form: str
    visit_id: str | None
    rules: str
    outcome: str
    units: str
    digest: str
    body: bytes
    secret: bytes | None

    @property
    def write(self) -> Write:
        """The stamp that the change has in its record."""
        return Write(
            self.seq,
            self.device_id,
            self.n,
            self.base,
            self.worker_id,
            self.claimed,
            self.effective,
            self.visit_id,
        )


JOURNAL_COLUMNS = JournalLine.__struct_fields__


class Bookkeeper(Struct, frozen=True):
    """Makes one town's journal rows, and reads them."""

    town: str
    seal: Seal

    def row(self, entry: Entry, first: int, secret_units: frozenset[str]) -> tuple[Value, ...]:
        """The journal row of an entry, in the order of JOURNAL_COLUMNS."""
        change, write = entry.change, entry.write
        seq = final(write.seq, first)
        told = Told(
            change.units,
            entry.before,
            entry.after,
            change.old,
            "" if entry.grid == change.grid else change.grid,
            change.corrects,
        )
        body, secret = _parted(told, secret_units)
        if secret is not None:
            secret = self.seal.close(secret, "journal", self.town, change.record, seq)
        return (
            self.town, seq, write.device, write.n, change.save, change.kind.value, change.record,
            change.record_kind, entry.grid, change.worker, change.on_behalf_of, change.base,
            write.claimed, write.effective, entry.received, change.form, change.visit,
            entry.rules, entry.outcome, " ".join(entry.named), entry.digest, body, secret,
        )  # fmt: skip

    def lines(
        self, conn: Connection, *where: ColumnElement[bool], ordered: bool = True
    ) -> Iterator[JournalLine]:
        """The rows that fulfil the conditions; in the order of their numbers if `ordered`."""
        columns = [table_of(JournalRow).c[name] for name in JOURNAL_COLUMNS]
        wanted = select(*columns).where(col(JournalRow.town_id) == self.town, *where)
        for row in conn.execute(wanted.order_by(*([col(JournalRow.seq)] if ordered else []))):
            yield JournalLine(*row)

    def lines_of(self, conn: Connection, records: Collection[str]) -> list[JournalLine]:
        """All rows of these records, in the order of their numbers."""
        # Asked for them in that order, a database reads the whole journal: they are sorted here.
        theirs = among(conn, col(JournalRow.record_id), records)
        return sorted(self.lines(conn, theirs, ordered=False), key=lambda line: line.seq)

    def sealed(self, line: JournalLine, secret_units: frozenset[str]) -> tuple[bytes, bytes | None]:
        """A row's two parts again, with these units in the sealed one."""
        return self.parts(line, self.told(line), secret_units)

    def parts(
        self, line: JournalLine, told: Told, secret_units: frozenset[str]
    ) -> tuple[bytes, bytes | None]:
        """The two parts that a row has when it tells this."""
        body, secret = _parted(told, secret_units)
        if secret is not None:
            secret = self.seal.close(secret, "journal", self.town, line.record_id, line.seq)
        return body, secret

    def told(self, line: JournalLine) -> Told:
        """What a row says of units, its sealed part included."""
        open_part = _told.decode(line.body)
        if line.secret is None:
            return open_part
        secret = self.seal.open(line.secret, "journal", self.town, line.record_id, line.seq)
        return _joined(open_part, _told.decode(secret))

    def change(self, line: JournalLine) -> Change:
        """The change that a row keeps."""
        told = self.told(line)
        return Change(
            n=line.n,
            save=line.save_id,
            kind=ChangeKind(line.kind),
            record=line.record_id,
            record_kind=line.record_kind,
            grid=told.grid or line.grid,
            worker=line.worker_id,
            at=line.claimed,
            base=line.base,
            units=told.units,
            old=told.old,
            form=line.form,
            visit=line.visit_id,
            on_behalf_of=line.on_behalf_of,
            corrects=told.corrects,
        )


_told = msgspec.json.Decoder(Told)
_encode = msgspec.json.Encoder().encode


def _parted(told: Told, secret_units: frozenset[str]) -> tuple[bytes, bytes | None]:
    """The open part and the part to be sealed, as JSON."""
    all_named = (told.units, told.before, told.after, told.old)
    if not secret_units or all(secret_units.isdisjoint(named) for named in all_named):
        return _encode(told), None
    units, before, after, old = (
        {k: named[k] for k in named.keys() - secret_units} for named in all_named
    )
    open_part = Told(units, before, after, old, told.grid, told.corrects)
    units, before, after, old = (
        {k: named[k] for k in named.keys() & secret_units} for named in all_named
    )
    return _encode(open_part), _encode(Told(units, before, after, old))


def _joined(one: Told, other: Told) -> Told:
    return Told(
        one.units | other.units,
        one.before | other.before,
        one.after | other.after,
        one.old | other.old,
        one.grid,
        one.corrects,
    )
