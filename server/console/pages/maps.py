"""Maps of grids and their doors, buildings floor by floor, and the legend that they share."""

from collections import Counter
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.doors import doors_by_grid, spans
from server.console.drawn import Entrance, Map, drawn_map, entrances
from server.console.labels import form_of
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, chosen_area, counting_of, way_down
from server.console.words import language, say
from server.coverage.counting import Progress
from server.coverage.figures import Asked, Figures, figures_by_building
from server.coverage.sums import sums_by_grid
from server.db.engine import reading
from server.errors import NotFound
from server.office.areas import Area, Level, areas_below, subtree
from server.office.boundaries import as_geojson, boundaries
from server.office.legend import PALETTE, Legend, Sign, change_legend, legend
from server.office.people import AccountIdentity
from server.office.roles import Action
from shared.coverage import TARGET

BUILDING_MAX = 200
"""Characters of a building's name in an address."""


class MapPage(Struct, frozen=True):
    """What the map's page shows."""

    area: Area
    above: Sequence[Area]
    names: Mapping[str, str]
    map: Map | None
    legend: Legend
    states: Mapping[str, int]
    figures: Mapping[str, Figures]
    progress: Progress


class BuildingLine(Struct, frozen=True):
    """One building of the list."""

    grid: Area
    title: str
    figures: Figures
    address: str


class PicturePage(Struct, frozen=True):
    """One building."""

    grid: Area
    above: Sequence[Area]
    name: str
    entrances: Sequence[Entrance]
    legend: Legend
    states: Mapping[str, int]
    marks: Mapping[str, int]
    doors: int


class MapPages(Pages):
    """Maps."""

    path = "/map"
    route_name = "map"

    @route("")
    async def index(self, request: Request) -> Response:
        """An area's grids; of one grid, or a few, every door."""
        who = required(request, Action.SEE_RECORDS)
        chosen = request.query_params.get("area", "")
        page = await in_thread(lambda: self._page(who, chosen, language()))
        return self.draw(request, "coverage/map.html", title=say("coverage.map"), page=page)

    @route("/boundaries", methods=["GET"], name="map_boundaries")
    async def download(self, request: Request) -> Response:
        """The boundaries of the reader's area as GeoJSON."""
        who = required(request, Action.SEE_AREAS)

        def made() -> bytes:
            with reading(self.desk.engine) as conn:
                tree = areas_below(conn, who.town, who.area_id)
                ids = [area.id for area in tree]
                return as_geojson(boundaries(conn, who.town, ids, self.desk.clock()), tree)

        headers = {"Content-Disposition": 'attachment; filename="boundaries.geojson"'}
        content = await in_thread(made)
        return Response(content, media_type="application/geo+json", headers=headers)

    def _page(self, who: AccountIdentity, chosen: str, tongue: str) -> MapPage:
        progress = counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, chosen or who.area_id)
            grids = [a for a in subtree(tree, area.id) if a.level is Level.GRID and a.stands(now)]
            ids = frozenset(grid.id for grid in grids)
            known = boundaries(conn, who.town, ids, now)
            if area.level is Level.GRID:
                drawn = drawn_map(known, doors_by_grid(conn, who, ids), dots=True)
            else:
                drawn = drawn_map(known, {}, dots=False, spans=spans(conn, who, ids - known.keys()))
            sums = sums_by_grid(conn, who.town, ids)
            return MapPage(
                area=area,
                above=way_down(tree, area),
                names={grid.id: grid.name for grid in grids},
                map=drawn,
                legend=legend_of(conn, who.town, tongue),
                states=sum((Counter(of.states) for of in sums.values()), Counter()),
                figures={grid: of.figures for grid, of in sums.items()},
                progress=progress,
            )


class BuildingPages(Pages):
    """Buildings."""

    path = "/buildings"
    route_name = "buildings"

    @route("")
    async def index(self, request: Request) -> Response:
        """The buildings of an area."""
        who = required(request, Action.SEE_RECORDS)
        chosen = request.query_params.get("area", "")
        area, above, lines = await in_thread(lambda: self._lines(who, chosen))
        return self.draw(
            request,
            "coverage/buildings.html",
            title=say("coverage.buildings"),
            area=area,
            above=above,
            lines=lines,
            target=TARGET,
        )

    @route("/{grid:uuid}", methods=["GET"], name="building")
    async def building(self, request: Request) -> Response:
        """One building, floor by floor; printed, it is its cover."""
        who = required(request, Action.SEE_RECORDS)
        grid = str(request.path_params["grid"])
        name = request.query_params.get("name", "")[:BUILDING_MAX]
        page = await in_thread(lambda: self._picture(who, (grid, name), language()))
        return self.draw(
            request,
            "coverage/building.html",
            title=building_title(page.name),
            page=page,
            now=self.desk.clock(),
        )

    def _lines(
        self, who: AccountIdentity, chosen: str
    ) -> tuple[Area, Sequence[Area], list[BuildingLine]]:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, chosen or who.area_id)
            inside = {a.id: a for a in subtree(tree, area.id) if a.level is Level.GRID}
            asked = Asked(who.town, frozenset(inside), self.desk.clock())
            found = figures_by_building(conn, asked)
        lines = [
            BuildingLine(
                inside[grid],
                building_title(name),
                figures,
                f"/buildings/{grid}?name={quote(name, safe='')}",
            )
            for (grid, name), figures in sorted(found.items(), key=lambda e: (len(e[0][1]), e[0]))
        ]
        lines.sort(key=lambda line: line.grid.code)
        return area, way_down(tree, area), lines

    def _picture(self, who: AccountIdentity, place: tuple[str, str], tongue: str) -> PicturePage:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        grid, name = place
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, grid)
            doors = doors_by_grid(conn, who, [grid], name).get(grid, [])
            if not doors:
                raise NotFound
            return PicturePage(
                grid=area,
                above=way_down(tree, area),
                name=name,
                entrances=entrances(doors),
                legend=legend_of(conn, who.town, tongue),
                states=Counter(door.state for door in doors),
                marks=Counter(mark for door in doors for mark in door.marks.split()),
                doors=len(doors),
            )


class LegendPages(Pages):
    """The legend."""

    path = "/legend"
    route_name = "legend"

    @route("")
    async def index(self, request: Request) -> Response:
        """All signs; who manages areas changes their colours and letters."""
        who = required(request, Action.SEE_RECORDS)
        tongue = language()

        def read() -> Legend:
            with reading(self.desk.engine) as conn:
                return legend_of(conn, who.town, tongue)

        shown = await in_thread(read)
        return self.draw(
            request,
            "coverage/legend.html",
            title=say("legend.title"),
            legend=shown,
            palette=PALETTE,
        )

    @route("/change", methods=["POST"], name="legend_change")
    async def change(self, request: Request) -> Response:
        """Draws the signs as they were chosen."""
        required(request, Action.MANAGE_AREAS)
        form = await request.form()
        asked = [
            Sign(
                key.removeprefix("letter:"),
                str(form.get(f"colour:{key.removeprefix('letter:')}") or ""),
                str(value).strip(),
            )
            for key, value in form.items()
            if key.startswith("letter:")
        ]
        of_households = form_of("household")
        return await self.done(
            request, lambda act: change_legend(act, of_households, asked), "/legend", "legend.saved"
        )


def legend_of(conn: Connection, town: str, tongue: str) -> Legend:
    """The town's legend, its marks called as the form of households does."""
    return legend(conn, town, form_of("household"), tongue)


def building_title(name: str) -> str:
    """What a building is called: a bare number is a building's number."""
    if not name:
        return say("picture.unnamed")
    return say("picture.named", name=name) if name.isdigit() else name
