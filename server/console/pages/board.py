"""The town board: areas level by level, trends, who settles what, and how far collection is."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.board.figures import SHARE_DAYS, Board, board_of, settled_by, this_week, week_of
from server.board.reporting import Reported, State, may_follow, note_step, steps_of
from server.console.charts import Columns, Line, columns, trend
from server.console.codes import code_name
from server.console.desk import in_thread, required
from server.console.drawn import Door, Map, drawn_map
from server.console.pages.base import Pages
from server.console.pages.coverage import (
    DAYS,
    STEPS_AT_ONCE,
    AreaFigures,
    area_figures,
    chosen_area,
    counting_of,
    lister,
    way_down,
)
from server.console.pages.summary import counted_up
from server.console.words import say
from server.coverage.counting import Progress
from server.coverage.days import days
from server.coverage.figures import Asked, together
from server.db.engine import reading
from server.db.projections import DwellingRow
from server.errors import NotFound, ServerError
from server.office.areas import Area, Level, areas_below
from server.office.boundaries import boundaries
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of
from server.summary.counting import asked_of
from server.summary.work import Work
from server.work.reading import Seen
from shared.codes import code_table
from shared.coverage import TARGET
from shared.work.receipts import receipt_number
from shared.work.values import LEVELS

AGAIN_SECONDS = 60
"""A wall screen looks again by itself."""
CODE_MAX = 40
LIST_MAX = 500


class BoardPage(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    board: Board
    above: Sequence[Area]
    progress: Progress
    rates: Line
    weeks: Columns
    map: Map | None
    names: Mapping[str, str]
    """The names of the grids on the map."""


class StepsPage(Struct, frozen=True):
    """A community or village, and how its collection was reported."""

    area: Area
    figures: AreaFigures
    steps: Sequence[Reported]
    names: Mapping[str, str]


class BoardPages(Pages):
    """The board, on a desk, a phone and a wall."""

    path = "/board"
    route_name = "board"

    @route("")
    async def index(self, request: Request) -> Response:
        """The board of an area and a week."""
        who = required(request, Action.SEE_RECORDS)
        return await self._drawn(request, who, "board/index.html")

    @route("/wall", methods=["GET"], name="board_wall")
    async def wall(self, request: Request) -> Response:
        """The same for a screen on the wall: numbers and names of areas, and nobody's name."""
        who = required(request, Action.SEE_RECORDS)
        return await self._drawn(request, who, "board/wall.html")

    @route("/settled", methods=["GET"], name="board_settled")
    async def settled(self, request: Request) -> Response:
        """The cases behind a share: of a level, a kind, some days."""
        who = required(request, Action.SEE_RECORDS)
        query = request.query_params
        level, sort = query.get("level", "")[:CODE_MAX], query.get("sort", "")[:CODE_MAX]
        if (level and level not in LEVELS) or (sort and code_table("case_kind").get(sort) is None):
            raise NotFound
        span = (_day(query.get("first", "")), _day(query.get("last", "")))
        area = query.get("area") or who.area_id
        lines = await in_thread(lambda: self._settled(who, area, span, (level, sort)))
        names = (code_name("work_level", level), code_name("case_kind", sort))
        return self.draw(
            request,
            "board/settled.html",
            title=" · ".join(filter(None, (say("board.settled"), *names))),
            lines=lines[:LIST_MAX],
            number=len(lines),
            most=LIST_MAX,
            area=area,
            span=span,
        )

    @route("/collection/{area:uuid}", methods=["GET"], name="board_collection")
    async def collection(self, request: Request) -> Response:
        """How far a community's collection is, and the next step."""
        who = required(request, Action.SEE_RECORDS)
        page = await in_thread(lambda: self._steps(who, str(request.path_params["area"])))
        return self.draw(
            request,
            "board/collection.html",
            title=f"{page.area.name} · {say('board.collection')}",
            page=page,
            target=TARGET,
            list_url=lister(request, who),
            offers=may_follow(page.steps[0] if page.steps else None),
        )

    @route("/collection/{area:uuid}", methods=["POST"], name="board_collection_step")
    async def collection_step(self, request: Request) -> Response:
        """Reports, looks through, accepts or returns it."""
        form = await request.form()
        state, reason = str(form.get("state") or ""), str(form.get("reason") or "")
        own = state == State.COLLECTED
        who = required(request, Action.REPORT_COLLECTION if own else Action.ACCEPT_COLLECTION)
        area = str(request.path_params["area"])
        back = f"{self.path}/collection/{area}"
        try:
            await in_thread(lambda: counted_up(self.desk, who.town))
            page = await in_thread(lambda: self._steps(who, area))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return await self.done(
            request,
            lambda act: note_step(act, area, state, page.figures.figures, reason=reason),
            back,
            "board.noted",
        )

    async def _drawn(self, request: Request, who: AccountIdentity, template: str) -> Response:
        first = _monday(request.query_params.get("week", ""), self.desk.clock())
        wanted = request.query_params.get("area") or who.area_id
        page = await in_thread(lambda: self._page(who, wanted, first))
        week = timedelta(days=7)
        return self.draw(
            request,
            template,
            title=f"{page.board.asked.area.name} · {say('menu.board')}",
            page=page,
            target=TARGET,
            list_url=lister(request, who),
            earlier=first - week,
            later=first + week,
            is_now=first == this_week(self.desk.clock())[0],
            share_days=SHARE_DAYS,
            again=AGAIN_SECONDS,
        )

    def _page(self, who: AccountIdentity, wanted: str, first: date) -> BoardPage:
        progress = counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        now, span = self.desk.clock(), (first, first + timedelta(days=6))
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, wanted)
            asked = asked_of(conn, who, area.id, span, now=now)
            board = board_of(conn, asked, tree, area_figures(conn, who, now))
            shown = board.here.grids
            kept = days(conn, Asked(who.town, shown, now), DAYS)
            shapes = drawn_map(
                boundaries(conn, who.town, shown, now), _corners(conn, who, shown), dots=False
            )
        return BoardPage(
            board=board,
            above=way_down(tree, area),
            progress=progress,
            rates=trend([(each.day, each.rate) for each in kept], TARGET),
            weeks=columns([(week.first, week.found, week.settled) for week in board.weeks]),
            map=shapes,
            names={each.id: each.name for each in tree},
        )

    def _settled(
        self, who: AccountIdentity, area: str, span: tuple[date, date], which: tuple[str, str]
    ) -> list[tuple[str, str]]:
        """The address and the name of each."""
        level, sort = which
        with reading(self.desk.engine) as conn:
            tree = {each.id: each for each in areas_below(conn, who.town, who.area_id)}
            asked = asked_of(conn, who, area, span, now=self.desk.clock())
            cases = settled_by(Work(conn, asked, tree).cases, span, level=level, sort=sort)
        return [
            (
                f"/casework/cases/{one.id}",
                _named(one, tree[one.grid]),
            )
            for one in cases
        ]

    def _steps(self, who: AccountIdentity, wanted: str) -> StepsPage:
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, wanted)
            if area.level is not Level.COMMUNITY:
                raise NotFound
            grids = frozenset(each.id for each in tree if each.parent_id == area.id)
            doors = area_figures(conn, who, self.desk.clock())
            figures = together([doors[grid] for grid in grids if grid in doors])
            steps = steps_of(conn, who.town, area.id)
            names = names_of(conn, who.town, {step.by for step in steps})
        return StepsPage(area, AreaFigures(area, figures, grids), steps, names)


def _named(one: Seen, grid: Area) -> str:
    sort, number = code_name("case_kind", one.case.sort), receipt_number(one.case, one.rules.zone)
    return f"{sort} {number} · {grid.name}"


def _corners(
    conn: Connection, who: AccountIdentity, grids: frozenset[str]
) -> dict[str, list[Door]]:
    """Of each grid the corners of what its doors lie in: enough to draw it without its boundary."""
    lat, lon = col(DwellingRow.lat), col(DwellingRow.lon)
    rows = conn.execute(
        select(col(DwellingRow.grid), func.min(lat), func.max(lat), func.min(lon), func.max(lon))
        .where(
            col(DwellingRow.town_id) == who.town,
            col(DwellingRow.grid).in_(sorted(grids)),
            col(DwellingRow.deleted).is_(False),
            lat.is_not(None),
        )
        .group_by(col(DwellingRow.grid))
    )
    return {
        grid: [
            Door("", "", "", lat=y, lon=x)
            for y, x in ((south, west), (south, east), (north, west), (north, east))
        ]
        for grid, south, north, west, east in rows
    }


def _monday(typed: str, now: int) -> date:
    first, _ = this_week(now)
    try:
        return min(week_of(date.fromisoformat(typed)), first)
    except ValueError:
        return first


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise NotFound from error
