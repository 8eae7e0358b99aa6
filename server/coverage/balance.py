"""How evenly the work is shared out, and what moving a building to another grid would change."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, Select, and_, func, select
from sqlmodel import col

from server.coverage.figures import Asked
from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from server.db.office_tables import AreaRow, AssignmentRow
from server.db.projections import HouseholdRow, ResidentRow
from server.office.areas import Level
from server.office.roles import Role
from shared.coverage import LIVING_HERE


class Load(Struct, frozen=True):
    """What there is to look after."""

    dwellings: int = 0
    households: int = 0
    residents: int = 0
    marked: int = 0
    """Households with a mark."""

    def plus(self, other: "Load") -> "Load":
        """Both together."""
        return Load(
            self.dwellings + other.dwellings,
            self.households + other.households,
            self.residents + other.residents,
            self.marked + other.marked,
        )

    def minus(self, other: "Load") -> "Load":
        """Without the other, which is a part of it."""
        return Load(
            self.dwellings - other.dwellings,
            self.households - other.households,
            self.residents - other.residents,
            self.marked - other.marked,
        )


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
    counted = _loads(conn, asked, [])
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
    at = [col(CoverageRow.grid) == grid, col(CoverageRow.building) == building]
    return _loads(conn, asked, at).get(grid, Load())


def _loads(conn: Connection, asked: Asked, only: Sequence[object]) -> dict[str, Load]:
    """By grid: dwellings from the counts; who lives in them by way of their dwelling."""
    doors = _numbers(conn, _of(asked, conn, only).with_only_columns(_GRID, func.count()))
    homes = (
        _of(asked, conn, only)
        .join(HouseholdRow, _LIVES)
        .where(col(HouseholdRow.deleted).is_(False), col(HouseholdRow.alias_of).is_(None))
    )
    people = homes.join(ResidentRow, _BELONGS).where(
        col(ResidentRow.deleted).is_(False),
        col(ResidentRow.alias_of).is_(None),
        col(ResidentRow.status).in_(LIVING_HERE),
    )
    households = _numbers(conn, homes.with_only_columns(_GRID, func.count()))
    marked = _numbers(
        conn,
        homes.where(col(HouseholdRow.marks) != "").with_only_columns(_GRID, func.count()),
    )
    residents = _numbers(conn, people.with_only_columns(_GRID, func.count()))
    return {
        grid: Load(dwellings, households.get(grid, 0), residents.get(grid, 0), marked.get(grid, 0))
        for grid, dwellings in doors.items()
    }


def _of(asked: Asked, conn: Connection, only: Sequence[object]) -> Select[str]:
    return (
        select(_GRID)
        .where(
            col(CoverageRow.town_id) == asked.town,
            among(conn, _GRID, asked.grids),
            *only,  # type: ignore[arg-type]  # conditions
        )
        .group_by(_GRID)
    )


def _numbers(conn: Connection, counted: Select[str, int]) -> Mapping[str, int]:
    return {str(row[0]): int(row[1]) for row in conn.execute(counted)}


def _workers(conn: Connection, asked: Asked) -> Mapping[str, int]:
    area = col(AssignmentRow.area_id)
    counted = (
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
    return _numbers(conn, counted)


_GRID = col(CoverageRow.grid)
_LIVES = and_(
    col(HouseholdRow.town_id) == col(CoverageRow.town_id),
    col(HouseholdRow.dwelling_id) == col(CoverageRow.dwelling_id),
)
_BELONGS = and_(
    col(ResidentRow.town_id) == col(HouseholdRow.town_id),
    col(ResidentRow.household_id) == col(HouseholdRow.id),
)
