"""The town's change counter: taken last in a transaction, so that numbers commit in order.

Whoever holds the counter's row is the only one who writes in the town until the commit. A plain
database sequence would lose records for a reader that goes by it: numbers are handed out in
one order and commit in another.
"""

import secrets
from collections.abc import Collection, Mapping
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Select, bindparam, insert, select, update
from sqlmodel import col

from server.db.asking import Question, Rows, ask
from server.db.bulk import insert_rows, listed, one_of, update_rows
from server.db.register_tables import CounterRow, GridSumRow

EPOCH_BYTES = 8
_HALF, _WHOLE = 1 << 63, 1 << 64


class Counter(Struct, frozen=True):
    """Where the town's register stands."""

    seq: int = 0
    epoch: str = ""
    """Another one after the database was restored from a backup."""
    forgotten: int = 0
    """Up to this number tombstones and exits are forgotten."""


class GridSum(Struct, frozen=True):
    """How many records a grid has, and the sum of their checksums modulo 2**64."""

    records: int = 0
    checksum: int = 0

    def plus(self, other: "GridSum") -> "GridSum":
        """Both together."""
        total = (self.checksum + other.checksum) % _WHOLE
        return GridSum(self.records + other.records, total)


def counter(conn: Connection, town: str) -> Counter:
    """Where the town's register stands now."""
    row = conn.execute(_COUNTER, {"town": town}).one_or_none()
    return Counter() if row is None else Counter(row.seq, row.epoch, row.forgotten)


def take_numbers(conn: Connection, town: str, count: int) -> int:
    """The first of `count` new change numbers. From here on nobody else writes in the town."""
    last = conn.execute(_TAKE, {"town": town, "count": count}).scalar()
    if last is None:
        epoch = secrets.token_hex(EPOCH_BYTES)
        conn.execute(insert(CounterRow).values(town_id=town, seq=count, epoch=epoch, forgotten=0))
        last = count
    return last - count + 1


def grid_sums(conn: Connection, town: str, grids: Collection[str]) -> dict[str, GridSum]:
    """The sums of those of the grids that have any."""
    return ask(conn, asking_sums(conn, town, grids))


def asking_sums(
    conn: Connection, town: str, grids: Collection[str]
) -> Question[dict[str, GridSum]]:
    """The same, to be asked together with something else."""
    values = {"town": town, "grids": listed(conn, grids)}
    return Question(_grid_sums(conn.dialect.name), values, _sums)


def add_to_grid_sums(conn: Connection, town: str, more: Mapping[str, GridSum]) -> None:
    """Add to the grids' sums; only for the holder of the counter."""
    known = grid_sums(conn, town, list(more))
    rows = [
        (town, grid, *_kept(known.get(grid, GridSum()).plus(sum_))) for grid, sum_ in more.items()
    ]
    columns = ("town_id", "grid", "records", "checksum")
    update_rows(conn, GridSumRow, columns, [row for row in rows if row[1] in known])
    insert_rows(conn, GridSumRow, columns, [row for row in rows if row[1] not in known])


def _sums(rows: Rows) -> dict[str, GridSum]:
    found = msgspec.convert(rows, list[tuple[str, int, int]])
    return {grid: GridSum(records, checksum % _WHOLE) for grid, records, checksum in found}


def _kept(grid_sum: GridSum) -> tuple[int, int]:
    checksum = grid_sum.checksum
    return grid_sum.records, checksum - _WHOLE if checksum >= _HALF else checksum


# Made once: to build a statement costs as much as to run it.
_COUNTER = select(col(CounterRow.seq), col(CounterRow.epoch), col(CounterRow.forgotten)).where(
    col(CounterRow.town_id) == bindparam("town")
)
_TAKE = (
    update(CounterRow)
    .where(col(CounterRow.town_id) == bindparam("town"))
    .values(seq=col(CounterRow.seq) + bindparam("count", type_=BigInteger))
    .returning(col(CounterRow.seq))
)


@cache
def _grid_sums(dialect: str) -> Select[str, int, int]:
    return select(col(GridSumRow.grid), col(GridSumRow.records), col(GridSumRow.checksum)).where(
        col(GridSumRow.town_id) == bindparam("town"), one_of(dialect, col(GridSumRow.grid), "grids")
    )
