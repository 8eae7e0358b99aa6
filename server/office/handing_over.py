"""Handing an area over in one step: those who come begin at the moment at which one goes.

Nothing is moved: what the phones hold follows the duties. The one who goes has her phone send
everything first and then drop the area; those who come receive it at their next sync.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AssignmentRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import areas_below
from server.office.assignments import Assignment
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.office.workers import worker

AHEAD_MAX_MS = 90 * 24 * 3600 * 1000
"""Further ahead nobody knows who works where."""


class Handed(Struct, frozen=True):
    """What was handed over."""

    area_id: str
    from_worker: str
    to_workers: tuple[str, ...]
    at: int


def hand_over(act: Act, duty_id: str, to_workers: Sequence[str], at: int | None = None) -> Handed:
    """Ends a duty and gives its area to others from the same moment. Raises OfficeRefused.

    at: when; now if it is left out. All of it happens, or nothing.
    """
    act.require(Action.MANAGE_WORKERS)
    duty = _standing(act, duty_id)
    moment = act.now if at is None else at
    if not act.now <= moment <= act.now + AHEAD_MAX_MS:
        raise refused(
            "hand_over_when",
            "移交时间须在今天起的 90 天之内。",
            "Hand it over today, or within 90 days.",
        )
    successors = [each for each in dict.fromkeys(to_workers) if each != duty.worker_id]
    if not successors:
        raise refused(
            "hand_over_to",
            "请选择至少一名接手的网格员。",
            "Choose at least one worker to take over.",
        )
    for successor in successors:
        _take_over(act, successor, duty, moment)
    act.conn.execute(
        update(AssignmentRow)
        .where(col(AssignmentRow.town_id) == act.who.town, col(AssignmentRow.id) == duty.id)
        .values(valid_to=moment)
    )
    act.note(Deed.HANDED_OVER, f"{duty.area_id} {duty.worker_id} > {' '.join(successors)}")
    return Handed(duty.area_id, duty.worker_id, tuple(successors), moment)


def _standing(act: Act, duty_id: str) -> Assignment:
    """The duty, if it lies in the actor's area and has no end yet. Raises NotFound."""
    row = act.conn.execute(
        select(AssignmentRow).where(
            col(AssignmentRow.town_id) == act.who.town,
            col(AssignmentRow.id) == duty_id,
            col(AssignmentRow.valid_to).is_(None),
        )
    ).one_or_none()
    reach = {area.id for area in areas_below(act.conn, act.who.town, act.who.area_id)}
    if row is None or row.area_id not in reach:
        raise NotFound
    return Assignment(
        id=row.id,
        worker_id=row.worker_id,
        area_id=row.area_id,
        role=row.role,
        duties=row.duties,
        valid_from=row.valid_from,
    )


def _take_over(act: Act, successor: str, duty: Assignment, at: int) -> None:
    if not worker(act.conn, act.who, successor).active:
        raise refused("worker_left", "该人员已离岗。", "That worker has left.")
    known = act.conn.execute(
        select(col(AssignmentRow.id)).where(
            col(AssignmentRow.town_id) == act.who.town,
            col(AssignmentRow.worker_id) == successor,
            col(AssignmentRow.area_id) == duty.area_id,
            col(AssignmentRow.role) == duty.role,
            col(AssignmentRow.valid_from) <= at,
            col(AssignmentRow.valid_to).is_(None),
        )
    ).first()
    if known is not None:
        return  # she works there already
    act.conn.execute(
        insert(AssignmentRow).values(
            town_id=act.who.town,
            id=new_id(act.now),
            worker_id=successor,
            area_id=duty.area_id,
            role=duty.role,
            duties=duty.duties,
            valid_from=at,
            valid_to=None,
        )
    )
