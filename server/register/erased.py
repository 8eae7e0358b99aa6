"""What was erased stays empty: how the register knows it, and what it keeps of a late change."""

from collections.abc import Collection, Iterator

import msgspec
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.bulk import among
from server.db.rights_tables import ErasedRow
from shared.wire import UNREADABLE

ERASED = "erased"
"""The code of a change that comes too late."""


def was_erased(conn: Connection, town: str, record: str) -> bool:
    """Whether the record was erased."""
    return next(erased_among(conn, town, [record]), None) is not None


def erased_among(conn: Connection, town: str, records: Collection[str]) -> Iterator[str]:
    """Those of the records that were erased."""
    yield from conn.execute(
        select(col(ErasedRow.record_id)).where(
            col(ErasedRow.town_id) == town, among(conn, col(ErasedRow.record_id), records)
        )
    ).scalars()


def emptied_change(raw: bytes) -> bytes:
    """A change as it came, without what it answers; nothing of one that cannot be read."""
    try:
        said = msgspec.json.decode(raw)
    except UNREADABLE:
        return b"{}"
    if not isinstance(said, dict):
        return b"{}"
    return msgspec.json.encode(said | {"units": {}, "old": {}})
