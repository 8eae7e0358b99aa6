"""Who works in a grid today: what cards and boards say of it."""

from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, or_, select
from sqlmodel import col

from server.db.office_tables import AssignmentRow, WorkerRow


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with a duty in a grid. Nothing of it is secret: it is printed on boards."""

    worker_id: str
    staff_no: str
    name: str
    phone: str
    role: str
    duties: str
    until: int | None
    """When the duty ends, if that is known."""


def people_in(
    conn: Connection, town: str, area_ids: Collection[str], at: int
) -> Mapping[str, tuple[Person, ...]]:
    """Those with a duty in these very areas at that time, in the order of their staff numbers."""
    rows = conn.execute(
        select(
            col(AssignmentRow.area_id),
            col(AssignmentRow.worker_id),
            col(WorkerRow.staff_no),
            col(WorkerRow.name),
            col(WorkerRow.phone),
            col(AssignmentRow.role),
            col(AssignmentRow.duties),
            col(AssignmentRow.valid_to),
        )
        .join(
            WorkerRow,
            and_(
                col(WorkerRow.town_id) == col(AssignmentRow.town_id),
                col(WorkerRow.id) == col(AssignmentRow.worker_id),
            ),
        )
        .where(
            col(AssignmentRow.town_id) == town,
            col(AssignmentRow.area_id).in_(sorted(area_ids)),
            col(WorkerRow.active).is_(True),
            *_held(at),
        )
        .order_by(col(WorkerRow.staff_no))
    )
    found: dict[str, dict[str, Person]] = {area: {} for area in area_ids}
    for area, *told in rows:
        named = dict(zip(Person.__struct_fields__, told, strict=True))
        person = msgspec.convert(named, Person)
        found[area].setdefault(person.worker_id, person)
    return {area: tuple(people.values()) for area, people in found.items()}


def duty_areas(conn: Connection, town: str, worker_id: str, at: int) -> frozenset[str]:
    """The areas in which a worker has a duty at that time."""
    rows = conn.execute(
        select(col(AssignmentRow.area_id)).where(
            col(AssignmentRow.town_id) == town,
            col(AssignmentRow.worker_id) == worker_id,
            *_held(at),
        )
    )
    return frozenset(row.area_id for row in rows)


def _held(at: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    until = col(AssignmentRow.valid_to)
    return col(AssignmentRow.valid_from) <= at, or_(until.is_(None), until > at)
