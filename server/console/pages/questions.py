"""Asking a worker from a record's or a conflict's page, and reading what came back."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.drawing import LISTS
from server.console.labels import RESERVED, form_of, label, sight_of
from server.console.pages.base import Pages
from server.console.pages.review import back_to
from server.console.record_page import record_page
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.review.askable import Askable, askable
from server.review.questions import COMMENT_MAX, Asking, Questions

ITEMS_MAX = 20
"""Questions of one go: one for each item that is sent back."""
ID_MAX = 36
COMMENT = "comment:"
"""Begins the name of the input for an item's comment."""


class QuestionPages(Pages):
    """Questions to workers."""

    path = "/questions"
    route_name = "questions"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.questions = questions_of(desk)

    @route("/ask", methods=["POST"], name="question_ask")
    async def ask(self, request: Request) -> Response:
        """Sends a question to a worker's phone; one for each item that has a comment."""
        who = required(request, Action.DECIDE)
        form = await request.form()
        back = back_to(str(form.get("back") or ""))
        asked = _asked(form)
        if not asked:
            flash(request, say("question.nothing"), "warning")
            return self.onward(request, back)
        try:
            await in_thread(lambda: [self.questions.ask(who, one) for one in asked])
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.onward(request, back, "question.asked", n=len(asked))

    @route("/new/{kind}/{id:uuid}", methods=["GET"], name="question_new")
    async def new(self, request: Request) -> Response:
        """A record sent back: its answers, each with room for a comment."""
        who = required(request, Action.DECIDE)
        kind, record = str(request.path_params["kind"]), str(request.path_params["id"])
        sight = sight_of(request)
        page = await in_thread(lambda: record_page(self.desk, who, record, kind=kind, sight=sight))
        if page is None or kind not in LISTS or page.deleted:
            raise NotFound
        return self.draw(
            request,
            "question_new.html",
            title=say("question.send_back", title=page.title),
            page=page,
            askable=await in_thread(lambda: self._askable(who, record)),
            comment_max=COMMENT_MAX,
        )

    @route("/{id:uuid}", methods=["GET"], name="question")
    async def one(self, request: Request) -> Response:
        """A question with its answer."""
        who = required(request, Action.SEE_RECORDS)
        found = await in_thread(lambda: self.questions.one(who, str(request.path_params["id"])))
        if found is None:
            raise NotFound
        return self.draw(request, "question.html", title=say("question.title"), question=found)

    @route("/{id:uuid}/close", methods=["POST"], name="question_close")
    async def close(self, request: Request) -> Response:
        """The answer has been read, or none is needed any more."""
        who = required(request, Action.DECIDE)
        back = back_to(str((await request.form()).get("back") or ""))
        try:
            await in_thread(lambda: self.questions.close(who, str(request.path_params["id"])))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.onward(request, back, "question.closed")

    def _askable(self, who: AccountIdentity, record_id: str) -> list[Askable]:
        record = self.desk.register.record(who.town, record_id)
        with reading(self.desk.engine) as conn:
            return askable(conn, who, record.grid, self.desk.clock()) if record else []


def questions_of(desk: Desk) -> Questions:
    """The questions, over what the desk works with."""
    return Questions(desk.register, desk.engine, desk.clock)


def _asked(form: FormData) -> list[Asking]:
    """One question for each item that has a comment; `comment:` alone is about the whole record."""
    kind = str(form.get("kind") or "")
    known = form_of(kind)
    comments = {
        name.removeprefix(COMMENT): str(text)[: 2 * COMMENT_MAX]
        for name, text in form.items()
        if name.startswith(COMMENT) and str(text).strip()
    }
    return [
        Asking(
            about=str(form.get("about") or "")[:ID_MAX],
            item=item,
            label=label(kind, item) if item else "",
            worker=str(form.get("worker") or "")[:ID_MAX],
            comment=comment,
        )
        for item, comment in list(comments.items())[:ITEMS_MAX]
        if not item or item in RESERVED or (known is not None and item in known.units)
    ]
