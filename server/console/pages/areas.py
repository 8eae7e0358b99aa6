"""Areas: the tree of town, communities and grids, and changing it."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.counts import households_by_grid, workers_by_area
from server.console.words import say
from server.db.engine import reading
from server.office.area_edits import NewArea, add_area, end_area, rename_area
from server.office.areas import Area, Level, areas_below
from server.office.people import AccountIdentity
from server.office.roles import Action

NAME_MAX = 100
CODE_MAX = 30
_DEPTH = {Level.TOWN: 0, Level.COMMUNITY: 1, Level.GRID: 2}


class AreaLine(Struct, frozen=True):
    """One area of the tree, in its place."""

    area: Area
    depth: int
    households: int
    workers: int
    stands: bool
    children: bool


class AreaPages(Pages):
    """The tree."""

    path = "/areas"
    route_name = "areas"

    @route("")
    async def index(self, request: Request) -> Response:
        """The reader's area and all below it."""
        who = required(request, Action.SEE_AREAS)
        lines = await in_thread(lambda: self._lines(who))
        return self.draw(request, "areas.html", title=say("menu.areas"), lines=lines)

    @route("/new", methods=["POST"], name="area_add")
    async def add(self, request: Request) -> Response:
        """Adds a community or a grid."""
        required(request, Action.MANAGE_AREAS)
        form = await request.form()
        new = NewArea(
            parent_id=str(form.get("parent") or ""),
            code=str(form.get("code") or "")[:CODE_MAX],
            name=str(form.get("name") or "")[:NAME_MAX],
        )
        return await self.done(request, lambda act: add_area(act, new), "/areas", "area.added")

    @route("/{id:uuid}/rename", methods=["POST"], name="area_rename")
    async def rename(self, request: Request) -> Response:
        """Gives an area another name."""
        required(request, Action.MANAGE_AREAS)
        name = str((await request.form()).get("name") or "")[:NAME_MAX]
        return await self.done(
            request, lambda act: rename_area(act, _id(request), name), "/areas", "area.renamed"
        )

    @route("/{id:uuid}/end", methods=["POST"], name="area_end")
    async def end(self, request: Request) -> Response:
        """Ends an area; its past stays."""
        required(request, Action.MANAGE_AREAS)
        return await self.done(
            request, lambda act: end_area(act, _id(request)), "/areas", "area.ended"
        )

    def _lines(self, who: AccountIdentity) -> list[AreaLine]:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            below = areas_below(conn, who.town, who.area_id)
            households = households_by_grid(conn, who)
            workers = workers_by_area(conn, who, now)
        inside = {area.id for area in below}
        children: dict[str, list[Area]] = defaultdict(list)
        for area in below:
            if area.parent_id in inside and area.parent_id is not None:
                children[area.parent_id].append(area)
        root = next(area for area in below if area.id == who.area_id)
        return [
            AreaLine(
                area=area,
                depth=_DEPTH[area.level] - _DEPTH[root.level],
                households=sum(households.get(a.id, 0) for a in _walk(area, children)),
                workers=workers.get(area.id, 0),
                stands=area.stands(now),
                children=any(child.stands(now) for child in children[area.id]),
            )
            for area in _walk(root, children)
        ]


def _walk(area: Area, children: dict[str, list[Area]]) -> Iterator[Area]:
    yield area
    for child in children.get(area.id, ()):
        yield from _walk(child, children)


def _id(request: Request) -> str:
    return str(request.path_params["id"])
