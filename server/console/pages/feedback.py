"""Complaints and suggestions about the app: the list, and the answers that the phones receive."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.pages.base import Pages
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of
from server.work.feedback import ANSWER_MAX, Feedback, Opinion

SHOWN_MAX = 200


class FeedbackPages(Pages):
    """What workers of the reader's area think of the app."""

    path = "/feedback"
    route_name = "feedback"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._feedback = Feedback(desk.register, desk.engine, desk.clock)

    @route("")
    async def index(self, request: Request) -> Response:
        """Those that wait for an answer first."""
        who = required(request, Action.SEE_RECORDS)
        found, names = await in_thread(lambda: self._found(who))
        return self.draw(
            request,
            "feedback.html",
            title=say("menu.feedback"),
            opinions=found[:SHOWN_MAX],
            waiting=sum(one.waits for one in found),
            names=names,
            most=ANSWER_MAX,
        )

    @route("/{id:uuid}", methods=["POST"], name="feedback_answer")
    async def answer(self, request: Request) -> Response:
        """Answers one; its author reads it after the next sync."""
        who = required(request, Action.EDIT_RECORDS)
        opinion = str(request.path_params["id"])
        text = str((await request.form()).get("answer") or "")[: 2 * ANSWER_MAX]
        try:
            await in_thread(lambda: self._feedback.answer(who, opinion, text))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        return self.onward(request, self.path, "feedback.answered_now")

    def _found(self, who: AccountIdentity) -> tuple[list[Opinion], dict[str, str]]:
        found = self._feedback.opinions(who)
        people = {name for one in found[:SHOWN_MAX] for name in (one.by, one.answered_by) if name}
        with reading(self.desk.engine) as conn:
            return found, names_of(conn, who.town, people)
