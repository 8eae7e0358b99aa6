"""Nil reports: what is due, and the report itself, filled in and waiting for a person's tap."""

import asyncio

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live, use_watched
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import Tone, banner, empty, line, panel, section
from mobile.views.parts.type import headline, label, muted
from mobile.views.state.dates import at_ms, day_words, time_words
from mobile.views.state.work.cases import choice_name, code_name
from mobile.views.state.work.nil import NilReportState, NilsState
from mobile.views.work.cases import case_line
from mobile.views.work.entries import KINDS
from shared.work.nil import Cell, NilState
from shared.work.periods import Period, period_named
from shared.work.reading import SUBJECTS

ICONS = {
    NilState.DONE: ft.Icons.CHECK_CIRCLE_OUTLINE,
    NilState.NIL: ft.Icons.EXPOSURE_ZERO,
    NilState.LATE: ft.Icons.SCHEDULE,
    NilState.MISSING: ft.Icons.ERROR_OUTLINE,
    NilState.EXCUSED: ft.Icons.REMOVE_CIRCLE_OUTLINE,
    NilState.OPEN: ft.Icons.MORE_HORIZ,
    NilState.NONE: ft.Icons.BEDTIME_OUTLINED,
}


@guarded_view
def nils_screen() -> ft.View:
    """The reports of the last weeks, grid by grid."""
    texts = current_tab().texts
    return step_screen("/tasks/nil", nils_body(), title=texts("nil.title"), back="/tasks")


@guarded
def nils_body() -> ft.Control:
    """A section for each grid."""
    tab = current_tab()
    state = ft.use_memo(lambda: NilsState(tab), [])
    use_live(state)
    sections: list[ft.Control] = [
        section(area.name, _lines(area.id, cells) or [_none_due()]) for area, cells in state.grids
    ]
    texts = tab.texts
    return scrolled(
        sections or [empty(KINDS["nil_report"], texts("nil.none"), texts("nil.none_hint"))]
    )


def nil_line(grid: str, cell: Cell, *, name: str = "") -> ft.Control:
    """A report in a list; name: of the grid, among other things that are due."""
    tab = current_tab()
    flags = [tab.texts("nil.contradicted")] if cell.contradicted else []
    signed = [tab.texts("nil.signed", n=len(cell.reports))] if len(cell.reports) > 1 else []
    due = [_due(grid, cell)] if cell.state in (NilState.OPEN, NilState.MISSING) else []
    parts = [name, code_name(tab, "nil_state", cell.state.value), *due, *signed, *flags]
    period = period_words(cell.period)
    return line(
        f"nil-{grid}-{cell.period.key}",
        tab.texts("nil.of", period=period) if name else period,
        under=" · ".join(part for part in parts if part),
        icon=ICONS[cell.state],
        on_click=lambda: go(f"/tasks/nil/{grid}/{cell.period.key}"),
    )


def period_words(period: Period) -> str:
    """A day, or the first and last day of a week."""
    tab = current_tab()
    today = tab.office_now().date()
    first = day_words(period.first, today, tab.texts)
    if period.first == period.last:
        return first
    return tab.texts("nil.week", first=first, last=day_words(period.last, today, tab.texts))


@guarded_view
def nil_report_screen() -> ft.View:
    """The report of the grid and period that the address names."""
    tab = current_tab()
    params = ft.use_route_params()
    grid, key = params.get("grid", ""), params.get("period", "")
    period = period_named(key)
    route = f"/tasks/nil/{grid}/{key}"
    if period is None:
        nothing = empty(KINDS["nil_report"], tab.texts("nil.none"), tab.texts("nil.none_hint"))
        return step_screen(route, nothing, title=tab.texts("nil.title"), back="/tasks/nil")
    state = ft.use_memo(lambda: NilReportState(tab, grid, period), [grid, key])

    async def submit() -> None:
        await asyncio.to_thread(state.submit)
        tab.say(tab.texts("nil.submitted"))
        go("/tasks/nil")

    main = button(
        "submit", tab.texts("nil.submit"), submit, weight=Weight.MAIN, icon=ft.Icons.SEND_OUTLINED,
        expand=True,
    )  # fmt: skip
    return step_screen(
        route, nil_report_body(state), title=tab.texts("nil.title"), back="/tasks/nil", foot=[main]
    )


@guarded
def nil_report_body(state: NilReportState) -> ft.Control:
    """Subject by subject, what there was; what was noted down is ticked already."""
    use_live(state)
    tab = current_tab()
    cell = state.told
    signed = cell is not None and bool(cell.reports)
    cases = [case_line(filed) for filed in state.cases]
    return scrolled(
        [
            headline(period_words(state.period)),
            muted(tab.texts("nil.hint")),
            *([banner(tab.texts("nil.signs"), icon=ft.Icons.GROUP_OUTLINED)] if signed else []),
            nil_subjects(state),
            *([section(tab.texts("nil.cases"), cases, beside=str(len(cases)))] if cases else []),
        ]
    )


@guarded
def nil_subjects(state: NilReportState) -> ft.Control:
    """The switches, and room for a note."""
    use_watched(state)
    tab = current_tab()
    has = state.has or set()

    def typed(event: ft.Event[ft.TextField]) -> None:
        state.say(event.control.value)

    switches: list[ft.Control] = [
        _switch(state, subject, on=subject in has) for subject in SUBJECTS
    ]
    note = ft.Semantics(
        identifier="nil-note",
        content=with_words(
            tab,
            ft.TextField(
                label=tab.texts("nil.note"), value=state.note, on_change=typed, multiline=True
            ),
        ),
    )
    return panel([*switches, note], tone=Tone.PLAIN)


def _switch(state: NilReportState, subject: str, *, on: bool) -> ft.Control:
    tab = current_tab()
    form = tab.store.form("nil_report")
    question = form.question(subject) if form is not None else None
    name = form.words(question.label, tab.language) if form and question else subject
    said = choice_name(tab, "nil_report", subject, "has" if on else "nil")
    return ft.Semantics(
        identifier=f"nil-{subject}",
        content=ft.MergeSemantics(
            ft.Container(
                padding=ft.Padding.symmetric(vertical=4),
                content=ft.Row(
                    [
                        # One below the other: beside each other, large text breaks words.
                        ft.Column([muted(name), label(said)], spacing=0, expand=True),
                        ft.Switch(value=on, on_change=lambda _: state.toggle(subject)),
                    ]
                ),
            )
        ),
    )


def _lines(grid: str, cells: tuple[Cell, ...]) -> list[ft.Control]:
    """The periods for which a report is due, or was made."""
    return [nil_line(grid, one) for one in cells if one.state is not NilState.NONE]


def _due(grid: str, cell: Cell) -> str:
    tab = current_tab()
    rules = tab.store.known.work.rules(grid)
    now = tab.office_now()
    at = time_words(at_ms(cell.period.due(rules), now.tzinfo), now, tab.texts)
    return tab.texts("nil.due", when=at)


def _none_due() -> ft.Control:
    return muted(current_tab().texts("nil.none"))
