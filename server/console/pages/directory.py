"""The directory of numbers and the stations: one place to change what cards and boards say."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.words import language, pick, say
from server.db.engine import reading
from server.office.areas import Area, Level, areas, areas_below
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.service.directory import (
    Line,
    Written,
    add_line,
    add_national,
    change_line,
    end_line,
    lines_seen,
)
from server.service.stations import Station, set_station, stations
from server.service.subjects import SUBJECT_WORDS, Subject

FIELD_MAX = 200
"""Longer than anything that is accepted: so that what is refused is refused in words."""


class DirectoryPage(Struct, frozen=True):
    """What the page shows."""

    lines: Sequence[Line]
    areas: Mapping[str, Area]
    """Those of the reader, in the order of the tree: only there can numbers be changed."""
    names: Mapping[str, str]
    """Of all areas of the town."""
    stations: Mapping[str, Station]
    may_have_station: Sequence[Area]


class DirectoryPages(Pages):
    """The directory and the stations."""

    path = "/directory"
    route_name = "directory"

    @route("")
    async def index(self, request: Request) -> Response:
        """The numbers that hold today, and where people go."""
        who = required(request, Action.SEE_AREAS)
        page = await in_thread(lambda: self._page(who))
        return self.draw(
            request,
            "directory.html",
            title=say("menu.directory"),
            page=page,
            subjects={subject.value: pick(SUBJECT_WORDS[subject]) for subject in Subject},
            own_area=who.area_id,
        )

    @route("/new", methods=["POST"], name="directory_add")
    async def add(self, request: Request) -> Response:
        """Adds a number."""
        required(request, Action.MANAGE_SERVICE)
        written = _written(await request.form())
        return await self.done(
            request, lambda act: add_line(act, written), self.path, "directory.added"
        )

    @route("/national", methods=["POST"], name="directory_national")
    async def national(self, request: Request) -> Response:
        """Adds the numbers that are the same everywhere."""
        who = required(request, Action.MANAGE_SERVICE)
        tongue = language()
        return await self.done(
            request,
            lambda act: add_national(act, who.area_id, tongue),
            self.path,
            "directory.added",
        )

    @route("/{id:uuid}", methods=["POST"], name="directory_change")
    async def change(self, request: Request) -> Response:
        """Changes a number from now on."""
        required(request, Action.MANAGE_SERVICE)
        written = _written(await request.form())
        return await self.done(
            request,
            lambda act: change_line(act, _id(request), written),
            self.path,
            "directory.changed",
        )

    @route("/{id:uuid}/end", methods=["POST"], name="directory_end")
    async def end(self, request: Request) -> Response:
        """Takes a number out from now on."""
        required(request, Action.MANAGE_SERVICE)
        return await self.done(
            request, lambda act: end_line(act, _id(request)), self.path, "directory.ended"
        )

    @route("/station/{id:uuid}", methods=["POST"], name="station_set")
    async def station(self, request: Request) -> Response:
        """Writes a station."""
        required(request, Action.MANAGE_SERVICE)
        form = await request.form()
        station = Station(
            area_id=_id(request),
            name=_field(form, "name"),
            address=_field(form, "address"),
            hours=_field(form, "hours"),
            phone=_field(form, "phone"),
        )
        return await self.done(
            request, lambda act: set_station(act, station), self.path, "directory.station_saved"
        )

    def _page(self, who: AccountIdentity) -> DirectoryPage:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = [a for a in areas_below(conn, who.town, who.area_id) if a.stands(now)]
            return DirectoryPage(
                lines=lines_seen(conn, who.town, who.area_id, now),
                areas={area.id: area for area in tree},
                names={area.id: area.name for area in areas(conn, who.town)},
                stations=stations(conn, who.town),
                may_have_station=[area for area in tree if area.level is not Level.GRID],
            )


def _written(form: FormData) -> Written:
    return Written(
        area_id=_field(form, "area"),
        subject=_field(form, "subject"),
        number=_field(form, "number"),
        name=_field(form, "name"),
        hours=_field(form, "hours"),
    )


def _field(form: FormData, name: str) -> str:
    return str(form.get(name) or "")[:FIELD_MAX]


def _id(request: Request) -> str:
    return str(request.path_params["id"])
