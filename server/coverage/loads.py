"""What there is to look after in each grid: counted from the doors, and who lives behind them."""

from collections.abc import Mapping, Sequence
from operator import add, sub

from msgspec import Struct, structs
from sqlalchemy import ColumnElement, Connection, Select, and_, func, select
from sqlmodel import col

from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from server.db.projections import HouseholdRow, ResidentRow
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
        return Load(*map(add, structs.astuple(self), structs.astuple(other)))

    def minus(self, other: "Load") -> "Load":
        """Without the other, which is a part of it."""
        return Load(*map(sub, structs.astuple(self), structs.astuple(other)))


def counted_loads(
    conn: Connection, town: str, grids: frozenset[str], *only: ColumnElement[bool]
) -> dict[str, Load]:
    """By grid: dwellings from the counts; who lives in them by way of their dwelling.

    only: which of the counted doors.
    """
    doors = _of(conn, town, grids, only)
    homes = doors.join(HouseholdRow, _LIVES).where(
        col(HouseholdRow.deleted).is_(False), col(HouseholdRow.alias_of).is_(None)
    )
    people = homes.join(ResidentRow, _BELONGS).where(
        col(ResidentRow.deleted).is_(False),
        col(ResidentRow.alias_of).is_(None),
        col(ResidentRow.status).in_(LIVING_HERE),
    )
    dwellings, households = numbers(conn, doors), numbers(conn, homes)
    marked = numbers(conn, homes.where(col(HouseholdRow.marks) != ""))
    residents = numbers(conn, people)
    return {
        grid: Load(some, households.get(grid, 0), residents.get(grid, 0), marked.get(grid, 0))
        for grid, some in dwellings.items()
    }


def numbers(conn: Connection, grouped: Select[str]) -> Mapping[str, int]:
    """How many rows each group has, by what it is grouped by."""
    counted = grouped.add_columns(func.count())
    return {str(row[0]): int(row[1]) for row in conn.execute(counted)}


def _of(
    conn: Connection, town: str, grids: frozenset[str], only: Sequence[ColumnElement[bool]]
) -> Select[str]:
    return (
        select(_GRID)
        .where(col(CoverageRow.town_id) == town, among(conn, _GRID, grids), *only)
        .group_by(_GRID)
    )


_GRID = col(CoverageRow.grid)
_LIVES = and_(
    col(HouseholdRow.town_id) == col(CoverageRow.town_id),
    col(HouseholdRow.dwelling_id) == col(CoverageRow.dwelling_id),
)
_BELONGS = and_(
    col(ResidentRow.town_id) == col(HouseholdRow.town_id),
    col(ResidentRow.household_id) == col(HouseholdRow.id),
)
