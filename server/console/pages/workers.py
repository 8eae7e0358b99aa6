"""Workers: who they are, where they work, which phones they have, and how a phone is enrolled."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.pages.worker_lines import (
    CodeState,
    WorkerLine,
    areas_to_choose,
    code_state,
    worker_lines,
)
from server.console.qr import qr
from server.console.words import language, pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.act import acting
from server.office.areas import Area, areas_below
from server.office.assignments import (
    DUTIES_MAX,
    Assignment,
    add_worker,
    assign,
    assignments,
    dismiss_worker,
    end_assignment,
)
from server.office.devices import Device, devices
from server.office.enrolment_codes import MINUTES, EnrolmentCode, enrolment_link, give_code
from server.office.people import AccountIdentity
from server.office.roles import DUTY_ROLES, Action, Role
from server.office.towns import towns
from server.office.trainings import Training, trainings
from server.office.workers import NewWorker, Worker, worker

MINUTES_OFFERED = (15, 60, 24 * 60)


class WorkerPage(Struct, frozen=True):
    """Everything about one worker."""

    worker: Worker
    duties: Sequence[Assignment]
    devices: Sequence[Device]
    areas: Mapping[str, Area]
    free: Sequence[Area]
    """Where the worker could be given a duty."""
    trainings: Sequence[Training]
    """What they attended."""
    now: int


class CodeSheet(Struct, frozen=True):
    """A new code, as it is shown once."""

    worker: Worker
    given: EnrolmentCode
    server: str
    link: str
    qr: str
    """SVG."""
    now: int


class WorkerPages(Pages):
    """Workers and their codes."""

    path = "/workers"
    route_name = "workers"

    @route("")
    async def index(self, request: Request) -> Response:
        """All workers that the reader may see."""
        who = required(request, Action.SEE_STAFF)
        wanted = str(request.query_params.get("q") or "").strip()
        lines = await in_thread(lambda: self._lines(who, wanted))
        return self.draw(
            request,
            "workers.html",
            title=say("menu.workers"),
            lines=lines,
            wanted=wanted,
            now=self.desk.clock(),
        )

    @route("/new", methods=["GET"], name="worker_new")
    async def new(self, request: Request) -> Response:
        """The form of a new worker."""
        who = required(request, Action.MANAGE_WORKERS)
        return await self._form(request, who, NewWorker("", ""), None)

    @route("/new", methods=["POST"], name="worker_add")
    async def add(self, request: Request) -> Response:
        """Adds the worker; the next step is an enrolment code."""
        who = required(request, Action.MANAGE_WORKERS)
        form = await request.form()
        wanted = NewWorker(
            staff_no=str(form.get("staff_no") or ""),
            name=str(form.get("name") or ""),
            phone=str(form.get("phone") or ""),
            area_ids=tuple(str(area) for area in form.getlist("area")),
            role=_role(form.get("role")),
            duties=str(form.get("duties") or "")[: 2 * DUTIES_MAX],
        )
        try:
            added = await in_thread(lambda: self._add(who, wanted))
        except ServerError as error:
            return await self._form(request, who, wanted, error)
        return self.onward(request, f"/workers/{added.id}", "worker.added", name=added.name)

    @route("/{id:uuid}", methods=["GET"], name="worker")
    async def one(self, request: Request) -> Response:
        """One worker with duties and phones."""
        who = required(request, Action.SEE_STAFF)
        page = await in_thread(lambda: self._page(who, _id(request)))
        return self.draw(
            request,
            "worker.html",
            title=page.worker.name,
            page=page,
            minutes=MINUTES_OFFERED,
            chosen_minutes=MINUTES,
            roles=DUTY_ROLES,
            most=DUTIES_MAX,
        )

    @route("/{id:uuid}/assign", methods=["POST"], name="worker_assign")
    async def assign(self, request: Request) -> Response:
        """Gives the worker a duty."""
        required(request, Action.MANAGE_WORKERS)
        form = await request.form()
        area, role = str(form.get("area") or ""), _role(form.get("role"))
        duties = str(form.get("duties") or "")[: 2 * DUTIES_MAX]
        return await self.done(
            request,
            lambda act: assign(act, _id(request), area, duties=duties, role=role),
            _here(request),
            "worker.assigned",
        )

    @route("/{id:uuid}/end/{duty:uuid}", methods=["POST"], name="worker_end_duty")
    async def end_duty(self, request: Request) -> Response:
        """Ends a duty."""
        required(request, Action.MANAGE_WORKERS)
        duty = str(request.path_params["duty"])
        return await self.done(
            request, lambda act: end_assignment(act, duty), _here(request), "worker.duty_ended"
        )

    @route("/{id:uuid}/dismiss", methods=["POST"], name="worker_dismiss")
    async def dismiss(self, request: Request) -> Response:
        """The worker leaves."""
        required(request, Action.MANAGE_WORKERS)
        return await self.done(
            request,
            lambda act: dismiss_worker(act, _id(request)),
            _here(request),
            "worker.dismissed",
        )

    @route("/{id:uuid}/code", methods=["POST"], name="worker_code")
    async def code(self, request: Request) -> Response:
        """A new one-time code, shown on this page only."""
        who = required(request, Action.ENROL)
        form = await request.form()
        asked = str(form.get("minutes") or MINUTES)
        minutes = int(asked) if asked.isdecimal() else 0
        try:
            sheet = await in_thread(lambda: self._give(who, _id(request), minutes))
        except ServerError as error:
            return self.refused(request, _here(request), error)
        return self.draw(request, "code.html", title=say("code.title"), sheet=sheet)

    @route("/{id:uuid}/code/{public}", methods=["GET"], name="worker_code_state")
    async def code_state(self, request: Request) -> Response:
        """Whether the code has been used, and the words that the phone shows then."""
        who = required(request, Action.ENROL)
        public = str(request.path_params["public"])
        state = await in_thread(lambda: self._code_state(who, _id(request), public))
        words = state.device.words(language()) if state.device else ""
        return JSONResponse({"used": state.device is not None, "words": words})

    def _lines(self, who: AccountIdentity, wanted: str) -> list[WorkerLine]:
        with reading(self.desk.engine) as conn:
            return worker_lines(conn, who, wanted, self.desk.clock())

    async def _form(
        self, request: Request, who: AccountIdentity, wanted: NewWorker, error: ServerError | None
    ) -> Response:
        choices = await in_thread(lambda: self._choices(who))
        return self.draw(
            request,
            "worker_new.html",
            status=400 if error else 200,
            title=say("worker.new"),
            wanted=wanted,
            areas=choices,
            roles=DUTY_ROLES,
            most=DUTIES_MAX,
            error=pick(error.words) if error else "",
        )

    def _choices(self, who: AccountIdentity) -> list[Area]:
        with reading(self.desk.engine) as conn:
            return areas_to_choose(conn, who, self.desk.clock())

    def _add(self, who: AccountIdentity, wanted: NewWorker) -> Worker:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            return add_worker(act, wanted)

    def _page(self, who: AccountIdentity, id: str) -> WorkerPage:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            found = worker(conn, who, id)
            duties = assignments(conn, who, id)
            held = {duty.area_id for duty in duties if duty.valid_to is None}
            return WorkerPage(
                worker=found,
                duties=duties,
                devices=[device for device in devices(conn, who) if device.worker_id == id],
                areas={area.id: area for area in areas_below(conn, who.town, who.area_id)},
                free=[a for a in areas_to_choose(conn, who, now) if a.id not in held],
                trainings=[one for one in trainings(conn, who) if id in one.workers],
                now=now,
            )

    def _give(self, who: AccountIdentity, id: str, minutes: int) -> CodeSheet:
        with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
            given = give_code(act, id, minutes)
            holder = worker(act.conn, who, id)
            town = who.town if len(towns(act.conn)) > 1 else ""
        link = enrolment_link(self.desk.settings.url, given.code, town)
        return CodeSheet(
            worker=holder,
            given=given,
            server=self.desk.settings.url,
            link=link,
            qr=qr(link),
            now=self.desk.clock(),
        )

    def _code_state(self, who: AccountIdentity, id: str, public: str) -> CodeState:
        with reading(self.desk.engine) as conn:
            return code_state(conn, who, id, public)


def _role(chosen: object) -> Role:
    """What was chosen; whoever chose nothing means a grid worker."""
    return Role.BUILDING_LEADER if chosen == Role.BUILDING_LEADER else Role.WORKER


def _id(request: Request) -> str:
    return str(request.path_params["id"])


def _here(request: Request) -> str:
    return f"/workers/{_id(request)}"
