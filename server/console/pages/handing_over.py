"""Handing a worker's area over to others: what waits on her phones first, then one step."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.counts import households_by_grid
from server.console.pages.worker_lines import worker_lines
from server.console.words import TOWN_ZONE, millis, say, town_time
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.act import acting
from server.office.areas import Area, areas_below, grids_below
from server.office.assignments import Assignment, assignments
from server.office.devices import Device, devices
from server.office.handing_over import hand_over
from server.office.people import AccountIdentity, DeviceStatus
from server.office.roles import Action
from server.office.workers import Worker, worker
from server.review.questions import Questions

SUCCESSORS_MAX = 10


class HandingOver(Struct, frozen=True):
    """What the page shows."""

    worker: Worker
    duty: Assignment
    area: Area
    households: int
    phones: Sequence[Device]
    """Hers, that still sync."""
    others: Sequence[Worker]
    """Who could take over: those who work nearby first."""
    places: Mapping[str, Sequence[str]]
    """The names of the areas that each works in now."""
    now: int


class HandOverPages(Pages):
    """One duty of one worker, handed over."""

    path = "/hand-over"
    route_name = "hand_over"

    @route("/{worker:uuid}/{duty:uuid}", methods=["GET"], name="hand_over_form")
    async def show(self, request: Request) -> Response:
        """Who could take over, and what waits on the phones."""
        who = required(request, Action.MANAGE_WORKERS)
        found = await in_thread(lambda: self._open(request, who))
        return self.draw(
            request,
            "hand_over.html",
            title=say("hand_over.title", area=found.area.name),
            page=found,
            today=town_time(found.now).date().isoformat(),
        )

    @route("/{worker:uuid}/{duty:uuid}", methods=["POST"], name="hand_over_do")
    async def do(self, request: Request) -> Response:
        """Hands it over, with the questions that the one who goes has not answered."""
        who = required(request, Action.MANAGE_WORKERS)
        found = await in_thread(lambda: self._open(request, who))
        form = await request.form()
        chosen = [str(each) for each in form.getlist("to")][:SUCCESSORS_MAX]
        at = _moment(str(form.get("day") or ""), found.now)
        try:
            await in_thread(lambda: self._do(who, found, chosen, at))
        except NotFound:
            raise
        except ServerError as error:
            here = f"/hand-over/{found.worker.id}/{found.duty.id}"
            return self.refused(request, here, error)
        return self.onward(request, f"/workers/{found.worker.id}", "hand_over.done")

    def _do(
        self, who: AccountIdentity, found: HandingOver, chosen: list[str], at: int | None
    ) -> None:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            handed = hand_over(act, found.duty.id, chosen, at)
            grids = grids_below(act.conn, who.town, handed.area_id)
        questions = Questions(self.desk.register, self.desk.engine, self.desk.clock)
        questions.readdress(who, (handed.from_worker, handed.to_workers[0]), grids)

    def _open(self, request: Request, who: AccountIdentity) -> HandingOver:
        worker_id, duty_id = str(request.path_params["worker"]), str(request.path_params["duty"])
        with reading(self.desk.engine) as conn:
            found = worker(conn, who, worker_id)
            duties = assignments(conn, who, worker_id)
            duty = next((d for d in duties if d.id == duty_id and d.valid_to is None), None)
            if duty is None:
                raise NotFound
            reach = {area.id: area for area in areas_below(conn, who.town, who.area_id)}
            inside = grids_below(conn, who.town, duty.area_id)
            households = households_by_grid(conn, who)
            now = self.desk.clock()
            lines = {line.worker.id: line for line in worker_lines(conn, who, "", now)}
            near = {a.name for a in reach.values() if a.parent_id == reach[duty.area_id].parent_id}
            others = [one.worker for one in lines.values() if one.worker.active]
            return HandingOver(
                worker=found,
                duty=duty,
                area=reach[duty.area_id],
                households=sum(households.get(grid, 0) for grid in inside),
                phones=[
                    phone
                    for phone in devices(conn, who)
                    if phone.worker_id == worker_id and phone.status is DeviceStatus.ACTIVE
                ],
                others=sorted(
                    (one for one in others if one.id != worker_id),
                    key=lambda one: (not near & {*lines[one.id].areas}, one.staff_no),
                ),
                places={each: line.areas for each, line in lines.items()},
                now=now,
            )


def _moment(day: str, now: int) -> int | None:
    """The beginning of that day; None for today, and for what is no day."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        return None
    begins = millis(datetime.combine(on, time(), TOWN_ZONE))
    return None if on == town_time(now).date() else begins
