"""The server's own table registry, apart from the phone's, and the columns that tables share.

`town_id` is the first column of every key and index: no statement of a request touches two
towns, so the database can be distributed by it (docs/operating.md).
"""

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

TOWN_ID_MAX = 40


class ServerTable(SQLModel, registry=registry()):
    """Base of every table on the server. Rows do not validate: `shared` does, before."""


def town_key() -> str:
    """The first column of every primary key."""
    field: str = Field(primary_key=True, max_length=TOWN_ID_MAX)
    return field


def big(*, default: int = 0, primary_key: bool = False, index: bool = False) -> int:
    """A 64-bit integer: change numbers and times in ms since the epoch."""
    field: int = Field(
        default=default,
        primary_key=primary_key,
        index=index,
        sa_type=BigInteger,
        sa_column_kwargs={"autoincrement": False},
    )
    return field


def big_or_none() -> int | None:
    """A 64-bit integer that may be absent."""
    field: int | None = Field(default=None, sa_type=BigInteger)
    return field


def blob() -> bytes:
    """Bytes: JSON kept as it was encoded, or sealed."""
    field: bytes = Field(sa_type=LargeBinary)
    return field


def blob_or_none() -> bytes | None:
    """Bytes that may be absent."""
    field: bytes | None = Field(default=None, sa_type=LargeBinary)
    return field
