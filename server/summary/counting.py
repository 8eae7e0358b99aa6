"""Counting a whole summary, and finding what is behind one of its figures."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, and_, select
from sqlmodel import col

from server.db.bulk import among
from server.db.office_tables import AssignmentRow, WorkerRow
from server.errors import NotFound
from server.office.areas import Area, Level, areas, subtree
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.summary.values import Asked, Groups, Item, Part, Section, Summary, figures_of
from server.summary.visits import behind_visits, collection, service, visits
from server.summary.work import Work

DAYS_MAX = 366


def asked_of(
    conn: Connection, who: AccountIdentity, area_id: str, days: tuple[date, date], *, now: int
) -> Asked:
    """What is asked for, narrowed to the area. Raises NotFound or OfficeRefused."""
    first, last = days
    if not 0 <= (last - first).days < DAYS_MAX:
        raise refused(
            "period",
            "起止日期应在一年之内，且先起后止。",
            "A period is a year at the most, and ends after it begins.",
        )
    tree = subtree(areas(conn, who.town), who.area_id)
    area = next((one for one in tree if one.id == area_id), None)
    if area is None:
        raise NotFound
    grids = frozenset(one.id for one in subtree(tree, area_id) if one.level is Level.GRID)
    narrowed = msgspec.structs.replace(who, grids=grids & who.grids)
    return Asked(who=narrowed, area=area, first=first, last=last, now=now)


def summary_of(conn: Connection, asked: Asked) -> Summary:
    """Everything that is counted."""
    tree = {area.id: area for area in areas(conn, asked.who.town)}
    work = Work(conn, asked, tree)
    by_part = {part: figures_of(groups) for part, groups in work.groups().items()}
    by_part[Part.CASES] += work.levels()
    by_part |= {
        Part.ORGANISATION: figures_of(_organisation(conn, asked, tree)),
        Part.COLLECTION: collection(conn, asked),
        Part.VISITS: visits(conn, asked),
        Part.SERVICE: service(conn, asked),
    }
    return Summary(asked, tuple(Section(part, by_part[part]) for part in Part))


def behind(conn: Connection, asked: Asked, key: str) -> list[Item]:
    """What is behind a figure. Raises NotFound for any other, and for those of collection.

    Dwellings have a list of their own: the figures of coverage open it.
    """
    found = behind_visits(conn, asked, key)
    if found is not None:
        return found
    tree = {area.id: area for area in areas(conn, asked.who.town)}
    if key in (organised := _organisation(conn, asked, tree)):
        return list(organised[key])
    work = Work(conn, asked, tree)
    for groups in work.groups().values():
        if key in groups:
            return list(groups[key])
    found = work.of_level(key)
    if found is None:
        raise NotFound
    return found


def _organisation(conn: Connection, asked: Asked, tree: Mapping[str, Area]) -> Groups:
    """The communities and grids that stood at the end of the period, and who worked there."""
    at = min(asked.until - 1, asked.now)
    within = [area for area in subtree(list(tree.values()), asked.area.id) if area.stands(at)]

    def of_level(level: Level) -> list[Item]:
        return [Item("area", area.id, area.name) for area in within if area.level is level]

    return {
        "communities": of_level(Level.COMMUNITY),
        "grids": of_level(Level.GRID),
        "workers": _workers(conn, asked, [area.id for area in within], at),
    }


def _workers(conn: Connection, asked: Asked, within: Sequence[str], at: int) -> list[Item]:
    """Who had a duty there, by staff number."""
    until = col(AssignmentRow.valid_to)
    its_worker = and_(
        col(WorkerRow.town_id) == col(AssignmentRow.town_id),
        col(WorkerRow.id) == col(AssignmentRow.worker_id),
    )
    rows = conn.execute(
        select(col(WorkerRow.id), col(WorkerRow.name), col(WorkerRow.staff_no))
        .distinct()
        .join(AssignmentRow, its_worker)
        .where(
            col(AssignmentRow.town_id) == asked.who.town,
            col(AssignmentRow.role) == Role.WORKER.value,
            among(conn, col(AssignmentRow.area_id), within),
            col(AssignmentRow.valid_from) <= at,
            until.is_(None) | (until > at),
        )
        .order_by(col(WorkerRow.staff_no), col(WorkerRow.id))
    )
    return [Item("worker", row.id, f"{row.name} · {row.staff_no}") for row in rows]
