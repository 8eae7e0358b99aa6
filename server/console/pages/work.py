"""Cases: the list with its filters, a case with its steps and what may be done next, a new one."""

from collections.abc import Callable, Mapping

from msgspec import Struct
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import town_time
from server.console.codes import code_name
from server.console.desk import Desk, in_thread, required
from server.console.inputs import Input, blank_input, can_write, read_input, required_in
from server.console.labels import Sight, choices, form_of
from server.console.pages.base import Pages
from server.console.words import language, say
from server.console.work_lines import CaseLine, Showing
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action, may
from server.work.reading import CASE, Seen, Sought, WorkBook, looked_back
from server.work.steps import Steps
from shared.changes import Answer
from shared.codes import code_table
from shared.forms.scope import Moment
from shared.work.receipts import is_numbered, receipt_number
from shared.work.standing import Standing
from shared.work.values import LEVELS, PROTECTION, STEP_KINDS, Phase
from shared.work.values import Action as Step

PAGE = 50
TEXT_MAX = 40
NOT_AT_A_DESK = frozenset({"household", "must_report"})

_STATES: Mapping[str, Callable[[Standing, int], bool]] = {
    "open": lambda standing, _: standing.is_open,
    "overdue": lambda standing, now: standing.is_overdue(now),
    "contested": lambda standing, _: bool(standing.contested),
    "verify": lambda standing, _: standing.phase is Phase.DONE,
    "visits": lambda standing, _: standing.phase is Phase.VISITING,
    "ended": lambda standing, _: standing.has_ended,
    "all": lambda _, __: True,
}
"""What the list can be narrowed to."""


class Asked(Struct, frozen=True):
    """How the list is narrowed."""

    state: str = "open"
    sort: str = ""
    level: str = ""
    grid: str = ""
    receipt: str = ""
    page: int = 1

    def passes(self, seen: Seen) -> bool:
        """Whether a case is of the kind, level and grid that are wanted."""
        return (
            (not self.sort or _sort(seen) == self.sort)
            and (not self.level or seen.standing.level is LEVELS.get(self.level))
            and (not self.grid or seen.grid == self.grid)
            and (not self.receipt or is_numbered(seen.case, self.receipt, seen.rules.zone))
        )


class Listed(Struct, frozen=True, kw_only=True):
    """The list as its page shows it."""

    asked: Asked
    counts: Mapping[str, int]
    lines: tuple[CaseLine, ...]
    pages: int


class WorkPages(Pages):
    """Cases of the reader's area, or those handed to the reader's post."""

    path = "/casework"
    route_name = "work"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.steps = Steps(desk.register, desk.engine, desk.clock)

    @route("/cases", methods=["GET"], name="cases")
    async def cases(self, request: Request) -> Response:
        """The list."""
        who = required(request, Action.SEE_CASES)
        asked = _asked(request.query_params)
        return self.draw(
            request,
            "cases.html",
            title=say("menu.cases"),
            listed=await in_thread(lambda: self._list(who, asked)),
            states=tuple(_STATES),
            sorts=_sorts(who),
            levels=[(code, code_name("work_level", code)) for code in LEVELS],
            now=self.desk.clock(),
        )

    @route("/cases/new", methods=["GET"], name="case_new")
    async def new(self, request: Request) -> Response:
        """The form of a case that somebody reports at the desk."""
        required(request, Action.HANDLE_CASES)
        return self._form(request)

    @route("/cases/new", methods=["POST"], name="case_report")
    async def report(self, request: Request) -> Response:
        """Notes it down and shows its receipt number."""
        who = required(request, Action.HANDLE_CASES)
        posted = await request.form()
        grid = str(posted.get("grid") or "")[:TEXT_MAX]
        said = _said(posted, CASE)
        try:
            case = await in_thread(lambda: self.steps.report(who, grid, said))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, "/casework/cases/new", error)
        seen = await in_thread(lambda: self.steps.seen(who, case))
        return self.onward(
            request, f"/casework/cases/{case}", "work.reported", number=_receipt(seen)
        )

    @route("/cases/{id:uuid}", methods=["GET"], name="case")
    async def case(self, request: Request) -> Response:
        """A case with its steps, and what may be done next."""
        who = required(request, Action.SEE_CASES)
        sight = Sight.DESK if may(who.role, Action.HANDLE_CASES) else Sight.MASKED
        page = await in_thread(lambda: Showing(self.desk, who).page(_id(request), sight))
        return self.draw(
            request, "case.html", title=page.line.title or page.line.sort, page=page,
            now=self.desk.clock(),
        )  # fmt: skip

    @route("/cases/{id:uuid}/step", methods=["POST"], name="case_step")
    async def step(self, request: Request) -> Response:
        """Takes a step."""
        who = required(request, Action.HANDLE_CASES)
        posted = await request.form()
        case, back = _id(request), f"/casework/cases/{_id(request)}"
        action, turn = str(posted.get("action") or ""), str(posted.get("turn") or "")

        def take() -> str:
            kind = STEP_KINDS[self.steps.seen(who, case).kind]
            said = _said(posted, kind)
            if action == Step.DUPLICATE:
                said["same_as"] = self._by_receipt(who, str(posted.get("same_as") or ""))
            seen_turn = int(turn) if turn.isascii() and turn.isdigit() else -1
            return self.steps.take(who, case, action, said, turn=seen_turn)

        try:
            await in_thread(take)
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, back, error)
        return self.onward(request, back, "work.step_taken")

    def _by_receipt(self, who: AccountIdentity, number: str) -> str | None:
        """The id of the case with that receipt number."""
        wanted = Asked(receipt=_typed(number))
        with reading(self.desk.engine) as conn:
            cases = WorkBook(conn, who, self.desk.clock()).cases(Sought())
        return next((one.id for one in cases if number and wanted.passes(one)), None)

    def _list(self, who: AccountIdentity, asked: Asked) -> Listed:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            cases = WorkBook(conn, who, now).cases(Sought(since=looked_back(now)))
        cases = [one for one in cases if asked.passes(one)]
        of_state = {
            state: [one for one in cases if passes(one.standing, now)]
            for state, passes in _STATES.items()
        }
        found = sorted(of_state[asked.state], key=_by_urgency)
        first = (asked.page - 1) * PAGE
        return Listed(
            asked=asked,
            counts={state: len(some) for state, some in of_state.items()},
            lines=Showing(self.desk, who).lines(found[first : first + PAGE]),
            pages=max(1, -(-len(found) // PAGE)),
        )

    def _form(self, request: Request) -> Response:
        return self.draw(
            request, "case_new.html", title=say("work.new"), inputs=_case_inputs(self.desk.clock()),
        )  # fmt: skip


def _asked(given: QueryParams) -> Asked:
    page, state = given.get("page", ""), given.get("state", "")
    return Asked(
        state=state if state in _STATES else "all" if given.get("receipt") else "open",
        sort=given.get("sort", "")[:TEXT_MAX],
        level=given.get("level", "")[:TEXT_MAX],
        grid=given.get("grid", "")[:TEXT_MAX],
        receipt=_typed(given.get("receipt", "")),
        page=max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _by_urgency(seen: Seen) -> tuple[bool, bool, int, int, str]:
    """What is urgent, then what is due first, then the newest of what is not due at all."""
    return *seen.standing.place, -seen.reported, seen.id


def _sort(seen: Seen) -> str:
    return PROTECTION if seen.kind == PROTECTION else seen.case.sort


def _typed(number: str) -> str:
    """A receipt number as it is printed, however it was typed."""
    return number[:TEXT_MAX].strip().upper()


def _receipt(seen: Seen) -> str:
    return receipt_number(seen.case, seen.rules.zone)


def _sorts(who: AccountIdentity) -> list[tuple[str, str]]:
    """The kinds that the list can be narrowed to."""
    named = choices(CASE, "case_kind") or [
        (code.code, code_name("case_kind", code.code)) for code in code_table("case_kind").offered
    ]
    sees_harm = may(who.role, Action.SET_RULES) or who.post
    return [*named, *([(PROTECTION, say("kind.protection"))] if sees_harm else [])]


def _case_inputs(now: int) -> tuple[Input, ...]:
    form = form_of(CASE)
    if form is None:
        raise NotFound
    required = required_in(form, {}, Moment(town_time(now), language()))
    return tuple(
        blank_input(form, question, required)
        for question in form.questions
        if can_write(form, question.unit) and question.name not in NOT_AT_A_DESK
    )


def _said(posted: FormData, kind: str) -> dict[str, Answer]:
    """What was posted for the questions of a kind's form."""
    form = form_of(kind)
    if form is None:
        raise NotFound
    return {
        question.name: read_input(posted, question)
        for question in form.questions
        if question.name in posted and can_write(form, question.unit)
    }


def _id(request: Request) -> str:
    return str(request.path_params["id"])
