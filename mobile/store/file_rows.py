"""What is known of each file on this device: the `file` table, and a copy of it in memory."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import delete, insert, select

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.database import Database
from mobile.store.tables import FileRow
from mobile.vault.sealing import Keys
from shared.files import FileRef
from shared.wire import Words


class FileState(StrEnum):
    """Where a file's content is."""

    HERE = "here"
    """On this device and not at the office."""
    SENT = "sent"
    """At the office, and still on this device."""
    REFUSED = "refused"
    """On this device; the office did not take it: see `Files.reason`."""
    FETCHED = "fetched"
    """From the office, kept to look at."""
    AWAY = "away"
    """Not on this device; it can be fetched."""


class KeptFile(Struct, frozen=True, kw_only=True):
    """What is known of a file on this device."""

    id: str
    """Its name on the disk, which says nothing."""
    state: FileState
    ref: FileRef
    at: int
    """When it came here, ms."""
    upload: str = ""
    """Where the server takes it, while it is being sent."""
    reason: Words | None = None
    record: str = ""
    """Of a fetched file: the record that it belongs to."""


class FileRows:
    """The known files by the hash of their content."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database = database
        self._seal = keys.seal("file_row")
        self._known = {kept.ref.sha256: kept for kept in self._read()}

    def get(self, ref: FileRef) -> KeptFile | None:
        """What is known of it."""
        return self._known.get(ref.sha256)

    def all(self) -> tuple[KeptFile, ...]:
        """Every file, the oldest first."""
        return tuple(sorted(self._known.values(), key=lambda kept: (kept.at, kept.id)))

    def put(self, kept: KeptFile) -> None:
        """Remembers a file, or what is new about it."""
        sealed = self._seal.close(kept.id, 0, msgspec.json.encode(kept))
        with self._database.writing() as conn:
            conn.execute(delete(_file).where(_file.c.id == kept.id))
            conn.execute(insert(_file).values(id=kept.id, state=kept.state.value, sealed=sealed))
        self._known[kept.ref.sha256] = kept

    def drop(self, kept: KeptFile) -> None:
        """Forgets a file."""
        with self._database.writing() as conn:
            conn.execute(delete(_file).where(_file.c.id == kept.id))
        self._known.pop(kept.ref.sha256, None)

    def _read(self) -> Iterator[KeptFile]:
        with self._database.reading() as conn:
            rows = conn.execute(select(_file.c.id, _file.c.sealed)).all()
        for row in rows:
            try:
                yield _kept.decode(self._seal.open(row.id, 0, row.sealed))
            except DamagedRow:
                continue  # the file itself says what it is: see `Files`


_file = table_of(FileRow)
_kept = msgspec.json.Decoder(KeptFile)
