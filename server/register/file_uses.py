"""Which records name which files: written with the change that does, so that none is collected."""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, exists, func, select, update
from sqlmodel import col

from server.db.bulk import Value, among, insert_rows
from server.db.file_tables import FileRow, FileUseRow
from server.db.register_tables import JournalRow, QuarantineRow, RecordRow
from server.register.entries import Bookkeeper
from server.register.quarantine import RELEASED
from server.register.sealing import Seal
from shared.changes import Change
from shared.files import files_named
from shared.wire import UNREADABLE

_SIGN = b'"sha256"'
"""Stands in the JSON of whatever names a file: most of what is written does not."""
_NESTED: frozenset[type] = frozenset({dict, list, tuple})
_COLUMNS = ("town_id", "sha256", "record_id")


class Uses(Struct, frozen=True):
    """One town's files as its records name them, over one connection."""

    conn: Connection
    town: str

    def note(self, changes: Iterable[Change], rows: Sequence[Sequence[Value]]) -> None:
        """Notes the files that changes name. rows: their journal rows, ending in both bodies."""
        naming = (
            change
            for change, (*_, body, secret) in zip(changes, rows, strict=True)
            if secret is not None or (isinstance(body, bytes) and _SIGN in body)
        )
        self._add(
            {
                (ref.sha256, change.record)
                for change in naming
                for value in change.units.values()
                if type(value) in _NESTED  # on the way of every change: most are texts
                for ref in files_named(value)
            }
        )

    def rebuild(self, seal: Seal, records: Collection[str] | None = None) -> None:
        """Notes them again, from the journal: all, or those of some records."""
        of, lines = FileUseRow, JournalRow
        mine = () if records is None else (among(self.conn, col(of.record_id), records),)
        told = () if records is None else (among(self.conn, col(lines.record_id), records),)
        self.conn.execute(delete(of).where(col(of.town_id) == self.town, *mine))
        book = Bookkeeper(self.town, seal)
        self._add(
            {
                (ref.sha256, line.record_id)
                for line in book.lines(self.conn, *told)
                if line.secret is not None or _SIGN in line.body
                for ref in files_named(book.told(line).units)
            }
        )

    def may_see(self, sha256: str, grids: Collection[str]) -> bool:
        """Whether a record in one of these grids names the file."""
        found = (
            select(col(RecordRow.id))
            .join(FileUseRow, _same_record())
            .where(
                col(RecordRow.town_id) == self.town,
                col(FileUseRow.sha256) == sha256,
                col(RecordRow.deleted).is_(False),
                among(self.conn, col(RecordRow.grid), grids),
            )
        )
        return self.conn.execute(found.limit(1)).first() is not None

    def is_named(self, sha256: str) -> bool:
        """Whether any record names the file."""
        named = select(col(FileUseRow.sha256)).where(
            col(FileUseRow.town_id) == self.town, col(FileUseRow.sha256) == sha256
        )
        return self.conn.execute(named.limit(1)).first() is not None

    def here(self, record: str) -> frozenset[str]:
        """The files that a record names and that have come, by hash."""
        wanted = select(col(FileUseRow.sha256)).where(
            col(FileUseRow.town_id) == self.town,
            col(FileUseRow.record_id) == record,
            exists().where(*_same_file()),
        )
        return frozenset(self.conn.execute(wanted).scalars())

    def missing(self) -> int:
        """How many files are named and have not come."""
        wanted = select(func.count(func.distinct(col(FileUseRow.sha256)))).where(
            col(FileUseRow.town_id) == self.town, ~exists().where(*_same_file())
        )
        return self.conn.execute(wanted).scalar_one()

    def waiting(self, seal: Seal) -> set[str]:
        """The files that changes name which were not taken, or not yet."""
        rows = self.conn.execute(
            select(
                col(QuarantineRow.device_id), col(QuarantineRow.n), col(QuarantineRow.raw)
            ).where(col(QuarantineRow.town_id) == self.town, col(QuarantineRow.state) != RELEASED)
        )
        raws = (seal.open(raw, "quarantine", self.town, device, n) for device, n, raw in rows)
        return {ref.sha256 for raw in raws if _SIGN in raw for ref in files_named(_read(raw))}

    def _add(self, uses: set[tuple[str, str]]) -> None:
        if not uses:
            return
        hashes = {sha256 for sha256, _ in uses}
        rows = self.conn.execute(
            select(col(FileUseRow.sha256), col(FileUseRow.record_id)).where(
                col(FileUseRow.town_id) == self.town,
                among(self.conn, col(FileUseRow.sha256), hashes),
            )
        )
        new = uses - {(row.sha256, row.record_id) for row in rows}
        insert_rows(self.conn, FileUseRow, _COLUMNS, [(self.town, *use) for use in sorted(new)])
        # The file's row is written too: who collects it at this moment sees that it is used.
        named = among(self.conn, col(FileRow.sha256), hashes)
        of_town = col(FileRow.town_id) == self.town
        self.conn.execute(update(FileRow).where(of_town, named).values(used=True))


def _same_record() -> ColumnElement[bool]:
    return (col(FileUseRow.town_id) == col(RecordRow.town_id)) & (
        col(FileUseRow.record_id) == col(RecordRow.id)
    )


def _same_file() -> tuple[ColumnElement[bool], ...]:
    return (
        col(FileRow.town_id) == col(FileUseRow.town_id),
        col(FileRow.sha256) == col(FileUseRow.sha256),
    )


def _read(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except UNREADABLE:
        return None
