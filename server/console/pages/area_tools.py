"""Areas in bulk: boundaries from GeoJSON, areas from a table, and how evenly work is shared."""

import base64
import binascii
from collections.abc import Sequence

from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.clock import midnight
from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.coverage import (
    STEPS_AT_ONCE,
    chosen_area,
    counting_of,
    day_in,
    way_down,
)
from server.console.pages.maps import building_title
from server.console.words import pick, say
from server.coverage.balance import GridLoad, Move, loads, of_building
from server.coverage.figures import Asked, figures_by_building
from server.coverage.loads import Load
from server.db.engine import reading
from server.errors import ServerError
from server.imports.tables import FILE_MAX
from server.office.act import Act
from server.office.area_tables import AreaLine, Doing, plan_areas, read_areas, take_areas
from server.office.areas import Area, Level, areas, areas_below, subtree
from server.office.boundaries import read_boundaries, set_boundary
from server.office.people import AccountIdentity
from server.office.roles import Action

NAMED_MAX = 5
"""Strangers of a file that are named one by one."""


class Balance(Struct, frozen=True):
    """What the page of balance shows."""

    area: Area
    above: Sequence[Area]
    grids: Sequence[GridLoad]
    after: Sequence[GridLoad]
    """As they would be after the move; empty where none was asked for."""
    moved: Load
    move: Move | None
    buildings: Sequence[tuple[str, str, str]]
    """Grid, name and title of each building of the grid that one would move from."""


class BoundaryPages(Pages):
    """Boundaries of areas."""

    path = "/boundaries"
    route_name = "boundaries"

    @route("/upload", methods=["POST"], name="boundaries_upload")
    async def upload(self, request: Request) -> Response:
        """Takes the boundaries of a file, from a day on."""
        who = required(request, Action.MANAGE_AREAS)
        form = await request.form()
        file, only = form.get("file"), str(form.get("area") or "")
        content = await file.read() if isinstance(file, UploadFile) else b""
        since = day_in(str(form.get("since") or "")) or midnight(self.desk.clock())

        def work(act: Act) -> None:
            tree = areas_below(act.conn, who.town, who.area_id)
            read = read_boundaries(content, tree, only)
            for one in read.boundaries:
                set_boundary(act, one, since)
            told.append((len(read.boundaries), read.faults))

        told: list[tuple[int, tuple[str, ...]]] = []
        answer = await self.done(request, work, "/areas", "boundary.taken")
        for _, faults in told:
            if faults:
                named = say("app.comma").join(faults[:NAMED_MAX])
                flash(request, say("boundary.strangers", n=len(faults), names=named), "warning")
        return answer


class AreaTablePages(Pages):
    """Areas from a table."""

    path = "/area-table"
    route_name = "area_table"

    @route("/check", methods=["POST"], name="area_table_check")
    async def check(self, request: Request) -> Response:
        """What every row of the file would do."""
        required(request, Action.MANAGE_AREAS)
        file = (await request.form()).get("file")
        content = await file.read(FILE_MAX + 1) if isinstance(file, UploadFile) else b""
        return await self._dry_run(request, content)

    @route("/take", methods=["POST"], name="area_table_take")
    async def take(self, request: Request) -> Response:
        """Does what the dry run said, if it would still do the same."""
        who = required(request, Action.MANAGE_AREAS)
        try:
            content = base64.b64decode(str((await request.form()).get("content") or ""))
        except binascii.Error:
            content = b""

        def work(act: Act) -> None:
            lines = plan_areas(read_areas(content), areas(act.conn, who.town), act.now)
            take_areas(act, [line for line in lines if line.doing is not Doing.WRONG])

        return await self.done(request, work, "/areas", "area_table.taken")

    async def _dry_run(self, request: Request, content: bytes) -> Response:
        who = required(request, Action.MANAGE_AREAS)

        def planned() -> list[AreaLine]:
            with reading(self.desk.engine) as conn:
                return plan_areas(read_areas(content), areas(conn, who.town), self.desk.clock())

        try:
            lines = await in_thread(planned)
        except ServerError as error:
            return self.refused(request, "/areas", error)
        counts = {doing: sum(1 for line in lines if line.doing is doing) for doing in Doing}
        return self.draw(
            request,
            "area_table.html",
            title=say("area_table.title"),
            lines=lines,
            counts=counts,
            content=base64.b64encode(content).decode(),
            words=lambda line: pick(line.fault) if line.fault else "",
        )


class BalancePages(Pages):
    """The balance of grids."""

    path = "/balance"
    route_name = "balance"

    @route("")
    async def index(self, request: Request) -> Response:
        """What each grid has to look after, and what moving a building would change."""
        who = required(request, Action.SEE_STAFF)
        asked = {name: request.query_params.get(name, "") for name in ("area", "grid", "to")}
        building = request.query_params.get("building")
        page = await in_thread(lambda: self._page(who, asked, building))
        return self.draw(request, "balance.html", title=say("balance.title"), page=page)

    def _page(self, who: AccountIdentity, asked: dict[str, str], building: str | None) -> Balance:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, asked["area"] or who.area_id)
            grids = frozenset(a.id for a in subtree(tree, area.id) if a.level is Level.GRID)
            wanted = Asked(who.town, grids, self.desk.clock())
            source, target = asked["grid"], asked["to"]
            possible = building is not None and {source, target} <= grids and source != target
            move = Move(source, building or "", target) if possible else None
            names = figures_by_building(conn, Asked(who.town, grids & {source}, wanted.now))
            return Balance(
                area=area,
                above=way_down(tree, area),
                grids=loads(conn, wanted),
                after=loads(conn, wanted, move) if move else [],
                moved=of_building(conn, wanted, move.source, move.building) if move else Load(),
                move=move,
                buildings=[
                    (grid, name, building_title(name))
                    for grid, name in sorted(names, key=lambda key: (len(key[1]), key[1]))
                ],
            )
