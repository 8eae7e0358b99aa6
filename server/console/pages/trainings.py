"""Training: sessions and who attended them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.codes import code_name
from server.console.desk import in_thread, required
from server.console.pages.base import Pages
from server.console.words import say
from server.db.engine import reading
from server.office.areas import Area, areas, areas_below
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.trainings import (
    TITLE_MAX,
    NewTraining,
    Training,
    note_training,
    set_attendance,
    trainings,
)
from server.office.workers import Worker, workers
from shared.codes import code_table


class TrainingPage(Struct, frozen=True):
    """What the page shows."""

    trainings: Sequence[Training]
    workers: Sequence[Worker]
    """Those who work here, and whoever attended and has left."""
    names: Mapping[str, str]
    """Of areas."""
    areas: Sequence[Area]

    @property
    def by_id(self) -> Mapping[str, Worker]:
        """The workers by id."""
        return {worker.id: worker for worker in self.workers}


class TrainingPages(Pages):
    """Sessions of the reader's area."""

    path = "/trainings"
    route_name = "trainings"

    @route("")
    async def index(self, request: Request) -> Response:
        """The sessions so far, and the form of another."""
        who = required(request, Action.SEE_STAFF)
        return self.draw(
            request,
            "trainings.html",
            title=say("menu.trainings"),
            page=await in_thread(lambda: self._page(who)),
            subjects=[
                (each.code, code_name("training_subject", each.code))
                for each in code_table("training_subject").offered
            ],
            today=town_time(self.desk.clock()).date().isoformat(),
            most=TITLE_MAX,
        )

    @route("/new", methods=["POST"], name="training_note")
    async def note(self, request: Request) -> Response:
        """Writes a session down."""
        who = required(request, Action.MANAGE_WORKERS)
        form = await request.form()
        new = NewTraining(
            area_id=str(form.get("area") or who.area_id),
            held_on=str(form.get("held_on") or ""),
            subject=str(form.get("subject") or ""),
            title=str(form.get("title") or "")[: 2 * TITLE_MAX],
            workers=tuple(str(each) for each in form.getlist("worker")),
        )
        return await self.done(
            request, lambda act: note_training(act, new), self.path, "training.noted"
        )

    @route("/{id:uuid}", methods=["POST"], name="training_attendance")
    async def attendance(self, request: Request) -> Response:
        """Says anew who attended."""
        required(request, Action.MANAGE_WORKERS)
        form, training = await request.form(), str(request.path_params["id"])
        chosen = [str(each) for each in form.getlist("worker")]
        return await self.done(
            request, lambda act: set_attendance(act, training, chosen), self.path, "training.noted"
        )

    def _page(self, who: AccountIdentity) -> TrainingPage:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            held = trainings(conn, who)
            came = {worker for one in held for worker in one.workers}
            return TrainingPage(
                trainings=held,
                workers=[each for each in workers(conn, who) if each.active or each.id in came],
                names={area.id: area.name for area in areas(conn, who.town)},
                areas=[a for a in areas_below(conn, who.town, who.area_id) if a.stands(now)],
            )
