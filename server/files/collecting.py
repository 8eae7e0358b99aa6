"""Forgetting files that nobody needs: uploads that were not finished, files that nothing names."""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, delete, exists, func, select
from sqlmodel import col

from server.clock import Clock
from server.db.bulk import among
from server.db.engine import reading, writing
from server.db.file_tables import FileRow, FileUseRow, UploadRow
from server.files.parts import Parts
from server.files.uploads import drop_uploads
from server.register.file_uses import Uses
from server.register.sealing import Seal

DAY_MS = 24 * 60 * 60 * 1000


class Collected(Struct, frozen=True):
    """What was forgotten, or would be."""

    files: int
    bytes: int
    uploads: int


class Collector(Struct, frozen=True):
    """Forgets what is older than the grace time. A file that the journal names is never it."""

    engine: Engine
    seal: Seal
    clock: Clock
    grace_days: int

    def look(self, town: str) -> Collected:
        """What `collect` would forget."""
        with reading(self.engine) as conn:
            files = self._unnamed(conn, town)
            uploads = conn.execute(
                select(func.count()).where(*self._expired(town), col(UploadRow.done).is_(False))
            ).scalar_one()
        return Collected(len(files), sum(files.values()), uploads)

    def collect(self, town: str) -> Collected:
        """Forgets them."""
        with writing(self.engine) as conn:
            parts = Parts(conn, town, self.seal)
            uploads = drop_uploads(parts, self._expired(town))
            gone = self._drop(conn, town, self._unnamed(conn, town))
            parts.drop(list(gone))
        return Collected(len(gone), sum(gone.values()), uploads)

    def _expired(self, town: str) -> tuple[ColumnElement[bool], ...]:
        return col(UploadRow.town_id) == town, col(UploadRow.expires_at) <= self.clock()

    def _unnamed(self, conn: Connection, town: str) -> dict[str, int]:
        """Files old enough that nothing names, each with its size."""
        before = self.clock() - self.grace_days * DAY_MS
        rows = conn.execute(
            select(col(FileRow.sha256), col(FileRow.size)).where(
                *_unused(town), col(FileRow.added_at) < before
            )
        )
        found = {row.sha256: row.size for row in rows}
        # What waits in quarantine may be taken yet: it is looked at only when it matters.
        waiting = Uses(conn, town).waiting(self.seal) if found else set()
        return {sha256: size for sha256, size in found.items() if sha256 not in waiting}

    def _drop(self, conn: Connection, town: str, hashes: Collection[str]) -> dict[str, int]:
        """Deletes them, unless a change has come to name one; the contents that went, by id.

        A change that names a file writes the file's row: the database makes one of the two wait
        for the other, and the condition is looked at again.
        """
        gone = conn.execute(
            delete(FileRow)
            .where(*_unused(town), among(conn, col(FileRow.sha256), hashes))
            .returning(col(FileRow.content_id), col(FileRow.size))
        )
        return {row.content_id: row.size for row in gone}


def _unused(town: str) -> tuple[ColumnElement[bool], ...]:
    named = exists().where(
        col(FileUseRow.town_id) == col(FileRow.town_id),
        col(FileUseRow.sha256) == col(FileRow.sha256),
    )
    return col(FileRow.town_id) == town, col(FileRow.used).is_(False), ~named
