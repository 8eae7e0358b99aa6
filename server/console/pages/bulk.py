"""Many conflicts of one question decided by one rule: a preview of each, then what was ticked."""

from collections.abc import Iterator

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.labels import Reader, Sight
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.conflicts import ConflictValue
from server.review.bulk import CASES_MAX, Bulk, Case, Rule

ID_MAX = 36


class Told(Struct, frozen=True):
    """A value with who wrote it last."""

    text: str
    who: str
    at: int | None


class Line(Struct, frozen=True):
    """What the rule would do to one conflict."""

    id: str
    version: int
    title: str
    grid: str
    chosen: Told | None
    others: tuple[Told, ...]


class BulkPages(Pages):
    """Choosing a question and a rule, looking, deciding."""

    path = "/bulk"
    route_name = "bulk"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.bulk = Bulk(desk.register, desk.engine, desk.keys, desk.clock)

    @route("")
    async def index(self, request: Request) -> Response:
        """The questions with conflicts; of a chosen one, what the rule would do."""
        who = required(request, Action.DECIDE)
        subject = str(request.query_params.get("subject") or "")
        rule = _rule(str(request.query_params.get("rule") or Rule.NEWEST_VISIT))
        kind, _, unit = subject.partition(".")
        cases = await in_thread(lambda: self._lines(who, kind, unit, rule)) if unit else None
        return self.draw(
            request,
            "bulk.html",
            title=say("bulk.title"),
            subjects=await in_thread(lambda: self.bulk.subjects(who)),
            rules=tuple(Rule),
            subject=subject,
            rule=rule,
            cases=cases,
        )

    @route("/apply", methods=["POST"], name="bulk_apply")
    async def apply(self, request: Request) -> Response:
        """Decides what was shown and is still as it was shown."""
        who = required(request, Action.DECIDE)
        form = await request.form()
        rule = _rule(str(form.get("rule") or ""))
        seen = [pair for each in form.getlist("seen")[:CASES_MAX] for pair in _seen(str(each))]
        done = await in_thread(lambda: self.bulk.apply(who, rule, seen))
        said = "bulk.done_some" if done.left else "bulk.done"
        return self.onward(request, "/review?kind=conflict", said, n=done.decided, left=done.left)

    def _lines(self, who: AccountIdentity, kind: str, unit: str, rule: Rule) -> list[Line]:
        cases = self.bulk.preview(who, kind, unit, rule)
        with reading(self.desk.engine) as conn:
            records = {case.detail.record.id for case in cases}
            titles = titles_of(conn, who, records, Sight.WHOLE)
        reader = Reader(Sight.WHOLE, titles)
        return [_line(case, reader) for case in cases]


def _rule(named: str) -> Rule:
    if named not in tuple(Rule):
        raise NotFound
    return Rule(named)


def _seen(text: str) -> Iterator[tuple[str, int]]:
    conflict, _, version = text.partition(":")
    if len(conflict) <= ID_MAX and version.isdecimal() and len(version) < 19:
        yield conflict, int(version)


def _line(case: Case, reader: Reader) -> Line:
    detail = case.detail

    def told(value: ConflictValue) -> Told:
        last = max(value.origins, key=lambda origin: origin.effective, default=None)
        text = reader.text(detail.record_kind, detail.unit, value.value)
        return Told(text, last.who_name if last else "", last.effective if last else None)

    return Line(
        id=detail.id,
        version=detail.record.version,
        title=reader.titles.get(detail.record.id, ""),
        grid=detail.grid,
        chosen=told(case.chosen) if case.chosen else None,
        others=tuple(told(value) for value in detail.values if value is not case.chosen),
    )
