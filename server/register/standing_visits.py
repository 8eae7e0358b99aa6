"""Which visits stand (nobody took them back or set them right), and what was handed out on them."""

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import col

from server.db.office_tables import WorkerRow
from server.db.projections import VisitRow


def visit_stands() -> ColumnElement[bool]:
    """Whether a row of VisitRow is a visit that counts."""
    other = aliased(VisitRow)
    corrected = exists().where(
        col(other.town_id) == col(VisitRow.town_id),
        col(other.corrects) == col(VisitRow.id),
        col(other.deleted).is_(False),
    )
    return and_(col(VisitRow.deleted).is_(False), ~corrected)


def handed_out(notice: str) -> ColumnElement[bool]:
    """Whether that was handed out on a visit; notice: a code of the table `notice`."""
    return (" " + col(VisitRow.notices) + " ").contains(f" {notice} ", autoescape=True)


def its_worker() -> ColumnElement[bool]:
    """Whether a row of WorkerRow is the worker of a row of VisitRow: for joining the two."""
    return and_(
        col(WorkerRow.town_id) == col(VisitRow.town_id),
        col(WorkerRow.id) == col(VisitRow.worker_id),
    )
