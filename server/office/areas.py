"""The tree of areas: town, communities, grids. Its codes follow the standard (shared.codes)."""

from collections.abc import Collection, Sequence
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import AreaRow
from server.errors import NotFound


class Level(StrEnum):
    """The levels of a town's tree."""

    TOWN = "town"
    COMMUNITY = "community"
    GRID = "grid"


class Area(Struct, frozen=True):
    """A node of the tree."""

    id: str
    parent_id: str | None
    level: Level
    code: str
    name: str
    valid_from: int
    valid_to: int | None = None

    def stands(self, at: int) -> bool:
        """Whether the area exists at that time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


def areas(conn: Connection, town: str) -> list[Area]:
    """Every area of the town, also those that have ended, in the order of their codes."""
    columns = (col(getattr(AreaRow, name)) for name in Area.__struct_fields__)
    rows = conn.execute(
        select(*columns).where(col(AreaRow.town_id) == town).order_by(col(AreaRow.code))
    )
    return [
        Area(area, parent, Level(level), code, name, since, until)
        for area, parent, level, code, name, since, until in rows
    ]


def grid_names(conn: Connection, town: str, within: Collection[str]) -> dict[str, str]:
    """The names of those of the town's grids that are `within`, by id, in the order of their codes.

    Ended ones have theirs too.
    """
    rows = conn.execute(
        select(col(AreaRow.id), col(AreaRow.name))
        .where(col(AreaRow.town_id) == town, col(AreaRow.level) == Level.GRID.value)
        .order_by(col(AreaRow.code), col(AreaRow.id))
    )
    return {grid: name for grid, name in rows if grid in within}


def town_area(conn: Connection, town: str) -> str:
    """The id of the tree's root. Raises NotFound when there is no such town."""
    row = conn.execute(
        select(col(AreaRow.id)).where(
            col(AreaRow.town_id) == town, col(AreaRow.level) == Level.TOWN.value
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return str(row.id)


def areas_below(conn: Connection, town: str, area_id: str) -> list[Area]:
    """The area and all below it, also those that have ended."""
    return subtree(areas(conn, town), area_id)


def subtree(everything: Sequence[Area], area_id: str) -> list[Area]:
    """Of these areas, that one and all below it."""
    inside = _inside([(a.id, a.parent_id, a.level) for a in everything], area_id)
    return [area for area in everything if area.id in inside]


def grids_below(conn: Connection, town: str, area_id: str) -> frozenset[str]:
    """The ids of the grids in an area, also those that have ended; a grid is in itself."""
    # Asked at every request: no more is read of the tree than its shape.
    rows = conn.execute(
        select(col(AreaRow.id), col(AreaRow.parent_id), col(AreaRow.level)).where(
            col(AreaRow.town_id) == town
        )
    ).all()
    inside = _inside([(area, parent, level) for area, parent, level in rows], area_id)
    return frozenset(area for area, _, level in rows if level == Level.GRID and area in inside)


def _inside(tree: Sequence[tuple[str, str | None, str]], area_id: str) -> set[str]:
    """The ids of that area and of all below it. tree: id, parent and level of every area."""
    inside = {area_id}
    for wanted in (Level.COMMUNITY, Level.GRID):
        inside |= {area for area, parent, level in tree if level == wanted and parent in inside}
    return inside
