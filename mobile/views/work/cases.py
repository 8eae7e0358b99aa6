"""Cases: what the grid has to do, where the others are, and one case with its steps."""

import asyncio
from collections.abc import Sequence

import flet as ft

from mobile.store.work import Filed
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import Tone, banner, empty, line, panel, section
from mobile.views.parts.type import body, headline, label, muted, title
from mobile.views.policy import policy_line
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.work.cases import (
    CasesState,
    CaseState,
    HouseholdCasesState,
    choice_name,
    code_name,
    holder_name,
    receipt,
)
from mobile.views.work.entries import entry_lines
from mobile.views.work.facts import facts_of
from mobile.views.work.form import ENVELOPE
from mobile.views.work.words import due_line, phase_name, sort_icon, sort_name, under
from shared.work.standing import Why
from shared.work.values import Action, Step

LOUD = (Action.HANDLE, Action.SESSION, Action.CLOSE, Action.RETURN_VISIT, Action.VERIFY)
"""Steps that a case is there for; the others stand below them."""
SAID_ABOVE = frozenset({"case_kind", "must_report", "urgency", "text", "discovered_at"})


@guarded_view
def cases_screen() -> ft.View:
    """The work of the grid."""
    texts = current_tab().texts
    report = button(
        "to-report",
        texts("report.title"),
        lambda: go("/report"),
        weight=Weight.MAIN,
        icon=ft.Icons.CAMPAIGN_OUTLINED,
        expand=True,
    )
    return step_screen("/tasks", cases_body(), title=texts("work.title"), back="/", foot=[report])


@guarded
def cases_body() -> ft.Control:
    """The cases by who has them, and the other entries."""
    tab = current_tab()
    texts = tab.texts
    state = ft.use_memo(lambda: CasesState(tab), [])
    use_live(state)
    cases = state.cases
    if cases is None:
        return ft.Container()
    none = empty(ft.Icons.TASK_ALT, texts("work.none"), texts("work.none_hint"))
    shown = [
        *_cases("mine", cases.mine),
        *_cases("visits", cases.visits),
        *_cases("above", cases.above),
        *_cases("ended", cases.ended),
    ]
    lists = [
        section(texts(f"work.{unit}"), [panel([body(f"· {line}") for line in lines])])
        for unit, lines in state.lists
    ]
    return scrolled(
        [*(shown or [none]), section(texts("work.more"), [*entry_lines(), *policy_line()]), *lists]
    )


def case_line(filed: Filed) -> ft.Control:
    """A case in a list."""
    tab = current_tab()
    late = filed.standing.is_overdue(tab.store.shelf.now())
    return line(
        f"case-{filed.record.id}",
        filed.record.title or sort_name(tab, filed.standing.case.sort),
        under=under(tab, filed),
        icon=ft.Icons.ALARM if late else sort_icon(filed.standing.case.sort),
        on_click=lambda: go(f"/tasks/case/{filed.record.id}"),
    )


@guarded
def household_cases(household: str) -> ft.Control:
    """What is being done for a household, on its page."""
    tab = current_tab()
    state = ft.use_memo(lambda: HouseholdCasesState(tab, household), [household])
    use_live(state)
    if not state.cases:
        return ft.Container()
    lines = [case_line(one) for one in state.cases]
    return section(tab.texts("work.of_household"), lines, beside=str(len(lines)))


@guarded_view
def case_screen() -> ft.View:
    """The case that the address names."""
    case = ft.use_route_params().get("case", "")
    texts = current_tab().texts
    return step_screen(
        f"/tasks/case/{case}", case_body(case), title=texts("work.case"), back="/tasks"
    )


@guarded
def case_body(case: str) -> ft.Control:
    """How it stands, what comes next, and every step."""
    tab = current_tab()
    state = ft.use_memo(lambda: CaseState(tab, case), [case])
    use_live(state)
    filed = state.filed
    if filed is None:
        return empty(
            ft.Icons.ASSIGNMENT_OUTLINED, tab.texts("work.gone"), tab.texts("work.gone_hint")
        )
    return scrolled(
        [
            _heading(filed),
            *_contested(filed),
            *_joined(filed),
            _next(state),
            _told(filed),
            _steps(filed),
        ]
    )


def _cases(key: str, cases: Sequence[Filed]) -> list[ft.Control]:
    if not cases:
        return []
    texts = current_tab().texts
    return [
        section(texts(f"work.{key}"), [case_line(one) for one in cases], beside=str(len(cases)))
    ]


def _heading(filed: Filed) -> ft.Control:
    tab = current_tab()
    standing = filed.standing
    urgency = standing.case.urgency
    kind = " · ".join(
        part
        for part in (
            choice_name(tab, "case", "urgency", urgency) if urgency != "normal" else "",
            sort_name(tab, standing.case.sort),
            phase_name(tab, standing.phase),
            holder_name(tab, filed, standing),
        )
        if part
    )
    due = due_line(tab, filed)
    late = standing.is_overdue(tab.store.shelf.now())
    return ft.Column(
        [
            headline(filed.record.text("text") or sort_name(tab, standing.case.sort)),
            muted(kind),
            *([body(due) if not late else title(due, colour=ft.Colors.ERROR)] if due else []),
            label(tab.texts("work.receipt", number=receipt(filed))),
        ],
        spacing=6,
        tight=True,
    )


def _contested(filed: Filed) -> list[ft.Control]:
    if not filed.standing.contested:
        return []
    return [banner(current_tab().texts("work.contested"), icon=ft.Icons.COMPARE_ARROWS)]


def _joined(filed: Filed) -> list[ft.Control]:
    """The case that it is the same as, which is handled in its place."""
    tab = current_tab()
    other = tab.store.known.work.one(filed.standing.same_as) if filed.standing.same_as else None
    if other is None:
        return []
    words = tab.texts("same.as", name=other.title)
    return [
        line(
            "same-as",
            words,
            icon=ft.Icons.COPY_ALL_OUTLINED,
            on_click=lambda: go(f"/tasks/case/{other.id}"),
        )
    ]


def _next(state: CaseState) -> ft.Control:
    """The steps that may be taken now."""
    tab = current_tab()
    if not state.offers:
        return ft.Container()
    ways = [
        button(
            f"step-{action}",
            choice_name(tab, "case_step", "action", action.value),
            _takes(state, action),
            weight=Weight.SIDE if action in LOUD else Weight.QUIET,
        )
        for action in sorted(state.offers, key=lambda action: action not in LOUD)
    ]
    return section(tab.texts("work.next"), [ft.Row(ways, wrap=True, spacing=8, run_spacing=8)])


def _takes(state: CaseState, action: Action) -> Act:
    if action is Action.DUPLICATE:
        return lambda: go(f"/tasks/case/{state.id}/same")

    async def take() -> None:
        draft = await asyncio.to_thread(state.begin, action)
        go(f"/tasks/form/{draft.id}")

    return take


def _told(filed: Filed) -> ft.Control:
    """What was noted down about it."""
    facts = facts_of(filed.record, SAID_ABOVE)
    return panel(facts) if facts else ft.Container()


def _steps(filed: Filed) -> ft.Control:
    tab = current_tab()
    standing = filed.standing
    told = [(step, None) for step in standing.took]
    aside = [(one.step, one.why) for one in standing.asides]
    both = sorted([*told, *aside], key=lambda pair: pair[0].order, reverse=True)
    found = tab.texts(
        "work.found",
        when=_when(standing.case.discovered),
        who=tab.store.person(standing.case.reporter),
    )
    lines = [_step(filed, step, why) for step, why in both]
    return section(tab.texts("work.steps"), [*lines, muted(found)], beside=str(len(both) or ""))


def _step(filed: Filed, step: Step, why: Why | None) -> ft.Control:
    tab = current_tab()
    worked = filed.steps[step.id]
    by = " · ".join(
        part
        for part in (holder_name(tab, filed, step), tab.store.person(step.author), _when(step.at))
        if part
    )
    unsent = [label(tab.texts("work.unsent"))] if worked.unsent else []
    beside = [label(code_name(tab, "step_aside", why.value))] if why is not None else []
    return panel(
        [
            title(choice_name(tab, "case_step", "action", step.action.value)),
            label(by),
            *beside,
            *unsent,
            *facts_of(worked, ENVELOPE),
        ],
        tone=Tone.PLAIN,
    )


def _when(ms: int) -> str:
    tab = current_tab()
    now = tab.office_now()
    return time_words(at_ms(ms, now.tzinfo), now, tab.texts)
