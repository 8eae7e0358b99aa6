"""The shadow: what the office had of each record at the last pull, under seal."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, case, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.database import driver_of
from mobile.store.tables import ShadowRow
from mobile.vault.sealing import Keys
from shared.codec import PackedRecord, opened
from shared.records import Record
from shared.wire import PartSum, checksum

CHECKSUM_RANGE = 1 << 64
_LAST = "\U0010ffff"
"""Comes after every id."""


class Standing(Struct, frozen=True):
    """What is known of a shadow without opening it."""

    kind: str
    grid: str
    version: int


class Stretch(Struct, frozen=True):
    """A range of a grid's ids, `after` excluded and `upto` included; "" stands for either end."""

    grid: str
    after: str = ""
    upto: str = ""

    def bounds(self) -> dict[str, str]:
        """The values of `_WITHIN`."""
        return {"b_grid": self.grid, "b_after": self.after, "b_upto": self.upto or _LAST}


class Shadow:
    """The `shadow` table."""

    def __init__(self, keys: Keys) -> None:
        self._seal = keys.seal("shadow")
        self.damaged: frozenset[str] = frozenset()
        """Records that did not open when somebody wanted to see them."""

    def get(self, conn: Connection, record: str) -> Record | None:
        """A record as the office had it. Raises DamagedRow."""
        row = driver_of(conn).execute(_GET, (record,)).fetchone()
        try:
            return None if row is None else opened(self._open(record, *row))
        except DamagedRow:
            self.damaged |= {record}
            raise

    def standing(self, conn: Connection, record: str) -> Standing | None:
        """The record's kind, grid and version."""
        row = conn.execute(_STANDING, {"b_id": record}).one_or_none()
        return None if row is None else Standing(*row)

    def all(self, conn: Connection) -> Iterator[PackedRecord | str]:
        """Every record; of a damaged one only its id."""
        for row in conn.execute(select(_shadow.c.id, _shadow.c.version, _shadow.c.sealed)):
            try:
                yield self._open(row.id, row.version, row.sealed)
            except DamagedRow:
                yield str(row.id)

    def versions(self, conn: Connection) -> dict[str, int]:
        """The version of every record."""
        # Tens of thousands of rows at every unlock: the driver's own are the cheapest.
        return dict(driver_of(conn).execute("SELECT id, version FROM shadow").fetchall())

    def put(
        self, conn: Connection, records: Iterable[PackedRecord], generation: int | None
    ) -> set[str]:
        """Takes what the office sent; its grids. generation: of the snapshot; None for a pull."""
        rows = [self._row(record, generation or 0) for record in records]
        if rows:
            conn.execute(_PUT if generation is None else _PUT_SNAPSHOT, rows)
        return {str(row["grid"]) for row in rows}

    def drop(self, conn: Connection, records: Iterable[str]) -> None:
        """Forgets records."""
        rows = [{"b_id": record} for record in records]
        if rows:
            conn.execute(_DROP, rows)

    def forgotten(self, conn: Connection, upto: int) -> list[str]:
        """Tombstones that the server has forgotten."""
        return list(conn.execute(_FORGOTTEN, {"b_upto": upto}).scalars())

    def leftover(self, conn: Connection, grid: str, generation: int) -> list[str]:
        """Records of the grid that the snapshot of that generation did not bring."""
        old = (_shadow.c.grid == grid, _shadow.c.generation < generation)
        return list(conn.execute(select(_shadow.c.id).where(*old)).scalars())

    def of_grid(self, conn: Connection, grid: str) -> list[str]:
        """The ids of the grid's records."""
        return list(conn.execute(select(_shadow.c.id).where(_shadow.c.grid == grid)).scalars())

    def checksum(self, conn: Connection, grid: str) -> int:
        """What the server's checksum of the grid must be."""
        return self.sum(conn, Stretch(grid)).checksum

    def sum(self, conn: Connection, stretch: Stretch) -> PartSum:
        """What the server's sum of a stretch must be."""
        rows = conn.execute(_VERSIONS, stretch.bounds()).all()
        total = sum(checksum(row.id, row.version) for row in rows) % CHECKSUM_RANGE
        return PartSum(stretch.upto, len(rows), total)

    def of_stretch(self, conn: Connection, stretch: Stretch) -> list[str]:
        """The ids of a stretch's records."""
        return list(conn.execute(_IDS, stretch.bounds()).scalars())

    def size(self, conn: Connection) -> int:
        """How many records there are."""
        return conn.execute(select(func.count()).select_from(_shadow)).scalar_one()

    def _open(self, record: str, version: int, sealed: bytes) -> PackedRecord:
        packed = _packed.decode(self._seal.open(record, version, sealed))
        if packed.id != record or packed.version != version:
            raise DamagedRow("shadow", record)
        return packed

    def _row(self, record: PackedRecord, generation: int) -> dict[str, object]:
        whole = opened(record)
        return {
            "id": record.id,
            "kind": record.kind,
            "grid": whole.grid,
            "deleted": whole.deleted,
            "version": record.version,
            "generation": generation,
            "sealed": self._seal.close(record.id, record.version, msgspec.json.encode(record)),
        }


_shadow = table_of(ShadowRow)
_packed = msgspec.json.Decoder(PackedRecord)
_GET = "SELECT version, sealed FROM shadow WHERE id = ?"
_STANDING = select(_shadow.c.kind, _shadow.c.grid, _shadow.c.version).where(
    _shadow.c.id == bindparam("b_id")
)
_FORGOTTEN = select(_shadow.c.id).where(_shadow.c.deleted, _shadow.c.version <= bindparam("b_upto"))
_WITHIN = (
    _shadow.c.grid == bindparam("b_grid"),
    _shadow.c.id > bindparam("b_after"),
    _shadow.c.id <= bindparam("b_upto"),
)
_VERSIONS = select(_shadow.c.id, _shadow.c.version).where(*_WITHIN)
_IDS = select(_shadow.c.id).where(*_WITHIN)
_DROP = delete(_shadow).where(_shadow.c.id == bindparam("b_id"))
_INSERT = insert(_shadow)
_BROUGHT = {
    name: _INSERT.excluded[name] for name in ("kind", "grid", "deleted", "version", "sealed")
}
_STAYS = case((_shadow.c.grid == _INSERT.excluded.grid, _shadow.c.generation), else_=0)
"""Of another grid's snapshot its new grid knows nothing."""
_PUT = _INSERT.on_conflict_do_update(set_=_BROUGHT | {"generation": _STAYS})
_PUT_SNAPSHOT = _INSERT.on_conflict_do_update(
    set_=_BROUGHT | {"generation": _INSERT.excluded.generation}
)
