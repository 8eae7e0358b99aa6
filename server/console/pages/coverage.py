"""Coverage: how many doors are collected, by area, day and worker, with the list behind each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from msgspec import Struct, structs
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import DAY_MS, beginning_of, midnight, town_time
from server.console.charts import Line, trend
from server.console.desk import Desk, in_thread, required
from server.console.labels import choices
from server.console.pages.base import Pages
from server.console.words import say
from server.coverage.counting import Counting, Progress
from server.coverage.days import days
from server.coverage.figures import NOTHING, Asked, Figure, Figures, together
from server.coverage.panels import Panels, panels
from server.coverage.people import WorkerLine, worker_lines
from server.coverage.sums import figures_by_grid
from server.db.engine import reading
from server.errors import NotFound
from server.office.areas import Area, Level, areas_below, subtree
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.review.queue import Asked as Wanted
from server.review.queue import Queue
from server.review.waiting import Kind
from shared.coverage import TARGET

STEPS_AT_ONCE = 2
"""Steps of the counting that one look at a page makes: some tenths of a second."""
DAYS = 30
COMPANIONS = (
    Figure.CONTACTED,
    Figure.REFUSED,
    Figure.UNREACHED,
    Figure.UNTRIED,
    Figure.UNKNOWN,
    Figure.FRESH_90,
    Figure.FRESH_180,
    Figure.FRESH_365,
)
"""What always stands beside the collection rate, as shares of the listed dwellings."""
LEFT_OUT = (Figure.VACANT, Figure.GONE, Figure.BUSINESS)


class AreaFigures(Struct, frozen=True):
    """An area and its figures."""

    area: Area
    figures: Figures
    grids: frozenset[str]
    """The grids in it."""


class CoveragePage(Struct, frozen=True):
    """What the page shows."""

    here: AreaFigures
    above: Sequence[Area]
    """The areas that it lies in, as far as the reader may look, from the widest."""
    below: Sequence[AreaFigures]
    progress: Progress
    trend: Line
    now: int


class QualityPage(Struct, frozen=True):
    """What the page of quality shows."""

    here: AreaFigures
    above: Sequence[Area]
    panels: Panels
    waiting: Mapping[str, int]
    """What waits in the inbox about this area, by kind."""
    progress: Progress


class CoveragePages(Pages):
    """Figures of the reader's area and of those in it."""

    path = "/coverage"
    route_name = "coverage"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._counting = counting_of(desk)

    @route("")
    async def index(self, request: Request) -> Response:
        """The figures of an area, and of those directly below it."""
        who = required(request, Action.SEE_RECORDS)
        chosen = request.query_params.get("area", "")
        page = await in_thread(lambda: self._page(who, chosen))
        return self.draw(
            request,
            "coverage/index.html",
            title=say("coverage.title"),
            page=page,
            companions=COMPANIONS,
            left_out=LEFT_OUT,
            target=TARGET,
            list_url=lister(request, who),
        )

    @route("/quality", methods=["GET"], name="coverage_quality")
    async def quality(self, request: Request) -> Response:
        """The four panels of an area, and what waits or is wrong in its records."""
        who = required(request, Action.SEE_RECORDS)
        chosen = request.query_params.get("area", "")
        page = await in_thread(lambda: self._quality(who, chosen))
        return self.draw(
            request,
            "coverage/quality.html",
            title=say("coverage.quality"),
            page=page,
            list_url=lister(request, who),
            inbox_url=lambda kind: _inbox_url(request, who, page.here, kind),
            lacking_url=_list_url(request, "residents", _rules("lacking", who, page.here)),
        )

    @route("/workers", methods=["GET"], name="coverage_workers")
    async def workers(self, request: Request) -> Response:
        """What each worker did in a time, in the order of their staff numbers: never by figures."""
        who = required(request, Action.SEE_STAFF)
        now = self.desk.clock()
        first, last = chosen_days(request, now)
        chosen = request.query_params.get("area", "")
        above, area, lines = await in_thread(lambda: self._workers(who, chosen, (first, last)))
        return self.draw(
            request,
            "coverage/workers.html",
            title=say("coverage.by_worker"),
            lines=lines,
            area=area,
            above=above,
            first=town_time(first).date().isoformat(),
            last=town_time(last - 1).date().isoformat(),
            label_of=lambda outcome: dict(choices("visit", "outcome")).get(outcome, outcome),
            visits_url=lambda line: _visits_url(request, line, (first, last)),
        )

    def _page(self, who: AccountIdentity, chosen: str) -> CoveragePage:
        progress = self._counting.go_on(who.town, STEPS_AT_ONCE)
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            here = chosen_area(tree, chosen or who.area_id)
            below = [a for a in tree if a.parent_id == here.id and a.stands(now)]
            by_grid = figures_by_grid(conn, Asked(who.town, who.grids, now))
            mine = _figures(here, tree, by_grid)
            past = days(conn, Asked(who.town, mine.grids, now), DAYS)
        return CoveragePage(
            here=mine,
            above=way_down(tree, here),
            below=[_figures(area, tree, by_grid) for area in below],
            progress=progress,
            trend=trend([(day.day, day.rate) for day in past], TARGET),
            now=now,
        )

    def _quality(self, who: AccountIdentity, chosen: str) -> QualityPage:
        progress = self._counting.go_on(who.town, STEPS_AT_ONCE)
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            here = chosen_area(tree, chosen or who.area_id)
            by_grid = figures_by_grid(conn, Asked(who.town, who.grids, now))
            mine = _figures(here, tree, by_grid)
            inside = structs.replace(who, grids=mine.grids)
            waiting = Queue(conn, inside, now).counts(Wanted()).kinds
            return QualityPage(
                here=mine,
                above=way_down(tree, here),
                panels=panels(conn, who, Asked(who.town, mine.grids, now), mine.figures),
                waiting={kind: waiting.get(kind, 0) for kind in Kind},
                progress=progress,
            )

    def _workers(
        self, who: AccountIdentity, chosen: str, time: tuple[int, int]
    ) -> tuple[Sequence[Area], Area, list[WorkerLine]]:
        self._counting.go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            here = chosen_area(tree, chosen or who.area_id)
            grids = frozenset(a.id for a in subtree(tree, here.id) if a.level is Level.GRID)
            asked = Asked(who.town, grids & who.grids, self.desk.clock())
            return way_down(tree, here), here, worker_lines(conn, asked, time)


def counting_of(desk: Desk) -> Counting:
    """The counting, over what the desk works with."""
    return Counting(desk.engine, desk.register, desk.clock)


def area_figures(conn: Connection, who: AccountIdentity, now: int) -> dict[str, Figures]:
    """The figures of each grid of the reader's area."""
    return figures_by_grid(conn, Asked(who.town, who.grids, now))


def lister(request: Request, who: AccountIdentity) -> Callable[[str, AreaFigures], str]:
    """Makes the address of the list behind a figure: the dwellings for which it counts."""

    def address(figure: str, of: AreaFigures) -> str:
        return _list_url(request, "dwellings", _rules(figure, who, of))

    return address


def _rules(figure: str, who: AccountIdentity, of: AreaFigures) -> str:
    rules = [f"counted__in={figure}"]
    if of.area.id != who.area_id:
        rules.append(f"grid__in={','.join(sorted(of.grids))}")
    return " AND ".join(rules)


def _list_url(request: Request, key: str, rules: str) -> str:
    root = str(request.scope.get("root_path", ""))
    return f"{root}/{key}/list?{urlencode({'filter': rules})}"


def _inbox_url(request: Request, who: AccountIdentity, of: AreaFigures, kind: str) -> str:
    """The inbox of an area; it is filtered by one grid at most."""
    root = str(request.scope.get("root_path", ""))
    if of.area.id == who.area_id:
        return f"{root}/review?kind={kind}"
    one = of.area.level is Level.GRID
    return f"{root}/review?kind={kind}&grid={of.area.id}" if one else ""


def _visits_url(request: Request, line: WorkerLine, time: tuple[int, int]) -> str:
    """The list of a worker's visits in that time."""
    first, last = (town_time(at).date().isoformat() for at in (time[0], time[1] - 1))
    rules = f"staff_no__eq={line.staff_no} AND started__between={first}..{last}"
    return _list_url(request, "visits", rules)


def chosen_area(tree: Sequence[Area], wanted: str) -> Area:
    """The area that was asked for. Raises NotFound for one that the reader may not look at."""
    found = next((area for area in tree if area.id == wanted), None)
    if found is None:
        raise NotFound
    return found


def way_down(tree: Sequence[Area], area: Area) -> list[Area]:
    """The areas above one, from the widest, and the area itself."""
    by_id = {each.id: each for each in tree}
    way = [area]
    while (parent := by_id.get(way[0].parent_id or "")) is not None:
        way.insert(0, parent)
    return way


def chosen_days(request: Request, now: int) -> tuple[int, int]:
    """From when to when, in ms: the days in the address, or the last seven."""
    today = midnight(now)
    first = day_in(request.query_params.get("first", "")) or today - 6 * DAY_MS
    last = day_in(request.query_params.get("last", "")) or today
    return min(first, last), max(first, last) + DAY_MS


def day_in(text: str) -> int | None:
    """When a day given as an ISO date begins, ms; None for what is no day."""
    try:
        return beginning_of(date.fromisoformat(text))
    except ValueError:
        return None


def _figures(area: Area, tree: Sequence[Area], by_grid: Mapping[str, Figures]) -> AreaFigures:
    grids = frozenset(a.id for a in subtree(tree, area.id) if a.level is Level.GRID)
    return AreaFigures(area, together([by_grid.get(grid, NOTHING) for grid in grids]), grids)
