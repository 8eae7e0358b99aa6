"""What a device compares its records with, to find those that differ without taking the grid."""

from collections.abc import Iterator, Sequence

from msgspec import Struct
from sqlalchemy import Connection, Engine, bindparam, select
from sqlmodel import col

from server.db.engine import reading
from server.db.register_tables import RecordRow
from server.errors import NotFound
from server.office.people import DeviceIdentity
from server.register.counter import counter
from server.register.store import is_kept
from shared.wire import PartSum, Sums, checksum

PARTS = 16
"""Into how many parts a range is cut: a million records are down to single ones in five steps."""
_WHOLE = 1 << 64


class Stretch(Struct, frozen=True):
    """A range of a grid's ids, `after` excluded and `upto` included; "" stands for either end."""

    grid: str
    after: str = ""
    upto: str = ""


def sums(engine: Engine, device: DeviceIdentity, wanted: Stretch) -> Sums:
    """See Register.sums."""
    if wanted.grid not in device.whole:
        raise NotFound
    with reading(engine) as conn:
        at = counter(conn, device.town)
        rows = _versions(conn, device.town, at.forgotten, wanted)
    return Sums(wanted.grid, at.seq, list(_parts(rows, wanted.upto)))


def _versions(
    conn: Connection, town: str, forgotten: int, wanted: Stretch
) -> list[tuple[str, int]]:
    asked = {
        "town": town,
        "forgotten": forgotten,
        "grid": wanted.grid,
        "after": wanted.after,
        "upto": wanted.upto,
    }
    rows = conn.execute(_VERSIONS_UPTO if wanted.upto else _VERSIONS, asked)
    return [(row.id, row.version) for row in rows]


def _parts(rows: Sequence[tuple[str, int]], upto: str) -> Iterator[PartSum]:
    size = max(1, -(-len(rows) // PARTS))
    starts = range(0, len(rows), size) or (0,)
    for start in starts:
        part = rows[start : start + size]
        last = start + size >= len(rows)
        total = sum(checksum(record, version) for record, version in part) % _WHOLE
        yield PartSum(upto if last else part[-1][0], len(part), total)


_VERSIONS = (
    select(col(RecordRow.id), col(RecordRow.version))
    .where(
        col(RecordRow.town_id) == bindparam("town"),
        col(RecordRow.grid) == bindparam("grid"),
        col(RecordRow.id) > bindparam("after"),
        is_kept(),
    )
    .order_by(col(RecordRow.id))
)
_VERSIONS_UPTO = _VERSIONS.where(col(RecordRow.id) <= bindparam("upto"))
