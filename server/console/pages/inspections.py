"""Weekly inspections: drawing a sample, the inspector's sheet, findings, and closing."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.inspection_lines import (
    InspectionPage,
    drawn_again,
    inspection_page,
    severities,
    sheet_of,
)
from server.console.labels import Sight, sight_of
from server.console.pages.base import Pages
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.inspections.drawing import EACH_MAX, Inspection, Wanted, draw, inspections
from server.inspections.findings import TASK_MAX, Findings, Noted
from server.inspections.sample import SEED_MAX
from server.office.act import acting
from server.office.areas import Area, areas, subtree
from server.office.people import AccountIdentity
from server.office.roles import Action

HOUSEHOLDS, CASES = 5, 3
"""What is drawn where nobody says otherwise."""
NUMBER_MAX = 6


class Listed(Struct, frozen=True):
    """The inspections so far, and where another can be drawn."""

    inspections: list[Inspection]
    names: dict[str, str]
    areas: list[Area]


class InspectionPages(Pages):
    """Samples, and what was found."""

    path = "/inspections"
    route_name = "inspections"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._findings = Findings(desk.register, desk.engine, desk.clock)

    @route("")
    async def index(self, request: Request) -> Response:
        """The inspections so far, and the form of another."""
        who = required(request, Action.SEE_RECORDS)
        return self.draw(
            request,
            "inspections/index.html",
            title=say("menu.inspections"),
            listed=await in_thread(lambda: self._listed(who)),
            first={"households": HOUSEHOLDS, "cases": CASES},
            most={"each": EACH_MAX, "seed": SEED_MAX},
        )

    @route("/draw", methods=["POST"], name="inspection_draw")
    async def drawing(self, request: Request) -> Response:
        """Draws a sample and leads to it."""
        who = required(request, Action.INSPECT)
        form = await request.form()
        wanted = Wanted(
            area_id=str(form.get("area") or who.area_id),
            households=_number(form.get("households")),
            cases=_number(form.get("cases")),
            seed=str(form.get("seed") or ""),
        )
        try:
            made = await in_thread(lambda: self._draw(who, wanted))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        return self.onward(request, f"{self.path}/{made}", "inspection.was_drawn")

    @route("/{id:uuid}", methods=["GET"], name="inspection")
    async def one(self, request: Request) -> Response:
        """The sample, with what was found of each."""
        who, sight = required(request, Action.SEE_RECORDS), sight_of(request)
        page = await in_thread(lambda: self._page(who, _id(request), sight))
        same = None
        if page.own and "again" in request.query_params:
            same = await in_thread(lambda: self._again(who, page.inspection))
        return self.draw(
            request,
            "inspections/one.html",
            title=say("inspection.of", area=page.area),
            page=page,
            same=same,
            severities=severities(),
            most=TASK_MAX,
        )

    @route("/{id:uuid}/sheet", methods=["GET"], name="inspection_sheet")
    async def sheet(self, request: Request) -> Response:
        """The inspector's sheet on paper."""
        who, sight = required(request, Action.INSPECT), sight_of(request)
        page = await in_thread(lambda: self._page(who, _id(request), sight))
        return await self.printed(who, [sheet_of(page)], "inspection", page.inspection.id)

    @route("/{id:uuid}/finding", methods=["POST"], name="inspection_finding")
    async def finding(self, request: Request) -> Response:
        """Writes what was found of one item; a task becomes a case of the grid."""
        who = required(request, Action.INSPECT)
        form, here = await request.form(), f"{self.path}/{_id(request)}"
        noted = Noted(
            item=_number(form.get("item")),
            severity=str(form.get("severity") or ""),
            text=str(form.get("text") or ""),
            task=str(form.get("task") or ""),
        )
        try:
            await in_thread(lambda: self._findings.note(who, _id(request), noted))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, here, "inspection.noted")

    @route("/{id:uuid}/close", methods=["POST"], name="inspection_close")
    async def close(self, request: Request) -> Response:
        """Closes it: everything was looked at, and every task is settled."""
        required(request, Action.INSPECT)
        return await self.done(
            request,
            lambda act: self._findings.close(act, _id(request)),
            f"{self.path}/{_id(request)}",
            "inspection.was_closed",
        )

    def _listed(self, who: AccountIdentity) -> Listed:
        with reading(self.desk.engine) as conn:
            tree = areas(conn, who.town)
            own = [a for a in subtree(tree, who.area_id) if a.stands(self.desk.clock())]
            return Listed(inspections(conn, who), {area.id: area.name for area in tree}, own)

    def _draw(self, who: AccountIdentity, wanted: Wanted) -> str:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return draw(act, wanted)

    def _page(self, who: AccountIdentity, id_: str, sight: Sight) -> InspectionPage:
        return inspection_page(self.desk, who, id_, sight)

    def _again(self, who: AccountIdentity, one: Inspection) -> bool:
        with reading(self.desk.engine) as conn:
            return drawn_again(conn, who, one, self.desk.clock())


def _id(request: Request) -> str:
    return str(request.path_params["id"])


def _number(typed: object) -> int:
    text = str(typed or "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= NUMBER_MAX else -1
