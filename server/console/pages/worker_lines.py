"""What the workers' pages show, gathered from the office."""

from collections import defaultdict

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import AssignmentRow, EnrolmentCodeRow
from server.errors import NotFound
from server.office.areas import Area, Level, areas_below
from server.office.devices import Device, device, devices
from server.office.people import AccountIdentity, DeviceStatus
from server.office.workers import Worker, worker, workers


class WorkerLine(Struct, frozen=True):
    """One line of the list."""

    worker: Worker
    areas: tuple[str, ...]
    """Names of the areas they work in now."""
    devices: int
    unsent: int
    last_contact: int | None


class CodeState(Struct, frozen=True):
    """What became of a code."""

    device: Device | None = None
    """The phone that used it."""


def worker_lines(conn: Connection, who: AccountIdentity, wanted: str, now: int) -> list[WorkerLine]:
    """The workers whose name, staff number or area has `wanted` in it."""
    names = {area.id: area.name for area in areas_below(conn, who.town, who.area_id)}
    places = _places(conn, who, names, now)
    phones = defaultdict(list)
    for phone in devices(conn, who):
        if phone.status is DeviceStatus.ACTIVE:
            phones[phone.worker_id].append(phone)
    lines = [
        WorkerLine(
            worker=found,
            areas=tuple(places.get(found.id, ())),
            devices=len(phones[found.id]),
            unsent=sum(phone.unsent for phone in phones[found.id]),
            last_contact=max(
                (p.last_contact for p in phones[found.id] if p.last_contact is not None),
                default=None,
            ),
        )
        for found in workers(conn, who)
    ]
    asked = wanted.casefold()
    return [line for line in lines if asked in _searched(line)]


def areas_to_choose(conn: Connection, who: AccountIdentity, now: int) -> list[Area]:
    """The grids that stand now, where somebody can be given a duty."""
    below = areas_below(conn, who.town, who.area_id)
    return [area for area in below if area.level is Level.GRID and area.stands(now)]


def code_state(conn: Connection, who: AccountIdentity, worker_id: str, public: str) -> CodeState:
    """Whether a worker's code has been used. Raises NotFound for a foreign one."""
    worker(conn, who, worker_id)
    row = conn.execute(
        select(EnrolmentCodeRow).where(
            col(EnrolmentCodeRow.town_id) == who.town,
            col(EnrolmentCodeRow.id) == public,
            col(EnrolmentCodeRow.worker_id) == worker_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.device_id is None:
        return CodeState()
    return CodeState(device(conn, who, row.device_id))


def _places(
    conn: Connection, who: AccountIdentity, names: dict[str, str], now: int
) -> dict[str, list[str]]:
    rows = conn.execute(
        select(col(AssignmentRow.worker_id), col(AssignmentRow.area_id))
        .where(
            col(AssignmentRow.town_id) == who.town,
            col(AssignmentRow.valid_to).is_(None) | (col(AssignmentRow.valid_to) > now),
        )
        .order_by(col(AssignmentRow.valid_from))
    )
    places: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.area_id in names:
            places[row.worker_id].append(names[row.area_id])
    return places


def _searched(line: WorkerLine) -> str:
    return " ".join((line.worker.name, line.worker.staff_no, *line.areas)).casefold()
