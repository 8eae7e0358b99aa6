"""The tables of one account's file. In clear: opaque ids, kinds, versions, states, sizes."""

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field

from mobile.store.base import PhoneTable, key, sealed, sealed_or_none, whole

SCHEMA = 2
"""The file's `user_version`. A newer one is left alone."""


class ShadowRow(PhoneTable, table=True):
    """A record as the office had it at the last pull: a `PackedRecord` under seal."""

    __tablename__ = "shadow"
    __table_args__ = (
        Index("shadow_by_grid", "grid", "generation"),
        Index("shadow_by_deleted", "deleted", "version"),
        Index("shadow_by_version", "id", "version"),
        Index("shadow_questions", "kind", sqlite_where=text("kind = 'question'")),
    )

    id: str = key()
    kind: str
    grid: str
    version: int = whole()
    generation: int = whole()
    """Of the snapshot that last brought it; an older one is dropped when a snapshot is whole."""
    deleted: bool = False
    """A tombstone: dropped once the server has forgotten it."""
    sealed: bytes = sealed()


class LeafRow(PhoneTable, table=True):
    """A piece of the index, written down so that unlocking is quick."""

    __tablename__ = "leaf"

    turn: int = Field(primary_key=True, sa_type=BigInteger)
    """Of the writing that it belongs to."""
    n: int = Field(primary_key=True, sa_type=BigInteger)
    sealed: bytes = sealed()


class OutboxRow(PhoneTable, table=True):
    """A saved change: the exact bytes that are sent, under seal."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_by_number", "device", "n", unique=True),
        Index("outbox_by_state", "covered", "state"),
        Index("outbox_by_record", "record"),
    )

    place: int | None = Field(default=None, primary_key=True)
    """The order in which changes were made here, across incarnations."""
    device: str
    n: int = whole()
    save: str
    record: str
    state: str
    covered: bool = False
    """A pull has brought it back: it is in the shadow, and no longer laid over it."""
    trouble: bool = False
    """Refused, held, or only taken in part: the worker is to be told why."""
    dismissed: bool = False
    """The worker has read why."""
    ack_seq: int = whole()
    acked_day: int = whole()
    """Days since the epoch."""
    digest: str
    """The hash chain after it."""
    sealed: bytes = sealed()
    result: bytes | None = sealed_or_none()
    """The server's `Result`, under seal."""


class DraftRow(PhoneTable, table=True):
    """A form that is being filled in."""

    __tablename__ = "draft"

    id: str = key()
    revision: int = whole()
    sealed: bytes = sealed()


class GridRow(PhoneTable, table=True):
    """A grid that this device holds, and how far its snapshot has come."""

    __tablename__ = "grid"

    id: str = key()
    state: str
    """wanted, whole or withdrawn."""
    generation: int = whole()
    seq: int = whole()
    """The first page's, while a snapshot is under way."""
    after: str = ""
    """Ask on from here."""
    done: int = whole()
    total: int = whole()


class NewsRow(PhoneTable, table=True):
    """A household that somebody else has changed since the worker last looked."""

    __tablename__ = "news"

    id: str = key()


class FileRow(PhoneTable, table=True):
    """A file that lies beside the database: what is known of it, under seal."""

    __tablename__ = "file"

    id: str = key()
    state: str
    """here, sent, refused or fetched."""
    sealed: bytes = sealed()


class ParcelRow(PhoneTable, table=True):
    """A colleague's carry-over file, sealed to the town: only the server can open it."""

    __tablename__ = "parcel"

    id: str = key()
    sealed: bytes = sealed()


class KeptRow(PhoneTable, table=True):
    """One value by name: who this device is, its cursor, forms, names of people ..."""

    __tablename__ = "kept"

    name: str = Field(primary_key=True)
    sealed: bytes = sealed()
