"""Duties: who works in which area, from and to. They decide what a device may hold."""

from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Connection, Select, String, bindparam, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.asking import Question, Rows
from server.db.office_tables import AreaRow, AssignmentRow, DeviceRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, Level, areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import DUTY_ROLES, Action, Role
from server.office.workers import NewWorker, Worker, insert_worker, set_active, worker

DUTIES_MAX = 120


class Assignment(Struct, frozen=True):
    """A worker's duty in an area."""

    id: str
    worker_id: str
    area_id: str
    role: str
    duties: str
    valid_from: int
    valid_to: int | None = None


def assignments(conn: Connection, who: AccountIdentity, worker_id: str) -> list[Assignment]:
    """A worker's duties in the area of `who`, also those that have ended, newest first."""
    worker(conn, who, worker_id)
    reach = [area.id for area in areas_below(conn, who.town, who.area_id)]
    rows = conn.execute(
        select(AssignmentRow)
        .where(
            col(AssignmentRow.town_id) == who.town,
            col(AssignmentRow.worker_id) == worker_id,
            col(AssignmentRow.area_id).in_(reach),
        )
        .order_by(col(AssignmentRow.valid_from).desc(), col(AssignmentRow.id).desc())
    )
    return [msgspec.convert(row, Assignment, from_attributes=True) for row in rows]


def grids_of_worker(conn: Connection, town: str, worker_id: str, at: int) -> frozenset[str]:
    """The grids that a worker's duties gave them at that time."""
    rows = conn.execute(_grids(), {"town": town, "worker": worker_id, "at": at})
    return frozenset(row.id for row in rows)


class Reach(Struct, frozen=True):
    """What somebody's duties give them."""

    grids: frozenset[str]
    light: frozenset[str]
    """Those of them in which every duty is a building leader's."""


def asking_grids_of_device(town: str, device: str, at: int) -> Question[Reach]:
    """The grids of whoever holds a device at that time, to be asked with something else."""
    return Question(_grids(of_device=True), {"town": town, "device": device, "at": at}, _reach)


def add_worker(act: Act, new: NewWorker) -> Worker:
    """Adds a worker with their first duties. An admin of a part must name an area in it."""
    act.require(Action.MANAGE_WORKERS)
    added = insert_worker(act, new)
    for area_id in new.area_ids:
        _assign(act, added.id, area_id, (new.role, new.duties))
    worker_seen_by(act, added.id)
    return added


def assign(
    act: Act, worker_id: str, area_id: str, *, duties: str = "", role: Role = Role.WORKER
) -> Assignment:
    """Gives a worker a duty in an area from now on."""
    act.require(Action.MANAGE_WORKERS)
    if not worker(act.conn, act.who, worker_id).active:
        raise refused("worker_left", "该人员已离岗。", "That worker has left.")
    return _assign(act, worker_id, area_id, (role, duties))


def end_assignment(act: Act, assignment_id: str) -> None:
    """Ends a duty from now on: the worker's devices drop its grids after their next sync."""
    act.require(Action.MANAGE_WORKERS)
    row = act.conn.execute(
        select(AssignmentRow).where(
            col(AssignmentRow.town_id) == act.who.town, col(AssignmentRow.id) == assignment_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    _area_in_reach(act, row.area_id)
    _end(act, row.worker_id, assignment_id)
    act.note(Deed.ASSIGNMENT_ENDED, assignment_id)


def dismiss_worker(act: Act, worker_id: str) -> None:
    """A worker leaves: their duties end, and their devices are answered no more."""
    act.require(Action.MANAGE_WORKERS)
    worker(act.conn, act.who, worker_id)
    _end(act, worker_id)
    set_active(act, worker_id, False)
    act.note(Deed.WORKER_LEFT, worker_id)


def worker_seen_by(act: Act, worker_id: str) -> None:
    """Raises OfficeRefused when the worker lies outside the actor's own area."""
    try:
        worker(act.conn, act.who, worker_id)
    except NotFound as error:
        raise refused(
            "worker_needs_area",
            "请至少选择一个您管辖的网格。",
            "Choose at least one grid in your own area.",
        ) from error


def _reach(rows: Rows) -> Reach:
    told = msgspec.convert(rows, list[tuple[str, Role]])
    whole = {grid for grid, role in told if role is not Role.BUILDING_LEADER}
    grids = frozenset(grid for grid, _ in told)
    return Reach(grids, grids - whole)


@cache
def _grids(*, of_device: bool = False) -> Select[str, str]:
    # Asked by every request of a device: built once.
    town, at = bindparam("town", type_=String), bindparam("at", type_=BigInteger)
    holder = select(col(DeviceRow.worker_id)).where(
        col(DeviceRow.town_id) == town, col(DeviceRow.id) == bindparam("device")
    )
    worker = holder.scalar_subquery() if of_device else bindparam("worker")
    duties = select(col(AssignmentRow.area_id), col(AssignmentRow.role)).where(
        col(AssignmentRow.town_id) == town,
        col(AssignmentRow.worker_id) == worker,
        col(AssignmentRow.valid_from) <= at,
        col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > at),
    )
    held = duties.subquery()
    reach = (
        select(col(AreaRow.id), col(AreaRow.level), held.c.role)
        .join(held, held.c.area_id == col(AreaRow.id))
        .where(col(AreaRow.town_id) == town)
        .cte("reach", recursive=True)
    )
    below = select(col(AreaRow.id), col(AreaRow.level), reach.c.role).where(
        col(AreaRow.town_id) == town, col(AreaRow.parent_id) == reach.c.id
    )
    reach = reach.union(below)
    return select(reach.c.id, reach.c.role).where(reach.c.level == Level.GRID.value)


def _assign(act: Act, worker_id: str, area_id: str, what: tuple[Role, str]) -> Assignment:
    role, duties = what[0], " ".join(what[1].split())
    if role not in DUTY_ROLES or len(duties) > DUTIES_MAX:
        raise refused(
            "duties",
            f"请选择岗位；职责说明不超过 {DUTIES_MAX} 字。",
            f"Choose what they are; at most {DUTIES_MAX} characters of duties.",
        )
    area = _area_in_reach(act, area_id)
    if not area.stands(act.now):
        raise refused("area_ended", "该区域已停用。", "That area has ended.")
    added = Assignment(
        id=new_id(act.now),
        worker_id=worker_id,
        area_id=area_id,
        role=role.value,
        duties=duties,
        valid_from=act.now,
    )
    act.conn.execute(
        insert(AssignmentRow).values(town_id=act.who.town, **msgspec.structs.asdict(added))
    )
    act.note(Deed.ASSIGNED, added.id)
    return added


def _area_in_reach(act: Act, area_id: str) -> Area:
    reach = areas_below(act.conn, act.who.town, act.who.area_id)
    found = next((area for area in reach if area.id == area_id), None)
    if found is None:
        raise NotFound
    return found


def _end(act: Act, worker_id: str, assignment_id: str | None = None) -> None:
    ended = update(AssignmentRow).where(
        col(AssignmentRow.town_id) == act.who.town,
        col(AssignmentRow.worker_id) == worker_id,
        col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > act.now),
    )
    if assignment_id is not None:
        ended = ended.where(col(AssignmentRow.id) == assignment_id)
    act.conn.execute(ended.values(valid_to=act.now))
