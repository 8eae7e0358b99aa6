"""Uploads: a file comes in parts, each stored with its offset in one transaction.

Nothing is in memory between two requests: any process goes on where another one stopped.
"""

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from server.clock import Clock, new_id
from server.db.engine import reading, writing
from server.db.file_tables import FileRow, UploadRow
from server.errors import NotFound
from server.files.checks import checked_type
from server.files.parts import Parts
from server.files.refusals import (
    FileRefused,
    FileTooLarge,
    OffsetMismatch,
    TooManyParts,
    TooManyUploads,
    UploadExpired,
    wrong_type,
)
from server.register.file_uses import Uses
from server.register.sealing import Seal
from shared.files import FileLimits

UPLOAD_MS = 7 * 24 * 60 * 60 * 1000
"""An upload that is not finished by then is forgotten."""
OPEN_MAX = 20
"""Unfinished uploads of one device."""
PARTS_MAX = 5000
"""Of one file: a line that gives a few bytes at a time is no line."""


class Upload(Struct, frozen=True):
    """A file under way."""

    id: str
    device_id: str
    sha256: str
    size: int
    received: int = 0
    parts: int = 0
    done: bool = False
    expires_at: int = 0


class Sender(Struct, frozen=True):
    """Who sends: nobody else may go on with an upload, or know of it."""

    town: str
    device: str


class Uploads(Struct, frozen=True):
    """The uploads of all towns; each call is of one device."""

    engine: Engine
    seal: Seal
    limits: FileLimits
    clock: Clock

    def begin(self, sender: Sender, sha256: str, size: int) -> Upload:
        """A new upload. Raises FileTooLarge, TooManyUploads or FileRefused."""
        if size > self.limits.bytes:
            raise FileTooLarge(self.limits.bytes)
        if size == 0:
            raise wrong_type()
        now = self.clock()
        end = now + UPLOAD_MS
        upload = Upload(new_id(now), sender.device, sha256, size, expires_at=end)
        with writing(self.engine) as conn:
            _drop_expired(Parts(conn, sender.town, self.seal), sender, now)
            if _count_open(conn, sender) >= OPEN_MAX:
                raise TooManyUploads
            row = {name: getattr(upload, name) for name in Upload.__struct_fields__}
            conn.execute(insert(UploadRow).values(town_id=sender.town, created_at=now, **row))
        return upload

    def find(self, sender: Sender, upload_id: str) -> Upload:
        """An upload of this device. Raises NotFound or UploadExpired."""
        with reading(self.engine) as conn:
            return self._found(conn, sender, upload_id)

    def append(self, sender: Sender, upload_id: str, offset: int, part: bytes) -> Upload:
        """Stores a part; the last one makes the file, if it is what it was said to be.

        Raises NotFound, UploadExpired, OffsetMismatch, FileTooLarge (nothing was stored), or
        FileRefused (the whole upload is gone).
        """
        with reading(self.engine) as conn:
            upload = self._found(conn, sender, upload_id)
            self._check_fits(upload, offset, part)
            if not part:
                return upload
            last = offset + len(part) == upload.size
            before = Parts(conn, sender.town, self.seal).content(upload_id) if last else b""
        if not last:
            return self._store(sender, upload, part)
        try:
            media_type = checked_type(before + part, upload.sha256, self.limits)
        except FileRefused:
            self.drop(sender, upload_id)
            raise
        return self._store(sender, upload, part, media_type)

    def drop(self, sender: Sender, upload_id: str) -> None:
        """Ends an upload; nothing of it is kept. Raises NotFound or UploadExpired."""
        with writing(self.engine) as conn:
            upload = self._found(conn, sender, upload_id)
            if not upload.done:  # else its parts are a file's now
                Parts(conn, sender.town, self.seal).drop([upload_id])
            conn.execute(delete(UploadRow).where(*_this(sender, upload_id)))

    def _found(self, conn: Connection, sender: Sender, upload_id: str) -> Upload:
        columns = [getattr(UploadRow, name) for name in Upload.__struct_fields__]
        row = conn.execute(select(*columns).where(*_this(sender, upload_id))).one_or_none()
        if row is None:
            raise NotFound
        upload = Upload(*row)
        if upload.expires_at <= self.clock():
            raise UploadExpired
        return upload

    def _check_fits(self, upload: Upload, offset: int, part: bytes) -> None:
        if offset != upload.received:
            raise OffsetMismatch(upload.received)
        if offset + len(part) > upload.size:
            raise FileTooLarge(upload.size)
        if upload.parts >= PARTS_MAX:
            raise TooManyParts

    def _store(
        self, sender: Sender, upload: Upload, part: bytes, media_type: str | None = None
    ) -> Upload:
        received, done = upload.received + len(part), media_type is not None
        now = self.clock()
        with writing(self.engine) as conn:
            # Of two who send the same part at once, only the first one moves the offset.
            moved = conn.execute(
                update(UploadRow)
                .where(*_this(sender, upload.id), col(UploadRow.received) == upload.received)
                .values(received=received, parts=upload.parts + 1, done=done)
                .returning(col(UploadRow.expires_at))
            ).scalar()
            if moved is None:
                raise OffsetMismatch(received)
            parts = Parts(conn, sender.town, self.seal)
            parts.add(upload.id, upload.parts, part)
            if media_type is not None and not _make_file(conn, sender, upload, (media_type, now)):
                parts.drop([upload.id])  # the town has that content already
        return msgspec.structs.replace(upload, received=received, parts=upload.parts + 1, done=done)


def _this(sender: Sender, upload_id: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(UploadRow.town_id) == sender.town,
        col(UploadRow.id) == upload_id,
        col(UploadRow.device_id) == sender.device,
    )


def _count_open(conn: Connection, sender: Sender) -> int:
    return conn.execute(
        select(func.count()).where(
            col(UploadRow.town_id) == sender.town,
            col(UploadRow.device_id) == sender.device,
            col(UploadRow.done).is_(False),
        )
    ).scalar_one()


def _drop_expired(parts: Parts, sender: Sender, now: int) -> None:
    gone = (
        col(UploadRow.town_id) == sender.town,
        col(UploadRow.device_id) == sender.device,
        col(UploadRow.expires_at) <= now,
    )
    drop_uploads(parts, gone)


def drop_uploads(parts: Parts, where: tuple[ColumnElement[bool], ...]) -> int:
    """Forgets uploads, with the parts of those that made no file; how many."""
    rows = parts.conn.execute(
        delete(UploadRow).where(*where).returning(col(UploadRow.id), col(UploadRow.done))
    ).all()
    unfinished = [row.id for row in rows if not row.done]
    if unfinished:
        parts.drop(unfinished)
    return len(rows)


def _make_file(conn: Connection, sender: Sender, upload: Upload, made: tuple[str, int]) -> bool:
    """Whether the upload's parts became the content of a new file."""
    media_type, now = made
    dialect = postgresql if conn.dialect.name == "postgresql" else sqlite
    row = dialect.insert(FileRow).values(
        town_id=sender.town,
        sha256=upload.sha256,
        type=media_type,
        size=upload.size,
        content_id=upload.id,
        parts=upload.parts + 1,
        used=Uses(conn, sender.town).is_named(upload.sha256),
        device_id=sender.device,
        added_at=now,
    )
    added = conn.execute(row.on_conflict_do_nothing().returning(col(FileRow.sha256)))
    return added.scalar() is not None
