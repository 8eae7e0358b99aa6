"""Which workers can be asked about the records of a grid."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import AssignmentRow, WorkerRow
from server.office.areas import areas
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Role


class Askable(Struct, frozen=True):
    """A worker who can be asked about records of a grid."""

    id: str
    name: str


def askable(conn: Connection, who: AccountIdentity, grid: str, now: int) -> list[Askable]:
    """The active workers with a duty in a grid, or in an area above it."""
    parents = {area.id: area.parent_id for area in areas(conn, who.town)}
    way, here = [], grid if grid in who.grids else ""
    while here:
        way.append(here)
        here = parents.get(here) or ""
    rows = conn.execute(
        select(col(WorkerRow.id), col(WorkerRow.name))
        .where(
            col(WorkerRow.town_id) == who.town,
            col(WorkerRow.active).is_(True),
            col(WorkerRow.id).in_(
                select(col(AssignmentRow.worker_id)).where(
                    col(AssignmentRow.town_id) == who.town,
                    col(AssignmentRow.role) == Role.WORKER.value,
                    col(AssignmentRow.area_id).in_(way),
                    col(AssignmentRow.valid_from) <= now,
                    col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > now),
                )
            ),
        )
        .order_by(col(WorkerRow.staff_no))
    )
    return [Askable(row.id, row.name) for row in rows]


def must_be_askable(worker: str, able: Iterable[Askable]) -> None:
    """Raises OfficeRefused for a worker who is not one of those who can be asked."""
    if worker not in {one.id for one in able}:
        raise refused(
            "not_askable",
            "这名网格员现在不负责该网格，请另选一位。",
            "That worker has no duty in this grid now: choose another one.",
        )
