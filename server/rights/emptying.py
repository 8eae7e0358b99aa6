"""Emptying single answers of records that stay: for good, with everything that they ever were.

The same code as an erasure (docs/decisions/0192) takes them out of register, journal, refused
changes, files and imported tables; phones take the records anew.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection
from sqlmodel import col

from server.db.bulk import among
from server.db.register_tables import JournalRow
from server.office.act import Act
from server.register.entries import Bookkeeper
from server.register.erasing import Eraser, Erasure
from server.register.rebuild import Rebuilder
from server.register.sealing import Seal
from server.register.store import RecordStore
from server.rights.erasing import ON_REQUEST, empty_imports, touched
from server.services import Services
from shared.changes import Answer
from shared.records import Record

NUMBER_MIN = 6
"""Shorter answers are no trace of anybody in a table that was imported."""

Only = Mapping[str, frozenset[str]]
"""The units that go, by record."""


def empty_units(services: Services, act: Act, only: Only, why: str = ON_REQUEST) -> int:
    """Empties the units; how many records had an answer there. Raises Overtaken.

    why: what phones read where they take the record anew.
    """
    conn, town, seal = act.conn, act.who.town, Seal(act.keys)
    writer = services.register.deeds.writer
    writer.locked(conn, act.who, only)  # what comes later is written after this, and refused
    said = list(_ever_said(conn, seal, town, only))
    records = RecordStore(conn, town, seal).records(sorted({record for record, _ in said}))
    edits = [touched(record, why) for record in records.values() if not record.deleted]
    if edits:
        writer.commit_within(conn, act.who, edits, None)
    rebuilder = Rebuilder(conn, town, seal, act.keys.id_hash, writer.shelf, act.now)
    Eraser(rebuilder).erase(Erasure(frozenset(), only=only), act.who)
    numbers = {each for _, each in said if isinstance(each, str) and len(each) >= NUMBER_MIN}
    empty_imports(conn, seal, town, numbers)
    return len(records)


def is_contested(record: Record, units: frozenset[str]) -> bool:
    """Whether nobody has decided yet between several answers of one of the units."""
    return any(len(record.units.get(unit, ())) > 1 for unit in units)


def _ever_said(conn: Connection, seal: Seal, town: str, only: Only) -> Iterator[tuple[str, Answer]]:
    """Each record with what was ever answered in its units."""
    book = Bookkeeper(town, seal)
    for line in book.lines(conn, among(conn, col(JournalRow.record_id), only)):
        told = book.told(line)
        for units in (told.units, told.before, told.after, told.old):
            for unit in only[line.record_id] & units.keys():
                yield line.record_id, units[unit]
