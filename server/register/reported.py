"""What somebody who only reports is told: what they reported, and what came of it."""

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlmodel import col

from server.db.register_tables import RecordRow
from server.db.work_tables import WorkRow
from shared.work.values import STEP_KINDS

_OWN_KINDS = ("case", "feedback")
_RULES = "work_rules"
"""By which a phone knows when something is due; of no person."""


def is_reported() -> ColumnElement[bool]:
    """Whether a record is of the worker `worker` (bound), is a step of it, or a grid's rules.

    Of the register, households and people, nothing is.
    """
    own = select(col(WorkRow.id)).where(
        col(WorkRow.town_id) == bindparam("town"), col(WorkRow.author) == bindparam("worker")
    )
    steps = select(col(WorkRow.id)).where(
        col(WorkRow.town_id) == bindparam("town"),
        col(WorkRow.kind) == STEP_KINDS["case"],
        col(WorkRow.about).in_(own.where(col(WorkRow.kind) == "case")),
    )
    return or_(
        col(RecordRow.kind) == _RULES,
        col(RecordRow.id).in_(own.where(col(WorkRow.kind).in_(_OWN_KINDS))),
        col(RecordRow.id).in_(steps),
    )
