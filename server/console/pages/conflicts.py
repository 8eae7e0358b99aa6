"""The page where a conflict is decided."""

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.contest import Contest, contest
from server.console.desk import allowed, in_thread, required
from server.console.inputs import read_input
from server.console.labels import Sight, form_of, sight_of
from server.console.pages.base import Pages
from server.console.pages.bulk import bulk_of
from server.console.pages.questions import questions_of
from server.console.words import language, say, town_time
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.outcomes import AlreadyDecided
from server.review.askable import Askable, askable
from server.review.notes import LATER_DAYS
from server.review.questions import Question
from shared.changes import Answer
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from shared.forms.values import read_answer

INBOX = "/review?kind=conflict"
JSON_MAX = 20_000


class Wrong(Struct, frozen=True):
    """Why what was posted is no decision."""

    words: str


class Asking(Struct, frozen=True):
    """What was asked about the conflict, and who can be asked."""

    questions: tuple[Question, ...]
    workers: tuple[Askable, ...]
    later_days: tuple[int, ...]


class ConflictPages(Pages):
    """Conflicts of the reader's area."""

    path = "/conflicts"
    route_name = "conflicts"

    @route("")
    async def index(self, request: Request) -> Response:
        """They are in the inbox with everything else that waits."""
        required(request, Action.SEE_RECORDS)
        return self.onward(request, INBOX)

    @route("/{id:uuid}", methods=["GET"], name="conflict")
    async def one(self, request: Request) -> Response:
        """The values side by side."""
        who = required(request, Action.SEE_RECORDS)
        found = await self._contest(request, who)
        asked = await in_thread(lambda: self._asking(who, found))
        batch = (
            None if found.open else await in_thread(lambda: bulk_of(self.desk).batch(who, found.id))
        )
        return self.draw(
            request,
            "conflict.html",
            title=found.label,
            contest=found,
            asking=asked,
            batch=batch,
        )

    @route("/{id:uuid}", methods=["POST"], name="conflict_decide")
    async def decide(self, request: Request) -> Response:
        """Decides it: one of the values, or another."""
        who = required(request, Action.DECIDE)
        found = await self._contest(request, who)
        here = f"/conflicts/{found.id}"
        form = await request.form()
        asked = str(form.get("base") or "")
        value = await self._value(request, found)
        if isinstance(value, Wrong) or not asked.isdecimal():
            words = value.words if isinstance(value, Wrong) else say("conflict.changed")
            flash(request, words, "error")
            return self.onward(request, here)
        try:
            done = await in_thread(
                lambda: self.desk.register.decide(who, found.id, value, int(asked))
            )
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        if isinstance(done, AlreadyDecided):
            flash(request, say("conflict.already", name=done.by_name), "warning")
            return self.onward(request, here)
        return await self._after(request, who, found)

    async def _after(self, request: Request, who: AccountIdentity, found: Contest) -> Response:
        again = await in_thread(lambda: self.desk.register.conflict(who.town, found.id))
        if again is not None and again.open:
            flash(request, say("conflict.another_value"), "warning")
            return self.onward(request, f"/conflicts/{found.id}")
        await in_thread(lambda: self._close_questions(who, found))
        names = {"label": found.label, "title": found.title}
        return self.onward(request, INBOX, "conflict.decided", **names)

    async def _contest(self, request: Request, who: AccountIdentity) -> Contest:
        wanted = str(request.path_params["id"])
        values = Sight.WHOLE if allowed(request, Action.DECIDE) else Sight.MASKED
        around = sight_of(request)
        found = await in_thread(
            lambda: contest(self.desk, who, wanted, around=around, values=values)
        )
        if found is None:
            raise NotFound
        return found

    async def _value(self, request: Request, found: Contest) -> Answer | Wrong:
        """What was chosen or written."""
        form = await request.form()
        chosen = str(form.get("choose") or "")[:JSON_MAX]
        if chosen:
            if chosen not in [column.encoded for column in found.columns]:
                return Wrong(say("conflict.changed"))
            value: Answer = msgspec.json.decode(chosen)
            return value
        asked = form_of(found.record_kind)
        if asked is None or found.other is None:
            return Wrong(say("conflict.choose_one"))
        question = asked.units[found.unit][0]
        read = read_answer(asked, question, read_input(form, question))
        now = town_time(self.desk.clock())
        faults = [read.fault] if read.fault else []
        if read.value is None and not faults:
            return Wrong(say("conflict.write_something"))
        if not faults:
            units = {found.unit: read.value}
            faults = [p.words for p in check_units(asked, units, Moment(now, language()))]
        return Wrong(asked.words(faults[0], language())) if faults else read.value

    def _asking(self, who: AccountIdentity, found: Contest) -> "Asking":
        about = questions_of(self.desk).about(who, [found.record])
        with reading(self.desk.engine) as conn:
            workers = askable(conn, who, found.where, self.desk.clock())
        authors = [source.who for column in found.columns for source in column.sources]
        workers.sort(key=lambda one: one.name not in authors)  # who wrote it knows best
        asked = tuple(each for each in about if each.item == found.unit)
        return Asking(asked, tuple(workers), LATER_DAYS)

    def _close_questions(self, who: AccountIdentity, found: Contest) -> None:
        """Nobody needs to answer what is decided."""
        questions = questions_of(self.desk)
        for each in questions.about(who, [found.record]):
            if each.item == found.unit and not each.closed:
                questions.close(who, each.id)
