"""Service cards: printed in batches of numbers without a gap, and where they went."""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AreaRow
from server.db.service_tables import CardBatchRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Level
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.service.directory import edition

BATCH_MAX = 800
"""Cards of one batch: a hundred sheets."""
_COMMUNITY_AND_GRID = 6
"""The last digits of a grid's code: three of its community, three of its own."""


class Batch(Struct, frozen=True, kw_only=True):
    """Cards that were printed in one go."""

    id: str
    grid: str
    first: int
    count: int
    edition: int
    printed_at: int
    printed_by: str
    spoiled: int = 0

    @property
    def numbers(self) -> range:
        """Those of its cards."""
        return range(self.first, self.first + self.count)


def serial_of(grid_code: str, number: int) -> str:
    """What is printed on a card: unique in the town, such as 001003-00042."""
    return f"{grid_code[-_COMMUNITY_AND_GRID:]}-{number:05d}"


def serials(grid_code: str, numbers: range) -> str:
    """From the first card of a batch to its last."""
    return f"{serial_of(grid_code, numbers[0])} – {serial_of(grid_code, numbers[-1])}"


def add_batch(act: Act, grid: str, count: int) -> Batch:
    """Takes the next numbers of a grid for a batch, on the edition of today."""
    act.require(Action.MANAGE_SERVICE)
    _standing_grid(act, grid)
    if not 1 <= count <= BATCH_MAX:
        raise refused(
            "card_count",
            f"一次可印 1 至 {BATCH_MAX} 张。",
            f"Print 1 to {BATCH_MAX} cards at a time.",
        )
    batch = Batch(
        id=new_id(act.now),
        grid=grid,
        first=_last(act, grid) + 1,
        count=count,
        edition=edition(act.conn, act.who.town, grid, act.now).number,
        printed_at=act.now,
        printed_by=act.who.id,
    )
    row = {**msgspec.structs.asdict(batch), "town_id": act.who.town}
    act.conn.execute(insert(CardBatchRow).values(row))
    act.note(Deed.CARDS_PRINTED, batch.id, f"{grid} {batch.first}+{count}")
    return batch


def spoil(act: Act, batch_id: str, count: int) -> None:
    """Says how many cards of a batch came out unfit for use."""
    act.require(Action.MANAGE_SERVICE)
    batch = one_batch(act.conn, act.who.town, batch_id)
    if batch.grid not in act.who.grids:
        raise NotFound
    if not 0 <= count <= batch.count:
        raise refused(
            "card_count",
            f"作废张数应在 0 到 {batch.count} 之间。",
            f"Between 0 and {batch.count} cards can be spoiled.",
        )
    act.conn.execute(
        update(CardBatchRow)
        .where(col(CardBatchRow.town_id) == act.who.town, col(CardBatchRow.id) == batch_id)
        .values(spoiled=count)
    )
    act.note(Deed.CARDS_SPOILED, batch_id, str(count))


def one_batch(conn: Connection, town: str, batch_id: str) -> Batch:
    """A batch. Raises NotFound."""
    row = conn.execute(
        select(CardBatchRow).where(
            col(CardBatchRow.town_id) == town, col(CardBatchRow.id) == batch_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return msgspec.convert(row, Batch, from_attributes=True)


def batches(conn: Connection, town: str, grids: frozenset[str]) -> list[Batch]:
    """Those of these grids, the newest first."""
    rows = conn.execute(
        select(CardBatchRow)
        .where(col(CardBatchRow.town_id) == town, col(CardBatchRow.grid).in_(sorted(grids)))
        .order_by(col(CardBatchRow.printed_at).desc(), col(CardBatchRow.id).desc())
    )
    return [msgspec.convert(row, Batch, from_attributes=True) for row in rows]


def _last(act: Act, grid: str) -> int:
    row = act.conn.execute(
        select(func.max(col(CardBatchRow.first) + col(CardBatchRow.count) - 1)).where(
            col(CardBatchRow.town_id) == act.who.town, col(CardBatchRow.grid) == grid
        )
    )
    return int(row.scalar_one() or 0)


def _standing_grid(act: Act, grid: str) -> None:
    row = act.conn.execute(
        select(col(AreaRow.id)).where(
            col(AreaRow.town_id) == act.who.town,
            col(AreaRow.id) == grid,
            col(AreaRow.level) == Level.GRID.value,
            col(AreaRow.valid_to).is_(None),
        )
    )
    if grid not in act.who.grids or row.first() is None:
        raise NotFound
