"""The phone's own table registry, apart from the server's, and the columns that tables share."""

from sqlalchemy import BigInteger, LargeBinary, Table
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class PhoneTable(SQLModel, registry=registry()):
    """Base of every table on a device. Rows do not validate: `shared` does, before."""


def table_of(rows: type[PhoneTable]) -> Table:
    """The table of these rows, for statements on the hot path."""
    return PhoneTable.metadata.tables[str(rows.__tablename__)]


def key() -> str:
    """An opaque id as the primary key."""
    field: str = Field(primary_key=True, max_length=36)
    return field


def whole(*, default: int = 0, index: bool = False) -> int:
    """A 64-bit integer."""
    field: int = Field(default=default, sa_type=BigInteger, index=index)
    return field


def sealed() -> bytes:
    """A sealed row: see mobile/vault/sealing.py."""
    field: bytes = Field(sa_type=LargeBinary)
    return field


def sealed_or_none() -> bytes | None:
    """A sealed part that may be absent."""
    field: bytes | None = Field(default=None, sa_type=LargeBinary)
    return field
