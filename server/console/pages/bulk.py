"""Many conflicts of one question decided by one rule: a preview of each, then what was ticked."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
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
from server.review.bulk import CASES_MAX, Bulk, Case, Rule, decided_for

ID_MAX = 36
_SUBJECT = re.compile(r"[a-z_]{1,40}\.\w{1,60}", re.ASCII)


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
        self.bulk = bulk_of(desk)

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
        if not done.decided:
            flash(request, say("bulk.done_nothing" if seen else "review.nothing"), "warning")
            return self.onward(request, f"/bulk?subject={_subject(form)}&rule={rule}")
        said, decided = "bulk.done_some" if done.left else "bulk.done", len(done.decided)
        here = f"/bulk/done/{done.decided[0]}"
        return self.onward(request, here, said, n=decided, left=done.left)

    @route("/done/{id:uuid}", methods=["GET"], name="bulk_done")
    async def done(self, request: Request) -> Response:
        """What was decided together with a conflict: by whom, by which rule, and what for what."""
        who = required(request, Action.DECIDE)
        conflict = str(request.path_params["id"])
        batch = await in_thread(lambda: self.bulk.batch(who, conflict))
        if batch is None:
            raise NotFound
        cases = [Case(each, decided_for(each)) for each in batch.conflicts]
        return self.draw(
            request,
            "bulk_done.html",
            title=say("bulk.done_title"),
            batch=batch,
            kind=batch.conflicts[0].record_kind,
            unit=batch.conflicts[0].unit,
            cases=await in_thread(lambda: self._told(who, cases)),
        )

    def _lines(self, who: AccountIdentity, kind: str, unit: str, rule: Rule) -> list[Line]:
        return self._told(who, self.bulk.preview(who, kind, unit, rule))

    def _told(self, who: AccountIdentity, cases: Sequence[Case]) -> list[Line]:
        with reading(self.desk.engine) as conn:
            records = {case.detail.record.id for case in cases}
            titles = titles_of(conn, who, records, Sight.WHOLE)
        reader = Reader(Sight.WHOLE, titles)
        return [_line(case, reader) for case in cases]


def bulk_of(desk: Desk) -> Bulk:
    """The bulk decisions of every town."""
    return Bulk(desk.register, desk.engine, desk.keys, desk.clock)


def _rule(named: str) -> Rule:
    if named not in tuple(Rule):
        raise NotFound
    return Rule(named)


def _subject(form: FormData) -> str:
    """The question that was looked at; nothing where that is none."""
    asked = str(form.get("subject") or "")
    return asked if _SUBJECT.fullmatch(asked) else ""


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
