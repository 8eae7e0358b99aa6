"""The files of a town as they are given out."""

from collections.abc import Collection, Mapping
from hashlib import sha256
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col

from server.db.file_tables import FileRow, UploadRow
from server.errors import NotFound
from server.files.parts import Parts
from server.register.file_uses import Uses
from server.register.sealing import Seal, SealBroken

GIVEN_AS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Disposition": "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    }
)
"""Headers under which a content leaves: nothing that a phone sent is ever a page of this server."""


class StoredFile(Struct, frozen=True):
    """A file that the town has."""

    sha256: str
    type: str
    size: int
    content_id: str


class FileCounts(Struct, frozen=True):
    """How many files there are, for operators."""

    files: int
    bytes: int
    unused: int
    """Named by no record: collected after the grace time."""
    uploads: int
    missing: int
    """Named by a record and not come yet."""


class FileShelf(Struct, frozen=True):
    """One town's files, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def seen(self, digest: str, grids: Collection[str]) -> StoredFile:
        """A file that a record in these grids names.

        Raises NotFound, also for a file that only others may see: it must not be told apart.
        """
        found = self.conn.execute(
            select(
                col(FileRow.sha256), col(FileRow.type), col(FileRow.size), col(FileRow.content_id)
            ).where(col(FileRow.town_id) == self.town, col(FileRow.sha256) == digest)
        ).one_or_none()
        if found is None or not Uses(self.conn, self.town).may_see(digest, grids):
            raise NotFound
        return StoredFile(*found)

    def content(self, file: StoredFile) -> bytes:
        """What it holds. Raises SealBroken."""
        return Parts(self.conn, self.town, self.seal).content(file.content_id)


def counted(conn: Connection, town: str) -> FileCounts:
    """How many files a town has."""
    of_town = col(FileRow.town_id) == town
    files, size = conn.execute(
        select(func.count(), func.coalesce(func.sum(col(FileRow.size)), 0)).where(of_town)
    ).one()
    unused = select(func.count()).where(of_town, col(FileRow.used).is_(False))
    uploads = select(func.count()).where(
        col(UploadRow.town_id) == town, col(UploadRow.done).is_(False)
    )
    return FileCounts(
        files=files,
        bytes=int(size),
        unused=conn.execute(unused).scalar_one(),
        uploads=conn.execute(uploads).scalar_one(),
        missing=Uses(conn, town).missing(),
    )


class CheckedFiles(Struct, frozen=True):
    """What a check of all contents found."""

    files: int
    broken: tuple[str, ...]
    """Hashes of those that do not open, or are not what they were."""


def check_files(conn: Connection, town: str, seal: Seal) -> CheckedFiles:
    """Opens every content of a town and compares it with its hash."""
    rows = conn.execute(
        select(col(FileRow.sha256), col(FileRow.content_id))
        .where(col(FileRow.town_id) == town)
        .order_by(col(FileRow.sha256))
    ).all()
    parts = Parts(conn, town, seal)
    broken = tuple(row.sha256 for row in rows if not _is_whole(parts, row.sha256, row.content_id))
    return CheckedFiles(len(rows), broken)


def _is_whole(parts: Parts, expected: str, content_id: str) -> bool:
    try:
        return sha256(parts.content(content_id)).hexdigest() == expected
    except SealBroken:
        return False
