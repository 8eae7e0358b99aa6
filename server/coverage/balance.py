"""How evenly the work is shared out, and what moving a building to another grid would change."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col

from server.coverage.figures import Asked
from server.coverage.loads import Load, counted_loads
from server.coverage.sums import sums_by_grid
from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from server.db.office_tables import AreaRow, AssignmentRow
from server.office.areas import Level
from server.office.roles import Role


class GridLoad(Struct, frozen=True):
    """A grid, and how many workers have a duty in it."""

    id: str
    name: str
    load: Load
    workers: int

    @property
    def households_each(self) -> float | None:
        """Households for each worker; None where nobody has the duty."""
        return self.load.households / self.workers if self.workers else None


class Move(Struct, frozen=True):
    """A building that would go to another grid."""

    source: str
    building: str
    target: str


def loads(conn: Connection, asked: Asked, move: Move | None = None) -> list[GridLoad]:
    """The grids by their codes, as they are, or as they would be after a move."""
    kept = sums_by_grid(conn, asked.town, asked.grids)
    counted = {grid: sums.load for grid, sums in kept.items()}
    if move is not None:
        part = of_building(conn, asked, move.source, move.building)
        counted[move.source] = counted.get(move.source, Load()).minus(part)
        counted[move.target] = counted.get(move.target, Load()).plus(part)
    staff = _workers(conn, asked)
    grids = conn.execute(
        select(col(AreaRow.id), col(AreaRow.name))
        .where(
            col(AreaRow.town_id) == asked.town,
            among(conn, col(AreaRow.id), asked.grids),
            col(AreaRow.level) == Level.GRID.value,
            col(AreaRow.valid_to).is_(None) | (col(AreaRow.valid_to) > asked.now),
        )
        .order_by(col(AreaRow.code))
    )
    return [
        GridLoad(row.id, row.name, counted.get(row.id, Load()), staff.get(row.id, 0))
        for row in grids
    ]


def of_building(conn: Connection, asked: Asked, grid: str, building: str) -> Load:
    """What one building of a grid has."""
    of_it = col(CoverageRow.building) == building
    counted = counted_loads(conn, asked.town, asked.grids & {grid}, of_it)
    return counted.get(grid, Load())


def _workers(conn: Connection, asked: Asked) -> Mapping[str, int]:
    area = col(AssignmentRow.area_id)
    counted = conn.execute(
        select(area, func.count(col(AssignmentRow.worker_id).distinct()))
        .where(
            col(AssignmentRow.town_id) == asked.town,
            col(AssignmentRow.role) == Role.WORKER.value,
            among(conn, area, asked.grids),
            col(AssignmentRow.valid_from) <= asked.now,
            col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > asked.now),
        )
        .group_by(area)
    )
    return {row[0]: int(row[1]) for row in counted}
