"""The figures of each grid, kept: a page about a town adds up its grids instead of its doors.

They are made from the counted doors of a grid whenever one of these changes, in the same
transaction, so that a figure and the list behind it are of one moment; and anew each day, because
of what is fresh.
"""

from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import col

from server.clock import town_time
from server.coverage.figures import Asked, Figures, counted_by_grid
from server.coverage.living import Share, known_people
from server.coverage.loads import Load, counted_loads, numbers
from server.db.bulk import among, insert_rows
from server.db.coverage_tables import CoverageGridRow, CoverageRow
from server.db.projections import HouseholdRow, ResidentRow


class GridSums(Struct, frozen=True):
    """All that is counted of a grid."""

    figures: Figures
    states: dict[str, int] = {}
    """Its doors by shared.coverage.DoorState."""
    load: Load = Load()
    people: Share = Share()
    households: int = 0
    """Those registered in the grid, wherever their dwelling lies."""
    residents: int = 0


def sums_by_grid(conn: Connection, town: str, grids: Collection[str]) -> dict[str, GridSums]:
    """What is kept of each of these grids."""
    rows = conn.execute(
        select(col(CoverageGridRow.grid), col(CoverageGridRow.body)).where(
            col(CoverageGridRow.town_id) == town, among(conn, col(CoverageGridRow.grid), grids)
        )
    )
    return {row.grid: _DECODER.decode(row.body) for row in rows}


def figures_by_grid(conn: Connection, asked: Asked) -> dict[str, Figures]:
    """The figures of each of the grids."""
    return {grid: of.figures for grid, of in sums_by_grid(conn, asked.town, asked.grids).items()}


def keep_sums(conn: Connection, asked: Asked) -> None:
    """Counts these grids from their doors, and keeps that under the day of `asked.now`."""
    town, grids = asked.town, asked.grids
    if not grids:
        return
    of_grids = (
        col(CoverageGridRow.town_id) == town, among(conn, col(CoverageGridRow.grid), grids)
    )  # fmt: skip
    conn.execute(delete(CoverageGridRow).where(*of_grids))
    found = _counted(conn, asked)
    rows = [
        (town, grid, day_of(asked.now), msgspec.json.encode(sums)) for grid, sums in found.items()
    ]
    insert_rows(conn, CoverageGridRow, ("town_id", "grid", "day", "body"), rows)


def mark_stale(conn: Connection, town: str, grids: Collection[str]) -> None:
    """Says of these grids that they are to be counted again."""
    of_grids = (
        col(CoverageGridRow.town_id) == town, among(conn, col(CoverageGridRow.grid), grids)
    )  # fmt: skip
    conn.execute(update(CoverageGridRow).where(*of_grids).values(day=""))
    known = set(conn.execute(select(col(CoverageGridRow.grid)).where(*of_grids)).scalars())
    nothing = msgspec.json.encode(GridSums(Figures({})))
    rows = [(town, grid, "", nothing) for grid in sorted(set(grids) - known)]
    insert_rows(conn, CoverageGridRow, ("town_id", "grid", "day", "body"), rows)


def stale_grids(conn: Connection, town: str, now: int, limit: int) -> frozenset[str]:
    """Some of the grids whose figures are of another day, or to be counted again."""
    stale = select(col(CoverageGridRow.grid)).where(
        col(CoverageGridRow.town_id) == town, col(CoverageGridRow.day) != day_of(now)
    )
    return frozenset(conn.execute(stale.limit(limit)).scalars())


def day_of(now: int) -> str:
    """The day of a time, as an ISO date."""
    return town_time(now).date().isoformat()


def _counted(conn: Connection, asked: Asked) -> dict[str, GridSums]:
    town, grids = asked.town, asked.grids
    figures, states = counted_by_grid(conn, asked), _states(conn, asked)
    loads, people = counted_loads(conn, town, grids), known_people(conn, town, grids)
    households = _standing(conn, HouseholdRow, asked)
    residents = _standing(conn, ResidentRow, asked)
    return {
        grid: GridSums(
            figures=figures.get(grid, Figures({})),
            states=states.get(grid, {}),
            load=loads.get(grid, Load()),
            people=people.get(grid, Share()),
            households=households.get(grid, 0),
            residents=residents.get(grid, 0),
        )
        for grid in grids
    }


def _states(conn: Connection, asked: Asked) -> dict[str, dict[str, int]]:
    rows = conn.execute(
        select(col(CoverageRow.grid), col(CoverageRow.state), func.count())
        .where(
            col(CoverageRow.town_id) == asked.town,
            among(conn, col(CoverageRow.grid), asked.grids),
        )
        .group_by(col(CoverageRow.grid), col(CoverageRow.state))
    )
    states: dict[str, dict[str, int]] = {}
    for grid, state, count in rows:
        states.setdefault(grid, {})[state] = int(count)
    return states


def _standing(
    conn: Connection, table: type[HouseholdRow] | type[ResidentRow], asked: Asked
) -> Mapping[str, int]:
    grouped = (
        select(col(table.grid))
        .where(
            col(table.town_id) == asked.town,
            among(conn, col(table.grid), asked.grids),
            col(table.deleted).is_(False),
            col(table.alias_of).is_(None),
        )
        .group_by(col(table.grid))
    )
    return numbers(conn, grouped)


_DECODER = msgspec.json.Decoder(GridSums)
