"""The first page: how the area stands now."""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import DAY_MS, midnight
from server.console.desk import allowed, in_thread, required
from server.console.pages.base import Pages
from server.console.pages.counts import conflicts_by_grid, visits_by_grid
from server.console.pages.coverage import counting_of
from server.coverage.counting import Progress
from server.coverage.figures import Figure, Figures, together
from server.coverage.sums import GridSums, sums_by_grid
from server.db.bulk import among
from server.db.engine import reading
from server.db.office_tables import ImportRow
from server.db.projections import VisitRow
from server.office.areas import Area, Level, areas_below
from server.office.devices import devices
from server.office.people import AccountIdentity, DeviceStatus
from server.office.roles import Action, may
from server.register.conflicts import ConflictSummary
from shared.coverage import TARGET

DAYS = 14
"""Days of the visits' chart."""
QUIET_DAYS = 3
"""A device that was not heard of for longer is worth a call."""
LINES = 6


class Day(Struct, frozen=True):
    """The visits of one day."""

    start: int
    visits: int
    share: float
    """Of the busiest day, for the bar's height."""


class GridLine(Struct, frozen=True):
    """One grid's counts."""

    area: Area
    figures: Figures
    households: int
    visits: int
    conflicts: int


class Devices(Struct, frozen=True):
    """How the phones stand, as they last reported."""

    active: int = 0
    with_unsent: int = 0
    unsent: int = 0
    quiet: int = 0
    oldest_contact: int | None = None


class Overview(Struct, frozen=True):
    """All that the first page shows."""

    now: int
    dwellings: int
    households: int
    residents: int
    visits_today: int
    visits_week: int
    open_conflicts: int
    days: tuple[Day, ...]
    grids: tuple[GridLine, ...]
    devices: Devices
    waiting: tuple[ConflictSummary, ...]
    imports: int
    figures: Figures
    """Of the whole area; see the page of coverage."""
    progress: Progress
    """How far its counts have come."""


class Dashboard(Pages):
    """The page at the console's own address."""

    path = "/"
    route_name = "index"

    @route("")
    async def index(self, request: Request) -> Response:
        """The overview of the reader's area; a department has only its cases."""
        if not allowed(request, Action.SEE_RECORDS):
            required(request, Action.SEE_CASES)
            return self.onward(request, "/casework/cases")
        who = required(request, Action.SEE_RECORDS)
        overview = await in_thread(lambda: self._overview(who))
        return self.draw(request, "dashboard.html", overview=overview, title="", target=TARGET)

    def _overview(self, who: AccountIdentity) -> Overview:
        now = self.desk.clock()
        progress = counting_of(self.desk).go_on(who.town, 1)
        waiting = self.desk.register.open_conflicts(who.town, who.grids, limit=LINES)
        open_conflicts = self.desk.register.count_conflicts(who.town, who.grids)
        with reading(self.desk.engine) as conn:
            days = _days(conn, who, now)
            sums = sums_by_grid(conn, who.town, who.grids)
            figures = together([of.figures for of in sums.values()])
            return Overview(
                now=now,
                dwellings=figures.count(Figure.DWELLINGS),
                households=sum(of.households for of in sums.values()),
                residents=sum(of.residents for of in sums.values()),
                visits_today=days[-1].visits,
                visits_week=sum(day.visits for day in days[-7:]),
                open_conflicts=open_conflicts,
                days=days,
                grids=tuple(_grids(conn, who, now, sums)),
                figures=figures,
                devices=_devices(conn, who, now),
                waiting=tuple(waiting),
                imports=_imports(conn, who),
                progress=progress,
            )


def _days(conn: Connection, who: AccountIdentity, now: int) -> tuple[Day, ...]:
    today = midnight(now)
    first = today - (DAYS - 1) * DAY_MS
    day = (col(VisitRow.started) - first) // DAY_MS
    counted = conn.execute(
        select(day, func.count())
        .where(
            col(VisitRow.town_id) == who.town,
            among(conn, col(VisitRow.grid), who.grids),
            col(VisitRow.deleted).is_(False),
            col(VisitRow.started) >= first,
            col(VisitRow.started) < today + DAY_MS,
        )
        .group_by(day)
    )
    visits = [0] * DAYS
    for number, count in counted:
        visits[int(number or 0)] = int(count)
    busiest = max(visits) or 1
    return tuple(Day(first + i * DAY_MS, n, n / busiest) for i, n in enumerate(visits))


def _grids(
    conn: Connection, who: AccountIdentity, now: int, sums: Mapping[str, GridSums]
) -> list[GridLine]:
    nothing = GridSums(together([]))
    visits = visits_by_grid(conn, who, midnight(now) - 6 * DAY_MS)
    conflicts = conflicts_by_grid(conn, who)
    return [
        GridLine(
            area=a,
            figures=sums.get(a.id, nothing).figures,
            households=sums.get(a.id, nothing).households,
            visits=visits.get(a.id, 0),
            conflicts=conflicts.get(a.id, 0),
        )
        for a in areas_below(conn, who.town, who.area_id)
        if a.level is Level.GRID and a.stands(now)
    ]


def _devices(conn: Connection, who: AccountIdentity, now: int) -> Devices:
    if not may(who.role, Action.SEE_STAFF):
        return Devices()
    active = [device for device in devices(conn, who) if device.status is DeviceStatus.ACTIVE]
    heard = [device.last_contact for device in active if device.last_contact is not None]
    quiet = sum(1 for at in heard if at < now - QUIET_DAYS * DAY_MS)
    return Devices(
        active=len(active),
        with_unsent=sum(1 for device in active if device.unsent),
        unsent=sum(device.unsent for device in active),
        quiet=quiet,
        oldest_contact=min(heard, default=None),
    )


def _imports(conn: Connection, who: AccountIdentity) -> int:
    return conn.execute(
        select(func.count())
        .select_from(ImportRow)
        .where(
            col(ImportRow.town_id) == who.town,
            among(conn, col(ImportRow.grid), who.grids),
            col(ImportRow.state) == "done",
        )
    ).scalar_one()
