"""The sheet of a weekly meeting: what is open, late, in conflict, refused, or missing."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, select

from server.office.areas import areas
from server.review.waiting import Kind, waiting
from server.summary.values import Asked, Item, Part
from server.summary.visits import behind_visits
from server.summary.work import Work


class Point(StrEnum):
    """The points of the sheet, in their order."""

    OVERDUE = "overdue"
    OPEN = "open"
    NEW = "new"
    CONFLICTS = "conflicts"
    HELD = "held"
    REFUSALS = "refusals"
    NIL_MISSING = "nil_missing"
    CONTRADICTED = "contradicted"


class Agenda(Struct, frozen=True):
    """What a meeting goes through."""

    asked: Asked
    points: tuple[tuple[Point, Sequence[Item]], ...]


def agenda_of(conn: Connection, asked: Asked) -> Agenda:
    """The sheet of an area and a week, as things stand now."""
    work = Work(conn, asked, {area.id: area for area in areas(conn, asked.who.town)}).groups()
    cases, reports = work[Part.CASES], work[Part.REPORTS]
    overdue = list(cases["cases_overdue"])
    late = {item.id for item in overdue}
    waits = _waiting(conn, asked)
    points = {
        Point.OVERDUE: overdue,
        Point.OPEN: [item for item in cases["cases_open"] if item.id not in late],
        Point.NEW: cases["cases_found"],
        Point.CONFLICTS: waits[Kind.CONFLICT],
        Point.HELD: waits[Kind.HELD],
        Point.REFUSALS: behind_visits(conn, asked, "visits_refused") or [],
        Point.NIL_MISSING: reports["nil_missing"],
        Point.CONTRADICTED: reports["nil_contradicted"],
    }
    return Agenda(asked, tuple((point, points[point]) for point in Point))


def _waiting(conn: Connection, asked: Asked) -> dict[Kind, list[Item]]:
    kinds = (Kind.CONFLICT, Kind.HELD)
    found: dict[Kind, list[Item]] = {kind: [] for kind in kinds}
    rows = waiting(conn, (asked.who.town, asked.who.grids), asked.now, kinds)
    for row in conn.execute(select(rows).order_by(rows.c.since, rows.c.item)):
        found[Kind(row.kind)].append(Item(row.kind, row.item, row.record))
    return found
