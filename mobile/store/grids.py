"""The grids that this device holds, and how far the first sync of each has come."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, update

from mobile.store.base import table_of
from mobile.store.database import driver_of
from mobile.store.tables import GridRow


class GridState(StrEnum):
    """Where a grid stands on this device."""

    WANTED = "wanted"
    """Its snapshot has not come whole."""
    WHOLE = "whole"
    WITHDRAWN = "withdrawn"
    """No longer this worker's: dropped as soon as its unsent work has been sent."""


class Grid(Struct, frozen=True):
    """One grid's progress."""

    id: str
    state: GridState
    generation: int
    seq: int
    after: str
    done: int
    total: int


def grids(conn: Connection) -> list[Grid]:
    """All grids of this device."""
    rows = driver_of(conn).execute(_ALL)
    return [Grid(id_, GridState(state), *progress) for id_, state, *progress in rows]


def grant(conn: Connection, held: Iterable[str]) -> None:
    """Makes these the grids that the worker may hold: others are withdrawn, new ones wanted."""
    granted, known = set(held), grids(conn)
    for new in granted.difference(grid.id for grid in known):
        conn.execute(insert(_grid).values(_fresh(new, 1)))
    for grid in known:
        if grid.id not in granted and grid.state is not GridState.WITHDRAWN:
            _set(conn, grid.id, state=GridState.WITHDRAWN)
        elif grid.id in granted and grid.state is GridState.WITHDRAWN:
            want(conn, grid)


def foresee(conn: Connection, arrived: Iterable[str]) -> None:
    """Notes grids of which records came before a last page named them.

    Should it never name them, they are dropped like any grid that is no longer this worker's.
    """
    for new in set(arrived).difference(grid.id for grid in grids(conn)):
        fresh = {**_fresh(new, 0), "state": GridState.WITHDRAWN}
        conn.execute(insert(_grid).values(fresh))


def want(conn: Connection, grid: Grid) -> None:
    """Asks for a fresh snapshot; what is here stays until it has come whole."""
    conn.execute(
        update(_grid).where(_grid.c.id == grid.id).values(_fresh(grid.id, grid.generation + 1))
    )


def progressed(conn: Connection, grid: Grid) -> None:
    """Notes how far its snapshot has come."""
    _set(
        conn,
        grid.id,
        state=grid.state,
        seq=grid.seq,
        after=grid.after,
        done=grid.done,
        total=grid.total,
    )


def drop(conn: Connection, grid: str) -> None:
    """Forgets a grid."""
    conn.execute(delete(_grid).where(_grid.c.id == grid))


_grid = table_of(GridRow)
_ALL = f"SELECT {', '.join(Grid.__struct_fields__)} FROM grid ORDER BY id"  # noqa: S608 - only names


def _set(conn: Connection, grid: str, **values: object) -> None:
    conn.execute(update(_grid).where(_grid.c.id == grid).values(values))


def _fresh(grid: str, generation: int) -> dict[str, object]:
    return {
        "id": grid,
        "state": GridState.WANTED,
        "generation": generation,
        "seq": 0,
        "after": "",
        "done": 0,
        "total": 0,
    }
