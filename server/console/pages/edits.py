"""Editing a record at the desk: its form's own questions, and an ordinary change of the register.

The version that was shown is the base: what came in meanwhile is merged or becomes a conflict,
like an edit on a phone. An answer that is masked stays as it is when its input is left empty.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import in_thread, required
from server.console.drawing import LISTS
from server.console.inputs import Input, can_write, filled_input, is_masked, read_input
from server.console.labels import Sight, form_of, rules_of
from server.console.pages.base import Pages
from server.console.register_lists import About, desk_lists
from server.console.titles import titles_of
from server.console.words import language, pick, say, town_time
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action, may
from server.office.workers import workers
from server.register.edits import Edit
from shared.changes import Answer, ChangeKind
from shared.forms.logic import FormState, QuestionState
from shared.forms.model import Form
from shared.forms.register_lists import Lists
from shared.forms.scope import Moment
from shared.merge import conflicts, shown
from shared.records import Record

KINDS = frozenset({"dwelling", "household", "resident"})
"""A visit is written once; a correction is another visit."""


class Opened(Struct, frozen=True):
    """A record open in its form."""

    record: Record
    title: str
    form: Form
    before: Mapping[str, Answer]
    contested: frozenset[str]
    lists: Lists
    """Of the register, those that the form asks for."""
    writers: Mapping[str, str]
    """Names of workers whose paper somebody may type in here, by id."""


class InputPage(Struct, frozen=True):
    """Questions under one heading."""

    label: str
    inputs: tuple[Input, ...]


class EditPages(Pages):
    """The form of a record, filled in."""

    path = "/records"
    route_name = "record_edits"

    @route("/{kind}/{id:uuid}/edit", methods=["GET"], name="record_edit")
    async def show(self, request: Request) -> Response:
        """The form with the answers that stand."""
        who = required(request, Action.EDIT_RECORDS)
        opened = await in_thread(lambda: self._open(request, who))
        return self._draw(request, opened, self._state(opened), opened.record.version)

    @route("/{kind}/{id:uuid}/edit", methods=["POST"], name="record_save")
    async def save(self, request: Request) -> Response:
        """Saves what was changed."""
        who = required(request, Action.EDIT_RECORDS)
        opened = await in_thread(lambda: self._open(request, who))
        form = await request.form()
        asked = str(form.get("base") or "")
        base = int(asked) if asked.isdecimal() else 0
        state = self._state(opened)
        touched = _take(form, state, opened)
        if not 0 < base <= opened.record.version:
            flash(request, say("conflict.changed"), "error")
            return self._draw(request, opened, self._state(opened), opened.record.version)
        if touched & state.faults().keys():
            return self._draw(request, opened, state, base, status=400)
        edit = _edit(opened, state, base, touched)
        behalf = str(form.get("on_behalf") or "")
        if behalf in opened.writers:
            edit = replace(edit, on_behalf_of=behalf)
        here = f"/{LISTS[opened.record.kind]}/detail?pk={opened.record.id}"
        if not edit.units:
            return self.onward(request, here, "edit.nothing")
        try:
            done = await in_thread(lambda: self.desk.register.commit(who, [edit]))
        except NotFound:
            raise
        except ServerError as error:
            flash(request, pick(error.words), "error")
            return self._draw(request, opened, state, base, status=400)
        outcome = done.results[0].outcome
        return self.onward(request, here, f"edit.{outcome}")

    def _open(self, request: Request, who: AccountIdentity) -> Opened:
        kind, record_id = str(request.path_params["kind"]), str(request.path_params["id"])
        record = self.desk.register.record(who.town, record_id)
        form = form_of(kind)
        if record is None or form is None or kind not in KINDS or record.kind != kind:
            raise NotFound
        if record.grid not in who.grids or record.deleted:
            raise NotFound
        rules = rules_of(kind)
        before = shown(record, rules)
        household = record_id if kind == "household" else str(before.get("household") or "")
        with reading(self.desk.engine) as conn:
            titles = titles_of(conn, who, [record_id], Sight.DESK)
            lists = desk_lists(conn, who, form, About(record.grid, household))
            known = workers(conn, who) if may(who.role, Action.SEE_STAFF) else []
        return Opened(
            record=record,
            title=titles.get(record_id, ""),
            form=form,
            before=before,
            contested=conflicts(record, rules),
            lists=lists,
            writers={one.id: one.name for one in known if one.active},
        )

    def _state(self, opened: Opened) -> FormState:
        moment = Moment(town_time(self.desk.clock()), language(), lists=opened.lists)
        return FormState.of_record(opened.form, opened.before, moment)

    def _draw(
        self, request: Request, opened: Opened, state: FormState, base: int, *, status: int = 200
    ) -> Response:
        pages = tuple(
            InputPage(page.label, inputs)
            for page in state.pages()
            if (inputs := tuple(_inputs(page.questions, opened)))
        )
        return self.draw(
            request,
            "edit.html",
            status=status,
            title=say("edit.title", title=opened.title),
            opened=opened,
            pages=pages,
            base=base,
            back=f"/{LISTS[opened.record.kind]}/detail?pk={opened.record.id}",
        )


def _inputs(questions: tuple[QuestionState, ...], opened: Opened) -> list[Input]:
    return [
        filled_input(
            opened.form,
            asked.question,
            asked.answer,
            Sight.DESK,
            offered=asked.choices or None,
            contested=asked.question.unit in opened.contested,
            fault=opened.form.words(asked.fault, language()),
        )
        for asked in questions
        # Instances of a repeat are edited on the phone, which has the means for it.
        if asked.key in opened.form.draft_names
        and not asked.readonly
        and can_write(opened.form, asked.question.unit)
    ]


def _take(form: FormData, state: FormState, opened: Opened) -> set[str]:
    """Answers the form with what was posted; the names of the questions that were asked."""
    asked = str(form.get("asked") or "").split()
    touched = set()
    for name in asked:
        question = opened.form.question(name)
        if question is None or not can_write(opened.form, question.unit):
            continue
        value = read_input(form, question)
        stands = opened.before.get(question.unit)
        if value is None and stands is not None and is_masked(question):
            continue  # nothing was typed over what is not shown
        if _as_typed(value) != _as_typed(stands):
            state.answer(name, value)
            touched.add(name)
    return touched


def _as_typed(value: Answer) -> object:
    """An answer as an input gives it back: numbers are texts there."""
    if isinstance(value, list | tuple):
        return sorted(map(str, value))
    return value if value is None or isinstance(value, Mapping) else str(value)


def _edit(opened: Opened, state: FormState, base: int, touched: set[str]) -> Edit:
    units = {
        unit: value
        for unit, value in state.edits(opened.before).items()
        if any(member.name in touched for member in opened.form.units[unit])
    }
    return Edit(
        kind=ChangeKind.SET,
        record=opened.record.id,
        record_kind=opened.record.kind,
        grid=opened.record.grid,
        base=base,
        units=units,
        old={unit: opened.before.get(unit) for unit in units},
    )
