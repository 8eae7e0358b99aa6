"""Grids as devices are told of them at every pull: with the names above them, in one query."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache

import msgspec
from msgspec import structs
from sqlalchemy import Connection, Select, bindparam, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from server.db.asking import Question, Rows, ask
from server.db.bulk import listed, one_of
from server.db.office_tables import AreaRow
from server.office.outlines import outlines
from shared.wire import Area, Outline


def grids_as_sent(conn: Connection, town: str, grids: Collection[str], now: int) -> list[Area]:
    """The grids in the order of their codes."""
    return drawn(ask(conn, asking_grids(conn, town, grids)), outlines(conn, town, grids, now))


def asking_grids(conn: Connection, town: str, grids: Collection[str]) -> Question[list[Area]]:
    """The same, to be asked together with something else."""
    values = {"town": town, "grids": listed(conn, grids)}
    return Question(_ways_up(conn.dialect.name), values, _areas)


def drawn(areas: Sequence[Area], boundaries: Mapping[str, Outline]) -> list[Area]:
    """The areas with their outlines."""
    return [structs.replace(area, boundary=boundaries.get(area.id, ())) for area in areas]


def _areas(rows: Rows) -> list[Area]:
    names: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    for grid, name, code, depth in msgspec.convert(rows, list[tuple[str, str, str, int]]):
        names.setdefault(grid, []).append(name)
        if depth == 0:
            codes[grid] = code
    by_code = sorted(names, key=lambda grid: codes[grid])
    return [Area(grid, names[grid][-1], codes[grid], tuple(names[grid][:-1])) for grid in by_code]


@cache
def _ways_up(dialect: str) -> Select[str, str, str, int]:
    """From the town down to the grid itself. Asked by every pull: made once."""
    of_town = col(AreaRow.town_id) == bindparam("town")
    ways = (
        select(
            col(AreaRow.id).label("grid"),
            col(AreaRow.parent_id).label("parent"),
            col(AreaRow.name).label("name"),
            col(AreaRow.code).label("code"),
            literal(0).label("depth"),
        )
        .where(of_town, one_of(dialect, col(AreaRow.id), "grids"))
        .cte("ways", recursive=True)
    )
    above = aliased(AreaRow)
    ways = ways.union_all(
        select(
            ways.c.grid, col(above.parent_id), col(above.name), col(above.code), ways.c.depth + 1
        ).where(col(above.town_id) == bindparam("town"), col(above.id) == ways.c.parent)
    )
    wanted = select(ways.c.grid, ways.c.name, ways.c.code, ways.c.depth)
    return wanted.order_by(ways.c.depth.desc())
