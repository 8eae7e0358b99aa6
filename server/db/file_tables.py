"""Photos, recordings and documents: uploads under way, contents by their hash, who names them.

The content lies in the database, sealed and in parts: so it is in every backup, any process can
go on with an upload that another one began, and a part and its offset are one transaction.
"""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, blob, town_key

HASH_CHARS = 64


class UploadRow(ServerTable, table=True):
    """A file that a device is sending, or has just sent."""

    __tablename__ = "upload"
    __table_args__ = (
        Index("upload_by_device", "town_id", "device_id"),
        Index("upload_by_end", "town_id", "expires_at"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    device_id: str
    sha256: str = Field(max_length=HASH_CHARS)
    size: int = big()
    """What the device said that it will send."""
    received: int = big()
    parts: int = 0
    done: bool = False
    """All of it came and is what it was said to be; its parts are a file's now."""
    created_at: int = big()
    expires_at: int = big()


class FileRow(ServerTable, table=True):
    """A file of the town by the hash of its content, whoever sent it."""

    __tablename__ = "file"
    __table_args__ = (Index("file_by_use", "town_id", "used", "added_at"),)

    town_id: str = town_key()
    sha256: str = Field(primary_key=True, max_length=HASH_CHARS)
    type: str
    """Its media type, told from its content."""
    size: int = big()
    content_id: str = Field(max_length=36)
    """Of its parts: the upload that brought them."""
    parts: int = 0
    used: bool = False
    """A change in the journal names it: it is kept for ever."""
    device_id: str
    """Who sent it first."""
    added_at: int = big()


class FilePartRow(ServerTable, table=True):
    """A part of a file's content, sealed."""

    __tablename__ = "file_part"

    town_id: str = town_key()
    content_id: str = Field(primary_key=True, max_length=36)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    sealed: bytes = blob()


class FileUseRow(ServerTable, table=True):
    """A record whose journal names a file; written with the change that does."""

    __tablename__ = "file_use"
    __table_args__ = (Index("file_use_by_record", "town_id", "record_id"),)

    town_id: str = town_key()
    sha256: str = Field(primary_key=True, max_length=HASH_CHARS)
    record_id: str = Field(primary_key=True, max_length=36)
