"""Forms for a whole grid in one go, and a month of its diary: as a page to choose, and as PDF."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.desk import in_thread, required
from server.console.diary_lines import Diary, diary_of, diary_paper
from server.console.doors import doors_by_grid
from server.console.drawn import Door
from server.console.form_sheets import FormSheets
from server.console.labels import Sight, form_of, sight_of
from server.console.pages.base import Pages
from server.console.pages.coverage import STEPS_AT_ONCE, counting_of
from server.console.pages.form_papers import paper_number
from server.console.pages.maps import BUILDING_MAX, building_title
from server.console.words import language, say
from server.db.bulk import among
from server.db.engine import reading
from server.db.projections import HouseholdRow, ResidentRow
from server.errors import NotFound, ServerError
from server.forms.paper import Head, form_paper
from server.office.areas import Area, Level, areas_below
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.paper.blocks import Paper

DOORS_MAX = 400
"""Doors of one file: a grid has about three hundred."""
WITH_PEOPLE_MAX = 80
"""The same where each person has a form of their own: a building, or a few."""
REASON_MAX = 200
HOUSEHOLD, RESIDENT = "household", "resident"


class Chosen(Struct, frozen=True):
    """Which forms somebody asks for."""

    grid: str
    building: str | None
    people: bool
    """Whether each resident has a form, too."""
    reason: str


class Choices(Struct, frozen=True):
    """What can be chosen from."""

    grids: Sequence[Area]
    grid: str
    buildings: Sequence[tuple[str, str, int]]
    """Name, title, and how many doors."""
    doors: int


class GridPaperPages(Pages):
    """What is taken along for a round through a grid, and what is filed of its month."""

    path = "/grid-papers"
    route_name = "grid_papers"

    @route("")
    async def index(self, request: Request) -> Response:
        """Which grid, which building, which month."""
        who = required(request, Action.EDIT_RECORDS)
        wanted = request.query_params.get("grid", "")
        month = _month(request, self.desk.clock())
        choices = await in_thread(lambda: self._choices(who, wanted))
        return self.draw(
            request,
            "grid_papers.html",
            title=say("menu.grid_papers"),
            choices=choices,
            month=f"{month:%Y-%m}",
            diary=await in_thread(lambda: self._diary(who, (choices.grid, month), Sight.MASKED)),
            most={"doors": DOORS_MAX, "people": WITH_PEOPLE_MAX, "reason": REASON_MAX},
        )

    @route("/blank", methods=["GET"], name="grid_blank")
    async def blank(self, request: Request) -> Response:
        """A blank form for each door of a grid or building, with the door's name on it."""
        who = required(request, Action.EDIT_RECORDS)
        chosen = _chosen(dict(request.query_params))
        return await self._forms(request, who, chosen, lambda: self._blank(who, chosen))

    @route("/filled", methods=["POST"], name="grid_filled")
    async def filled(self, request: Request) -> Response:
        """The forms of all households of a grid or building; for what, is written down."""
        who = required(request, Action.EXPORT)
        posted = await request.form()
        chosen = _chosen({key: str(value) for key, value in posted.items()})
        sight = sight_of(request)
        return await self._forms(request, who, chosen, lambda: self._filled(who, chosen, sight))

    @route("/diary", methods=["GET"], name="diary_paper")
    async def diary(self, request: Request) -> Response:
        """A month of a grid's diary, to be filed."""
        who = required(request, Action.EDIT_RECORDS)
        grid = request.query_params.get("grid", "")
        month, sight = _month(request, self.desk.clock()), sight_of(request)
        told = await in_thread(lambda: self._diary(who, (grid, month), sight))
        if told is None:
            raise NotFound
        return await self.printed(who, [diary_paper(told)], "diary", f"{grid} {month:%Y-%m}")

    def _choices(self, who: AccountIdentity, wanted: str) -> Choices:
        counting_of(self.desk).go_on(who.town, STEPS_AT_ONCE)
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = areas_below(conn, who.town, who.area_id)
            grids = [a for a in tree if a.level is Level.GRID and a.stands(now)]
            if wanted and all(grid.id != wanted for grid in grids):
                raise NotFound
            grid = wanted or (grids[0].id if grids else "")
            doors = doors_by_grid(conn, who, [grid]).get(grid, []) if grid else []
        counts: dict[str, int] = {}
        for door in doors:
            counts[door.building] = counts.get(door.building, 0) + 1
        named = sorted(counts, key=lambda name: (len(name), name))
        buildings = [(name, building_title(name), counts[name]) for name in named]
        return Choices(grids, grid, buildings, len(doors))

    def _diary(self, who: AccountIdentity, which: tuple[str, date], sight: Sight) -> Diary | None:
        grid, month = which
        return diary_of(self.desk, who, grid, month, sight=sight) if grid in who.grids else None

    def _doors(self, conn: Connection, who: AccountIdentity, chosen: Chosen) -> list[Door]:
        """The doors, in their order. Raises NotFound or OfficeRefused."""
        doors = doors_by_grid(conn, who, [chosen.grid], chosen.building).get(chosen.grid, [])
        most = WITH_PEOPLE_MAX if chosen.people else DOORS_MAX
        if not doors:
            raise NotFound
        if len(doors) > most:
            raise refused(
                "too_many_doors",
                f"一次最多打印 {most} 户，请选择楼栋分批打印。",
                f"At most {most} doors at a time: choose a building.",
            )
        return doors

    def _blank(self, who: AccountIdentity, chosen: Chosen) -> list[Paper]:
        form = form_of(HOUSEHOLD)
        if form is None:
            raise NotFound
        with reading(self.desk.engine) as conn:
            doors = self._doors(conn, who, chosen)
        numbered = [(door, paper_number(self.desk.clock())) for door in doors]
        return [
            form_paper(
                form, language(), Head(door.label, number, f"doorstep:paper:{HOUSEHOLD}:{number}")
            )
            for door, number in numbered
        ]

    def _filled(self, who: AccountIdentity, chosen: Chosen, sight: Sight) -> list[Paper]:
        if not chosen.reason:
            raise refused("reason_missing", "请写明打印用途。", "Say what they are printed for.")
        with reading(self.desk.engine) as conn:
            doors = {door.id: door for door in self._doors(conn, who, chosen)}
            rows = _households(conn, who, chosen.grid)
            homes = {home: doors[dwelling] for home, dwelling in rows if dwelling in doors}
            people = _residents(conn, who, homes) if chosen.people else []
        place = {dwelling: at for at, dwelling in enumerate(doors)}
        wanted = sorted(homes, key=lambda home: place[homes[home].id])
        of_home: dict[str, list[str]] = {home: [home] for home in wanted}
        for person, home in people:
            of_home[home].append(person)
        ids = [each for some in of_home.values() for each in some]
        records = self.desk.register.records(who.town, ids)
        headings = {each: homes[home].label for home, some in of_home.items() for each in some}
        known = [records[each] for each in ids if each in records]
        return FormSheets(self.desk, who, sight).of(known, headings)

    async def _forms(
        self,
        request: Request,
        who: AccountIdentity,
        chosen: Chosen,
        make: Callable[[], list[Paper]],
    ) -> Response:
        back = f"{self.path}?grid={chosen.grid}"
        try:
            papers = await in_thread(make)
            if not papers:
                raise refused(
                    "nothing_to_print", "这里还没有登记住户。", "No household is registered here."
                )
            what = f"{chosen.grid} {chosen.building or ''} {len(papers)} {chosen.reason}"
            return await self.printed(who, papers, "grid-forms", " ".join(what.split()))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)


def _chosen(given: Mapping[str, str]) -> Chosen:
    building = given.get("building", "*")[:BUILDING_MAX]
    return Chosen(
        grid=given.get("grid", ""),
        building=None if building == "*" else building,
        people=given.get("people") == "yes",
        reason=" ".join(given.get("reason", "").split())[:REASON_MAX],
    )


def _month(request: Request, now: int) -> date:
    try:
        return date.fromisoformat(f"{request.query_params.get('month', '')}-01")
    except ValueError:
        return town_time(now).date().replace(day=1)


def _households(conn: Connection, who: AccountIdentity, grid: str) -> list[tuple[str, str]]:
    """The households of a grid that stand, each with its door."""
    rows = conn.execute(
        select(col(HouseholdRow.id), col(HouseholdRow.dwelling_id))
        .where(
            col(HouseholdRow.town_id) == who.town,
            col(HouseholdRow.grid) == grid,
            col(HouseholdRow.deleted).is_(False),
            col(HouseholdRow.alias_of).is_(None),
        )
        .order_by(col(HouseholdRow.id))
    )
    return [(row.id, row.dwelling_id or "") for row in rows]


def _residents(
    conn: Connection, who: AccountIdentity, homes: Collection[str]
) -> list[tuple[str, str]]:
    """The residents of households that live there, each with the household; the head first."""
    rows = conn.execute(
        select(col(ResidentRow.id), col(ResidentRow.household_id))
        .where(
            col(ResidentRow.town_id) == who.town,
            among(conn, col(ResidentRow.household_id), homes),
            col(ResidentRow.deleted).is_(False),
            col(ResidentRow.alias_of).is_(None),
            col(ResidentRow.status).not_in(["moved", "died"]),
        )
        .order_by(col(ResidentRow.relation), col(ResidentRow.id))
    )
    return [(row.id, str(row.household_id)) for row in rows]
