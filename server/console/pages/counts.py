"""Counts that several pages show, always within somebody's area."""

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from server.db.bulk import among
from server.db.office_tables import AssignmentRow
from server.db.projections import HouseholdRow, VisitRow
from server.db.register_tables import ConflictRow
from server.office.people import AccountIdentity
from server.office.roles import Role

Counts = dict[str, int]
"""By the id of an area."""


def households_by_grid(conn: Connection, who: AccountIdentity) -> Counts:
    """The households that stand in each grid."""
    return _by(
        conn,
        col(HouseholdRow.grid),
        col(HouseholdRow.town_id) == who.town,
        among(conn, col(HouseholdRow.grid), who.grids),
        col(HouseholdRow.deleted).is_(False),
        col(HouseholdRow.alias_of).is_(None),
    )


def visits_by_grid(conn: Connection, who: AccountIdentity, since: int) -> Counts:
    """The visits of each grid that began since then."""
    return _by(
        conn,
        col(VisitRow.grid),
        col(VisitRow.town_id) == who.town,
        among(conn, col(VisitRow.grid), who.grids),
        col(VisitRow.deleted).is_(False),
        col(VisitRow.started) >= since,
    )


def conflicts_by_grid(conn: Connection, who: AccountIdentity) -> Counts:
    """The conflicts that wait in each grid."""
    return _by(
        conn,
        col(ConflictRow.grid),
        col(ConflictRow.town_id) == who.town,
        among(conn, col(ConflictRow.grid), who.grids),
        col(ConflictRow.state) == "open",
    )


def workers_by_area(conn: Connection, who: AccountIdentity, now: int) -> Counts:
    """The duties that stand now in each area."""
    return _by(
        conn,
        col(AssignmentRow.area_id),
        col(AssignmentRow.town_id) == who.town,
        col(AssignmentRow.role) == Role.WORKER.value,
        col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > now),
    )


def _by(conn: Connection, key: Mapped[str], *where: ColumnElement[bool]) -> Counts:
    counted = select(key, func.count()).where(*where).group_by(key)
    return {str(row[0]): int(row[1]) for row in conn.execute(counted)}
