"""Grids as devices are told of them at every pull: with the names above them, in one query."""

from collections.abc import Collection

from sqlalchemy import Connection, bindparam, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from server.db.office_tables import AreaRow
from shared.wire import Area


def grids_as_sent(conn: Connection, town: str, grids: Collection[str]) -> list[Area]:
    """The grids in the order of their codes."""
    names: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    for row in conn.execute(_WAYS_UP, {"town": town, "grids": list(grids)}):
        names.setdefault(row.grid, []).append(row.name)
        if row.depth == 0:
            codes[row.grid] = row.code
    by_code = sorted(names, key=lambda grid: codes[grid])
    return [Area(grid, names[grid][-1], codes[grid], tuple(names[grid][:-1])) for grid in by_code]


_ways = (
    select(
        col(AreaRow.id).label("grid"),
        col(AreaRow.parent_id).label("parent"),
        col(AreaRow.name).label("name"),
        col(AreaRow.code).label("code"),
        literal(0).label("depth"),
    )
    .where(
        col(AreaRow.town_id) == bindparam("town"),
        col(AreaRow.id).in_(bindparam("grids", expanding=True)),
    )
    .cte("ways", recursive=True)
)
_above = aliased(AreaRow)
_ways = _ways.union_all(
    select(
        _ways.c.grid, col(_above.parent_id), col(_above.name), col(_above.code), _ways.c.depth + 1
    ).where(col(_above.town_id) == bindparam("town"), col(_above.id) == _ways.c.parent)
)
# From the town down to the grid itself.
_WAYS_UP = select(_ways.c.grid, _ways.c.name, _ways.c.code, _ways.c.depth).order_by(
    _ways.c.depth.desc()
)
