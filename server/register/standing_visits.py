"""Which visits stand: those that nobody took back, and that no other visit set right."""

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import aliased
from sqlmodel import col

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
