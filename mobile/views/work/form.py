"""A form of grid work; a new case may be closed with the same save."""

import asyncio

import flet as ft

from mobile.store.values import Draft
from mobile.views.context import current_tab
from mobile.views.form.reach import Reach, use_reach
from mobile.views.form.screen import dropped, not_there
from mobile.views.form.sheet_view import sheet_questions
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_watched
from mobile.views.parts.buttons import Weight, button, icon_button
from mobile.views.parts.confirm import use_confirm
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.owed import owed_line
from mobile.views.parts.panels import Tone, banner, panel
from mobile.views.parts.policy import policy_hint
from mobile.views.parts.type import title
from mobile.views.state.sheet import Sheet, open_sheet
from mobile.views.state.work.cases import choice_name, code_name
from mobile.views.state.work.reporting import ReportState
from mobile.views.work.words import sort_name
from shared.work.values import URGENT

ENVELOPE = frozenset({"case", "action", "level", "post", "turn", "after", "on_spot", "facility"})
"""Answered by the app itself."""
HIDDEN: dict[str, frozenset[str]] = {
    "case": frozenset({"case_kind", "must_report", "household", "facility", "discovered_at"}),
    "protection": frozenset({"household", "discovered_at", "case_kind"}),
    "diary": frozenset({"household"}),
    "patrol": frozenset({"at"}),
    "facility_check": frozenset({"facility", "at"}),
    "finding": frozenset({"household", "case", "severity", "text"}),
}
BACK = {"case": "/tasks", "protection": "/", "facility_check": "/tasks/entries/facility"}


@guarded_view
def work_form_screen() -> ft.View:
    """The form that the address names."""
    tab = current_tab()
    draft = ft.use_route_params().get("draft", "")
    sheet = ft.use_memo(lambda: open_sheet(tab, draft), [draft, tab.language])
    ask = use_confirm()
    ref, reach = use_reach()
    route = f"/tasks/form/{draft}"
    if sheet is None:
        return step_screen(route, not_there("/tasks"), title=tab.texts("form.title"), back="/tasks")
    state = ft.use_memo(lambda: ReportState(tab, sheet), [id(sheet)])
    back = _home(sheet.draft)

    def drop() -> None:
        ask(tab.texts("form.drop_title"), tab.texts("form.drop_text"), dropped(sheet, back))

    return step_screen(
        route,
        work_form_body(state, ref),
        title=_title(sheet),
        back=back,
        actions=[icon_button("drop", tab.texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[owed_line(sheet), _save(state, reach)],
    )


@guarded
def work_form_body(state: ReportState, ref: ft.Ref[ft.ListView]) -> ft.Control:
    """What it is about, the questions, and whether it was solved already."""
    kind = state.sheet.draft.kind
    return scrolled(
        [
            *_about(state.sheet.draft),
            *_explained(state.sheet),
            sheet_questions(state.sheet, HIDDEN.get(kind, ENVELOPE)),
            *([solved_on_the_spot(state)] if state.can_be_solved else []),
        ],
        ref=ref,
    )


@guarded
def solved_on_the_spot(state: ReportState) -> ft.Control:
    """Small things are settled where they are found: the same save closes them."""
    use_watched(state)
    texts = current_tab().texts

    def typed(event: ft.Event[ft.TextField]) -> None:
        state.say_how(event.control.value)

    how = ft.Semantics(
        identifier="solved-how",
        content=with_words(
            current_tab(),
            ft.TextField(
                label=texts("work.how"),
                value=state.how,
                on_change=typed,
                multiline=True,
                max_lines=4,
            ),
        ),
    )
    switch = ft.Semantics(
        identifier="solved",
        content=ft.Switch(label=texts("work.solved"), value=state.solved, on_change=state.toggle),
    )
    return panel([switch, *([how] if state.solved else [])])


def _about(draft: Draft) -> list[ft.Control]:
    """The case, facility or household that the form is about; what to do first in danger."""
    tab = current_tab()
    if draft.kind == "protection":
        return [banner(tab.texts("report.harm_first"), icon=ft.Icons.SHIELD_OUTLINED)]
    if draft.kind == "finding":
        found = str(draft.answers.get("text") or "")
        return [panel([title(found, colour=Tone.CALM.value[1])], tone=Tone.CALM)] if found else []
    named = next(
        (str(draft.answers[unit]) for unit in ("case", "facility") if draft.answers.get(unit)), ""
    )
    worked = tab.store.known.work.one(named) if named else None
    household = str(draft.answers.get("household") or "")
    words = worked.title if worked else tab.label(household) if household else ""
    return [panel([title(words, colour=Tone.CALM.value[1])], tone=Tone.CALM)] if words else []


def _explained(sheet: Sheet) -> list[ft.Control]:
    """The policy cards about this kind of case: it was chosen before the form was opened."""
    kind, answers = sheet.draft.kind, sheet.draft.answers
    cards = current_tab().store.known.policy.about(kind, "case_kind", answers.get("case_kind"))
    return [policy_hint(card) for card in cards]


def _title(sheet: Sheet) -> str:
    tab, draft = current_tab(), sheet.draft
    if draft.kind == "case_step":
        action = str(draft.answers.get("action") or "")
        return choice_name(tab, "case_step", "action", action)
    if draft.kind == "case" and draft.answers.get("must_report"):
        return code_name(tab, "must_report", str(draft.answers["must_report"]))
    if draft.kind == "case":
        return sort_name(tab, str(draft.answers.get("case_kind") or ""))
    return tab.texts(f"form.{'new' if draft.new else 'edit'}_{draft.kind}")


def _home(draft: Draft) -> str:
    """Where one comes from, and goes back to."""
    if draft.kind == "case_step":
        return f"/tasks/case/{draft.answers.get('case')}"
    return BACK.get(draft.kind, f"/tasks/entries/{draft.kind}")


def _save(state: ReportState, reach: Reach) -> ft.Control:
    tab = current_tab()
    draft = state.sheet.draft

    async def save() -> None:
        if not await asyncio.to_thread(state.save):
            await reach(state.sheet)
            return
        sent = tab.texts("report.urgent" if _is_urgent(state.sheet.draft) else "form.saved")
        tab.say(sent)
        go(f"/tasks/case/{draft.record}" if draft.kind == "case" else _home(draft))
        # What was just saved is sent at once where there is a signal, before any file.
        await off_loop(tab.house.sync, quietly=True)()

    return button("save", tab.texts("form.save"), save, weight=Weight.MAIN, icon=ft.Icons.CHECK)


def _is_urgent(draft: Draft) -> bool:
    return draft.answers.get("urgency") in URGENT
