"""Records in the order in which they changed: for whatever goes on where it stopped."""

from collections.abc import Sequence

from sqlalchemy import Connection, Row, select
from sqlmodel import col

from server.db.office_tables import AreaRow
from server.db.register_tables import RecordRow
from server.office.areas import Level


def changed_after(
    conn: Connection, town: str, version: int, limit: int
) -> Sequence[Row[str, str, int]]:
    """The next records that changed after that change number, as (id, kind, version)."""
    grids = select(col(AreaRow.id)).where(
        col(AreaRow.town_id) == town, col(AreaRow.level) == Level.GRID.value
    )
    return conn.execute(
        select(col(RecordRow.id), col(RecordRow.kind), col(RecordRow.version))
        .where(
            col(RecordRow.town_id) == town,
            col(RecordRow.grid).in_(grids),
            col(RecordRow.version) > version,
        )
        .order_by(col(RecordRow.version))
        .limit(limit)
    ).all()
