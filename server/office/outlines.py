"""Boundaries as phones are sent them: asked at every pull, so nothing here knows geometry."""

from collections.abc import Collection, Mapping
from functools import cache

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, bindparam, select
from sqlmodel import col

from server.db.bulk import listed, one_of
from server.db.desk_tables import BoundaryRow
from shared.wire import Outline


def outlines(
    conn: Connection, town: str, wanted: Collection[str], at: int
) -> Mapping[str, Outline]:
    """By area, the outline that it has at that time; areas without one are left out."""
    asked = {"town": town, "at": at, "areas": listed(conn, wanted)}
    rows = conn.execute(_outlines(conn.dialect.name), asked)
    return {area: msgspec.json.decode(outline, type=Outline) for area, outline in rows}


def standing(town: str, at: int) -> tuple[ColumnElement[bool], ...]:
    """The boundaries of a town that hold at a time."""
    return (
        col(BoundaryRow.town_id) == town,
        col(BoundaryRow.valid_from) <= at,
        col(BoundaryRow.valid_to).is_(None) | (col(BoundaryRow.valid_to) > at),
    )


@cache
def _outlines(dialect: str) -> Select[str, str]:
    # Asked by every pull: made once.
    return select(col(BoundaryRow.area_id), col(BoundaryRow.outline)).where(
        col(BoundaryRow.town_id) == bindparam("town"),
        col(BoundaryRow.valid_from) <= bindparam("at", type_=BigInteger),
        col(BoundaryRow.valid_to).is_(None)
        | (col(BoundaryRow.valid_to) > bindparam("at", type_=BigInteger)),
        one_of(dialect, col(BoundaryRow.area_id), "areas"),
    )
