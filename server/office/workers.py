"""Workers of the town, as far as somebody's area reaches."""

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AssignmentRow, WorkerRow
from server.errors import NotFound
from server.office.act import Act, require
from server.office.area_edits import checked_name
from server.office.areas import areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action, Role
from shared.codes.messages import message_of
from shared.codes.phones import check_phone, normal_phone

STAFF_NO_MAX = 20


class Worker(Struct, frozen=True):
    """A grid worker."""

    id: str
    staff_no: str
    name: str
    phone: str = ""
    active: bool = True
    created_at: int = 0


class NewWorker(Struct, frozen=True):
    """A worker to add; `area_ids` are the areas that they work in from now on."""

    staff_no: str
    name: str
    phone: str = ""
    area_ids: tuple[str, ...] = ()
    role: Role = Role.WORKER
    duties: str = ""


def workers(conn: Connection, who: AccountIdentity) -> list[Worker]:
    """The workers that `who` may see: those with a duty, now or once, in their area."""
    require(who, Action.SEE_STAFF)
    rows = conn.execute(_seen_by(conn, who).order_by(col(WorkerRow.staff_no)))
    return [msgspec.convert(row, Worker, from_attributes=True) for row in rows]


def worker(conn: Connection, who: AccountIdentity, worker_id: str) -> Worker:
    """One worker. Raises NotFound when `who` may not see them."""
    require(who, Action.SEE_STAFF)
    row = conn.execute(_seen_by(conn, who).where(col(WorkerRow.id) == worker_id)).one_or_none()
    if row is None:
        raise NotFound
    return msgspec.convert(row, Worker, from_attributes=True)


def change_worker(act: Act, worker_id: str, *, name: str, phone: str = "") -> None:
    """Corrects a worker's name and phone."""
    act.require(Action.MANAGE_WORKERS)
    worker(act.conn, act.who, worker_id)
    _update(act, worker_id, name=checked_name(name), phone=_phone(phone))
    act.note(Deed.WORKER_CHANGED, worker_id)


def insert_worker(act: Act, new: NewWorker) -> Worker:
    """Writes a worker's row; `assignments.add_worker` is what the office calls."""
    added = Worker(
        id=new_id(act.now),
        staff_no=_staff_no(new.staff_no),
        name=checked_name(new.name),
        phone=_phone(new.phone),
        created_at=act.now,
    )
    _refuse_taken(act, added.staff_no)
    act.conn.execute(
        insert(WorkerRow).values(town_id=act.who.town, **msgspec.structs.asdict(added))
    )
    act.note(Deed.WORKER_ADDED, added.id)
    return added


def set_active(act: Act, worker_id: str, active: bool) -> None:
    """Writes whether the worker still works here."""
    _update(act, worker_id, active=active)


def _seen_by(conn: Connection, who: AccountIdentity) -> Select[WorkerRow]:
    wanted = select(WorkerRow).where(col(WorkerRow.town_id) == who.town)
    reach = areas_below(conn, who.town, who.area_id)
    if any(area.parent_id is None for area in reach):
        return wanted  # the whole town: also those without a duty
    duties = select(col(AssignmentRow.worker_id)).where(
        col(AssignmentRow.town_id) == who.town,
        col(AssignmentRow.area_id).in_([area.id for area in reach]),
    )
    return wanted.where(col(WorkerRow.id).in_(duties))


def _staff_no(staff_no: str) -> str:
    staff_no = "".join(staff_no.split())
    if not 0 < len(staff_no) <= STAFF_NO_MAX or not staff_no.isprintable():
        raise refused(
            "staff_no",
            f"工号不能为空，且不超过 {STAFF_NO_MAX} 个字符。",
            f"A staff number has 1 to {STAFF_NO_MAX} characters.",
        )
    return staff_no


def _phone(phone: str) -> str:
    if not phone.strip():
        return ""
    if fault := check_phone(phone):
        message = message_of(fault)
        raise refused("phone", message.zh, message.en)
    return normal_phone(phone)


def _refuse_taken(act: Act, staff_no: str) -> None:
    other = act.conn.execute(
        select(col(WorkerRow.id)).where(
            col(WorkerRow.town_id) == act.who.town, col(WorkerRow.staff_no) == staff_no
        )
    )
    if other.first() is not None:
        raise refused(
            "staff_no_taken",
            f"工号 {staff_no} 已被使用。",
            f"The staff number {staff_no} is already in use.",
        )


def _update(act: Act, worker_id: str, **values: str | bool) -> None:
    act.conn.execute(
        update(WorkerRow)
        .where(col(WorkerRow.town_id) == act.who.town, col(WorkerRow.id) == worker_id)
        .values(**values)
    )
