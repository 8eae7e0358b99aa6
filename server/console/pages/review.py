"""The inbox: everything that waits for a person, in one queue, and what can be done about many."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.labels import Sight, label, sight_of
from server.console.pages.base import Pages
from server.console.pages.duplicates import finder_of, go_on
from server.console.titles import titles_of
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.act import Act, acting
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal
from server.review.breaches import STEPS_AT_ONCE, BreachFinder
from server.review.notes import (
    AT_ONCE_MAX,
    LATER_DAYS,
    Reviewer,
    assign,
    confirm,
    put_off,
    reviewers,
)
from server.review.queue import AGES, Asked, Counts, Queue, Waiting, Whose
from server.review.verdicts import Verdict, judge
from server.review.waiting import PAIR, PLACE, Kind

PAGE_SIZE = 50
TONES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CONFLICT: "orange",
        Kind.DUPLICATE: "purple",
        Kind.HELD: "red",
        Kind.QUESTION: "azure",
        Kind.REGISTRATION: "green",
        Kind.BREACH: "yellow",
    }
)


class Line(Struct, frozen=True):
    """One thing that waits, as the list draws it."""

    entry: Waiting
    title: str
    words: str
    """What about it waits."""
    href: str
    tone: str


class Inbox(Struct, frozen=True):
    """One page of the queue."""

    asked: Asked
    lines: tuple[Line, ...]
    counts: Counts
    reviewers: tuple[Reviewer, ...]
    page: int
    pages: int
    now: int


class ReviewPages(Pages):
    """The queue of the reader's area."""

    path = "/review"
    route_name = "review"

    @route("")
    async def index(self, request: Request) -> Response:
        """What waits, the longest waiting first."""
        who = required(request, Action.SEE_RECORDS)
        asked, number = _asked(request), str(request.query_params.get("page") or "")
        page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
        inbox = await in_thread(lambda: self._inbox(who, asked, page, sight_of(request)))
        return self.draw(
            request,
            "review.html",
            title=say("menu.review"),
            inbox=inbox,
            kinds=tuple(Kind),
            ages=[name for name, _, _ in AGES],
            later_days=LATER_DAYS,
            address=_address(asked),
        )

    @route("/act", methods=["POST"], name="review_act")
    async def act(self, request: Request) -> Response:
        """Assigns, keeps for later or confirms what was ticked."""
        who = required(request, Action.DECIDE)
        form = await request.form()
        keys = [str(key)[:200] for key in form.getlist("key")][:AT_ONCE_MAX]
        wanted, back = str(form.get("do") or ""), back_to(str(form.get("back") or ""))
        assignee, days = str(form.get("assignee") or ""), str(form.get("days") or "0")

        def work() -> int:
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
                return _do(act, wanted, keys, (assignee, int(days) if days.isdecimal() else 0))

        try:
            done = await in_thread(work)
        except ServerError as error:
            flash(request, pick(error.words), "error")
            return self.onward(request, back)
        if not done:
            flash(request, say("review.nothing"), "warning")
            return self.onward(request, back)
        return self.onward(request, back, f"review.done_{wanted}", n=done)

    def _inbox(self, who: AccountIdentity, asked: Asked, page: int, sight: Sight) -> Inbox:
        now = self.desk.clock()
        go_on(finder_of(self.desk), who.town, 1)
        look_at_visits(self.desk, who.town)
        with reading(self.desk.engine) as conn:
            queue = Queue(conn, who, now)
            counts = queue.counts(asked)
            pages = max(1, -(-counts.total // PAGE_SIZE))
            page = min(page, pages)
            entries = queue.entries(asked, (page - 1) * PAGE_SIZE, PAGE_SIZE)
            titles = titles_of(conn, who, {entry.record for entry in entries}, sight)
            some = tuple(reviewers(conn, who))
        lines = tuple(_line(entry, titles) for entry in entries)
        return Inbox(asked, lines, counts, some, page, pages, now)


def look_at_visits(desk: Desk, town: str) -> None:
    """Holds the visits that came since against the rules, as far as a page may wait for."""
    BreachFinder(desk.engine, Seal(desk.keys)).go_on(town, STEPS_AT_ONCE)


def _do(act: Act, wanted: str, keys: list[str], details: tuple[str, int]) -> int:
    assignee, days = details
    if wanted == "assign":
        return assign(act, keys, assignee)
    if wanted == "later":
        return put_off(act, keys, days)
    if wanted == "accept":
        of_breach = f"{Kind.BREACH}:"
        visits = [key.removeprefix(of_breach) for key in keys if key.startswith(of_breach)]
        return judge(act, visits, Verdict.ACCEPTED)
    return confirm(act, keys) if wanted == "confirm" else 0


def _asked(request: Request) -> Asked:
    params = request.query_params
    kind, whose = params.get("kind", ""), params.get("whose", "")
    age, grid = params.get("age", ""), params.get("grid", "")
    return Asked(
        kind=Kind(kind) if kind in tuple(Kind) else None,
        grid=grid if grid in request.state.grids else "",
        age=age if age in {name for name, _, _ in AGES} else "",
        whose=Whose(whose) if whose in tuple(Whose) else Whose.ALL,
        later=params.get("later") == "1",
    )


def _address(asked: Asked) -> str:
    """The queue's own address with its filters."""
    told = {
        "kind": asked.kind or "",
        "grid": asked.grid,
        "age": asked.age,
        "whose": "" if asked.whose is Whose.ALL else asked.whose,
        "later": "1" if asked.later else "",
    }
    filters = "&".join(f"{name}={value}" for name, value in told.items() if value)
    return f"/review?{filters}" if filters else "/review"


def back_to(path: str) -> str:
    """Where to go on; only within the console."""
    inside = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if inside and path.isprintable() else "/review"


def _line(entry: Waiting, titles: Mapping[str, str]) -> Line:
    return Line(
        entry=entry,
        title=titles.get(entry.record, ""),
        words=_words(entry),
        href=_href(entry),
        tone=TONES[entry.kind],
    )


def _words(entry: Waiting) -> str:
    if entry.kind in (Kind.CONFLICT, Kind.QUESTION):
        return label(entry.record_kind, entry.detail) if entry.detail else ""
    if entry.kind is Kind.DUPLICATE:
        return say("app.comma").join(say(f"likeness.{code}") for code in entry.detail.split())
    if entry.kind is Kind.BREACH:
        return say("app.comma").join(say(f"breach.{code}") for code in entry.detail.split())
    return ""


def _href(entry: Waiting) -> str:
    if entry.kind is Kind.DUPLICATE:
        return "/duplicates/" + entry.item.replace(PAIR, "/")
    if entry.kind is Kind.HELD:
        return "/held/" + entry.item.replace(PLACE, "/")
    if entry.kind is Kind.QUESTION:
        return f"/questions/{entry.item}"
    if entry.kind is Kind.BREACH:
        return f"/visit-rules/{entry.item}"
    if entry.kind is Kind.REGISTRATION:
        return f"/households/detail?pk={entry.item}"
    return f"/conflicts/{entry.item}"
