"""The map of a grid and the cover of a building's archive, as PDF."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.doors import doors_by_grid
from server.console.drawn import drawn_map, entrances
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, chosen_area, counting_of, way_down
from server.console.pages.maps import BUILDING_MAX, building_title, legend_of
from server.console.picture_papers import cover_paper, map_paper
from server.console.words import language, say
from server.db.engine import reading
from server.errors import NotFound
from server.office.areas import Level, areas_below
from server.office.boundaries import boundaries
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.paper.blocks import Paper
from server.service.people import people_in


class PicturePaperPages(Pages):
    """Pictures on paper."""

    path = "/picture-papers"
    route_name = "picture_papers"

    @route("/map/{grid:uuid}", methods=["GET"], name="map_paper")
    async def map(self, request: Request) -> Response:
        """A grid's buildings on its map."""
        who, grid = required(request, Action.SEE_RECORDS), str(request.path_params["grid"])
        paper = await in_thread(lambda: self._map(who, grid))
        return await self.printed(who, [paper], "grid-map", grid)

    @route("/cover/{grid:uuid}", methods=["GET"], name="cover_paper")
    async def cover(self, request: Request) -> Response:
        """The cover of a building."""
        who = required(request, Action.SEE_RECORDS)
        grid, tongue = str(request.path_params["grid"]), language()
        name = request.query_params.get("name", "")[:BUILDING_MAX]
        paper = await in_thread(lambda: self._cover(who, (grid, name), tongue))
        return await self.printed(who, [paper], "building-cover", f"{grid} {name}")

    def _map(self, who: AccountIdentity, grid: str) -> Paper:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, grid)
            if area.level is not Level.GRID:
                raise NotFound
            doors = doors_by_grid(conn, who, [grid])
            drawn = drawn_map(boundaries(conn, who.town, [grid], now), doors, dots=True)
            if drawn is None:
                raise NotFound
            above = " · ".join(each.name for each in way_down(tree, area)[:-1])
        heading = (say("cover.map_of", name=area.name), above)
        return map_paper(heading, drawn, doors.get(grid, []), building_title, now=now)

    def _cover(self, who: AccountIdentity, place: tuple[str, str], tongue: str) -> Paper:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        (grid, name), now = place, self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            area = chosen_area(tree, grid)
            doors = doors_by_grid(conn, who, [grid], name).get(grid, [])
            if not doors:
                raise NotFound
            people = people_in(conn, who.town, [grid], now)[grid]
            legend = legend_of(conn, who.town, tongue)
            above = " · ".join(each.name for each in way_down(tree, area))
        heading = (say("cover.of", name=building_title(name)), above)
        return cover_paper(heading, entrances(doors), legend, people, now=now)
