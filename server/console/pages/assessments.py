"""Monthly assessments: the grids in the order of their codes, and each sheet with its numbers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.assessment.formula import ADJUST_MAX, WEIGHTS, Part, Scheme, Score, score
from server.assessment.measures import Counted, measures
from server.assessment.sheets import (
    Frozen,
    Signed,
    answer,
    frozen,
    is_over,
    last_day,
    month_of,
    object_to,
    scheme_of,
    set_scheme,
    sign,
    signed_sheets,
)
from server.clock import town_time
from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, counting_of
from server.console.pages.summary import counted_up
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.act import Act
from server.office.areas import Area, Level, areas, areas_below
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.summary.counting import asked_of

TEXT_MAX = 600
RECORD_PAGES: Mapping[str, str] = MappingProxyType(
    {
        Part.CASES: "/casework/cases/",
        Part.MEDIATION: "/casework/cases/",
        Part.VISITS: "/visits/detail?pk=",
        Part.QUALITY: "/dwellings/detail?pk=",
    }
)
"""Where a record behind a part is looked at, before its id; the reports have a board."""


class GridLine(Struct, frozen=True):
    """A grid of the list."""

    grid: Area
    signed: Signed | None


class Sheet(Struct, frozen=True):
    """A month of a grid: as it was signed, or as it stands now."""

    grid: Area
    scheme: Scheme
    score: Score
    behind: Mapping[str, Frozen]
    """What is behind the numbers of each part."""
    signed: Signed | None


class AssessmentPages(Pages):
    """The months."""

    path = "/assessments"
    route_name = "assessments"

    @route("")
    async def index(self, request: Request) -> Response:
        """The grids of a month, and the formula."""
        who = required(request, Action.SEE_RECORDS)
        first = self._month(request.query_params.get("month", ""))
        scheme, lines = await in_thread(lambda: self._lines(who, first))
        return self.draw(
            request,
            "assessment/index.html",
            title=say("menu.assessments"),
            month=month_of(first),
            scheme=scheme,
            weights=WEIGHTS if scheme is None else scheme.weights,
            lines=lines,
            parts=tuple(Part),
        )

    @route("/scheme", methods=["POST"], name="assessment_scheme")
    async def scheme(self, request: Request) -> Response:
        """Sets the formula, or switches assessments off."""
        required(request, Action.SET_SCHEME)
        form = await request.form()
        weights = {part.value: _number(form.get(part.value)) for part in Part}
        active = form.get("active") == "yes"
        return await self.done(
            request,
            lambda act: set_scheme(act, weights, active=active),
            self.path,
            "assessment.scheme_set",
        )

    @route("/{grid:uuid}/{month}", methods=["GET"], name="assessment")
    async def sheet(self, request: Request) -> Response:
        """One grid's month."""
        who = required(request, Action.SEE_RECORDS)
        grid, first = self._place(request)
        sheet = await in_thread(lambda: self._sheet(who, grid, first))
        return self.draw(
            request,
            "assessment/sheet.html",
            title=f"{sheet.grid.name} · {month_of(first)}",
            sheet=sheet,
            month=month_of(first),
            over=is_over(first, self.desk.clock()),
            pages=RECORD_PAGES,
            adjust_most=ADJUST_MAX,
        )

    @route("/{grid:uuid}/{month}/sign", methods=["POST"], name="assessment_sign")
    async def sign(self, request: Request) -> Response:
        """Freezes it."""
        who = required(request, Action.ASSESS)
        grid, first = self._place(request)
        form = await request.form()
        adjustment, reason = _signed_number(form.get("adjustment")), str(form.get("reason") or "")
        try:
            await in_thread(lambda: counted_up(self.desk, who.town))
        except ServerError as error:
            return self.refused(request, f"{self.path}/{grid}/{month_of(first)}", error)

        def work(act: Act) -> None:
            scheme, counted = self._counted(act.conn, who, grid, first)
            sign(
                act, (grid, first), counted, scheme, adjustment=adjustment,
                reason=reason[:TEXT_MAX],
            )  # fmt: skip

        return await self._act(request, work, "assessment.signed")

    @route("/{grid:uuid}/{month}/objection", methods=["POST"], name="assessment_object")
    async def objection(self, request: Request) -> Response:
        """Notes an objection."""
        required(request, Action.EDIT_RECORDS)
        place = self._place(request)
        words = str((await request.form()).get("words") or "")[:TEXT_MAX]
        return await self._act(
            request, lambda act: object_to(act, place, words), "assessment.noted"
        )

    @route("/{grid:uuid}/{month}/answer", methods=["POST"], name="assessment_answer")
    async def answer(self, request: Request) -> Response:
        """Answers it."""
        required(request, Action.ASSESS)
        place = self._place(request)
        words = str((await request.form()).get("words") or "")[:TEXT_MAX]
        return await self._act(request, lambda act: answer(act, place, words), "assessment.noted")

    async def _act(self, request: Request, work: Callable[[Act], object], said: str) -> Response:
        grid, first = self._place(request)
        return await self.done(request, work, f"{self.path}/{grid}/{month_of(first)}", said)

    def _month(self, typed: str) -> date:
        today = town_time(self.desk.clock()).date()
        last_month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        try:
            return date.fromisoformat(f"{typed}-01")
        except ValueError:
            return last_month

    def _place(self, request: Request) -> tuple[str, date]:
        typed = str(request.path_params["month"])
        first = self._month(typed)
        if month_of(first) != typed:
            raise NotFound
        return str(request.path_params["grid"]), first

    def _lines(self, who: AccountIdentity, first: date) -> tuple[Scheme | None, Sequence[GridLine]]:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            signed = signed_sheets(conn, who, first)
            tree = areas_below(conn, who.town, who.area_id)
            grids = [area for area in tree if area.level is Level.GRID and area.stands(now)]
            lines = [GridLine(grid, signed.get(grid.id)) for grid in grids]
            return scheme_of(conn, who.town), sorted(lines, key=lambda line: line.grid.code)

    def _sheet(self, who: AccountIdentity, grid: str, first: date) -> Sheet:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            area = next((a for a in areas_below(conn, who.town, who.area_id) if a.id == grid), None)
            if area is None or area.level is not Level.GRID:
                raise NotFound
            signed = signed_sheets(conn, who, first).get(grid)
            if signed is not None:
                kept = signed.snapshot
                return Sheet(area, kept.scheme, kept.score(signed.adjustment), kept.parts, signed)
            scheme, counted = self._counted(conn, who, grid, first)
        told = {part.value: frozen(each) for part, each in counted.items()}
        now = score({part: each.measure for part, each in told.items()}, scheme)
        return Sheet(area, scheme, now, told, None)

    def _counted(
        self, conn: Connection, who: AccountIdentity, grid: str, first: date
    ) -> tuple[Scheme, dict[Part, Counted]]:
        scheme = scheme_of(conn, who.town)
        if scheme is None:
            raise refused(
                "assessment_off", "本镇没有启用考核。", "This town does not assess months."
            )
        days = (first, last_day(first))
        asked = asked_of(conn, who, grid, days, now=self.desk.clock())
        tree = {area.id: area for area in areas(conn, who.town)}
        return scheme, measures(conn, asked, tree)


def _number(typed: object) -> int:
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) <= len(str(ADJUST_MAX)) + 2 else -1


def _signed_number(typed: object) -> float:
    try:
        return round(float(str(typed or "0")), 1)
    except ValueError:
        return ADJUST_MAX + 1.0
