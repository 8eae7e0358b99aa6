"""Changes that were not taken: the list, and the page where one finds its way back."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import allowed, in_thread, required
from server.console.inputs import Input, can_write, filled_input, read_input
from server.console.labels import Reader, Sight, form_of, label
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import language, say
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.quarantine import HELD, OPEN_STATES, PARTLY
from server.register.waiting_room import Looked, QuarantineLine, Wanted
from server.register.way_back import Correction, Place
from shared.changes import Answer, Change, ChangeKind
from shared.forms.model import Form
from shared.forms.values import read_answer

PAGE_SIZE = 50
WORDS_MAX = 300
DONE = MappingProxyType(
    {
        "release": "refused.done.release",
        "correct": "refused.done.correct",
        "return": "refused.done.return",
        "drop": "refused.done.drop",
    }
)
"""What can be done, and what is said then."""
SAYABLE = frozenset({ChangeKind.CREATE, ChangeKind.SET})
"""What can be corrected by filling in answers."""


class Listed(Struct, frozen=True):
    """One page of the list."""

    lines: tuple[QuarantineLine, ...]
    wanted: Wanted
    counts: Mapping[str, int]
    page: int
    pages: int
    now: int


class Said(Struct, frozen=True):
    """One answer of the change."""

    label: str
    text: str
    refused: bool


class RefusedPage(Struct, frozen=True, kw_only=True):
    """What the page of one change shows."""

    line: QuarantineLine
    change: Change | None
    title: str
    there: bool
    """Its record is in the register."""
    base: int
    said: tuple[Said, ...]
    inputs: tuple[Input, ...]
    raw: str
    open: bool
    can_release: bool


class RefusedPages(Pages):
    """Changes of the reader's area that were not taken."""

    path = "/held"
    route_name = "refused"

    @route("")
    async def index(self, request: Request) -> Response:
        """Those that wait for the office, or others, the oldest first."""
        who = required(request, Action.SEE_RECORDS)
        asked = str(request.query_params.get("page") or "")
        page = max(1, int(asked)) if asked.isdecimal() and len(asked) < 6 else 1
        named = str(request.query_params.get("which") or "")
        wanted = Wanted(named) if named in tuple(Wanted) else Wanted.OPEN
        listed = await in_thread(lambda: self._listed(who, wanted, page))
        return self.draw(request, "refused.html", title=say("menu.refused"), listed=listed)

    @route("/{device}/{n:int}", methods=["GET"], name="refused_one")
    async def one(self, request: Request) -> Response:
        """One of them: why, what it says, and what can be done."""
        who = required(request, Action.SEE_RECORDS)
        found = await in_thread(lambda: self._page(request, who))
        return self.draw(request, "refused_one.html", title=say("refused.one"), refused=found)

    @route("/{device}/{n:int}", methods=["POST"], name="refused_act")
    async def act(self, request: Request) -> Response:
        """Lets it in, corrects it, sends it back, or refuses it for good."""
        who = required(request, Action.DECIDE)
        form = await request.form()
        place, deed = _place(request), str(form.get("deed") or "")
        words = str(form.get("words") or "").strip()[:WORDS_MAX]
        here = f"/held/{place.device}/{place.n}"
        if deed in ("return", "drop") and not words:
            flash(request, say("refused.say_why"), "error")
            return self.onward(request, here)
        try:
            if deed == "correct":
                correction = await in_thread(lambda: self._correction(request, who, form))
                if isinstance(correction, str):
                    flash(request, correction, "error")
                    return self.onward(request, here)
            else:
                correction = None
            await in_thread(lambda: self._do(who, place, deed, correction or words))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, "/held", DONE[deed])

    def _do(self, who: AccountIdentity, place: Place, deed: str, told: Correction | str) -> None:
        back = self.desk.register.way_back
        if isinstance(told, Correction):
            back.correct(who, place, told)
        elif deed == "return":
            back.give_back(who, place, told)
        elif deed == "drop":
            back.drop(who, place, told)
        elif deed == "release":
            back.release(who, place)
        else:
            raise NotFound

    def _listed(self, who: AccountIdentity, wanted: Wanted, page: int) -> Listed:
        register = self.desk.register
        counts = {each.value: register.count_not_taken(who, each) for each in Wanted}
        pages = max(1, -(-counts[wanted.value] // PAGE_SIZE))
        page = min(page, pages)
        lines = register.not_taken(who, wanted, offset=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE)
        return Listed(tuple(lines), wanted, counts, page, pages, self.desk.clock())

    def _look(self, request: Request, who: AccountIdentity) -> Looked:
        looked = self.desk.register.look_at(who, _place(request))
        if looked is None:
            raise NotFound
        return looked

    def _page(self, request: Request, who: AccountIdentity) -> RefusedPage:
        looked = self._look(request, who)
        change, line = looked.change, looked.line
        sight = Sight.WHOLE if allowed(request, Action.DECIDE) else Sight.MASKED
        ids = {line.record, *(v for v in (change.units if change else {}).values() if _is_text(v))}
        with reading(self.desk.engine) as conn:
            titles = titles_of(conn, who, {str(each) for each in ids}, sight)
        record = self.desk.register.record(who.town, line.record) if line.record else None
        form = form_of(change.record_kind) if change else None
        is_open = line.state in OPEN_STATES
        return RefusedPage(
            line=line,
            change=change,
            title=titles.get(line.record, ""),
            there=record is not None,
            base=record.version if record else 0,
            said=_said(change, line, Reader(sight, titles)) if change else (),
            inputs=_inputs(form, change) if form and change and is_open else (),
            raw=_pretty(looked) if sight is Sight.WHOLE else "",
            open=is_open,
            can_release=is_open
            and line.state != PARTLY
            and change is not None
            and (line.state != HELD or record is not None),
        )

    def _correction(
        self, request: Request, who: AccountIdentity, posted: FormData
    ) -> Correction | str:
        """The change with what was filled in instead; or what is wrong with that, in words."""
        looked = self._look(request, who)
        change = looked.change
        form = form_of(change.record_kind) if change else None
        asked = str(posted.get("base") or "")
        if change is None or form is None or change.kind not in SAYABLE or not asked.isdecimal():
            return say("refused.cannot_correct")
        units: dict[str, Answer] = dict(change.units)
        if looked.line.state == PARTLY:  # the rest of it is in the register
            units = {unit: units[unit] for unit in looked.line.units if unit in units}
        for each in _inputs(form, change):
            question = form.units[each.name][0]
            read = read_answer(form, question, read_input(posted, question))
            if read.fault:
                return form.words(read.fault, language())
            if read.value is not None:
                units[each.name] = read.value
            else:
                units.pop(each.name, None)
        record = self.desk.register.record(who.town, change.record)
        return Correction(
            kind=ChangeKind.SET if record else ChangeKind.CREATE,
            record=change.record,
            record_kind=change.record_kind,
            grid=record.grid if record else change.grid,
            base=int(asked),
            units=units,
        )


def _place(request: Request) -> Place:
    return Place(str(request.path_params["device"]), int(request.path_params["n"]))


def _is_text(value: Answer) -> bool:
    return isinstance(value, str)


def _said(change: Change, line: QuarantineLine, reader: Reader) -> tuple[Said, ...]:
    kind = change.record_kind
    return tuple(
        Said(label(kind, unit), reader.text(kind, unit, value), unit in line.units)
        for unit, value in change.units.items()
    )


def _inputs(form: Form, change: Change) -> tuple[Input, ...]:
    """Inputs for what the change says, as far as it can be typed at a desk."""
    if change.kind not in SAYABLE:
        return ()
    return tuple(
        filled_input(form, form.units[unit][0], value, Sight.WHOLE, offered=None)
        for unit, value in change.units.items()
        if unit in form.units and can_write(form, unit) and form.units[unit][0].name == unit
    )


def _pretty(looked: Looked) -> str:
    return msgspec.json.format(bytes(looked.raw), indent=2).decode("utf-8", "replace")
