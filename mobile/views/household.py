"""A household's page: what to know before knocking stands above everything else."""

import asyncio

import flet as ft

from mobile.store.cards import HouseholdCard, ResidentCard, VisitCard
from mobile.store.values import Draft
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.contest import contest_panel
from mobile.views.parts.flags import NOBODY_HOME_MIN, flag_chip, flags_of
from mobile.views.parts.frame import foot_bar, go, scrolled, step_screen
from mobile.views.parts.panels import Tone, banner, empty, fact, line, panel, section
from mobile.views.parts.type import body, headline, label, muted, title
from mobile.views.state.cards import choice_words, member_words, visit_words, visited_words
from mobile.views.state.dates import day_words, parse_day
from mobile.views.state.drafts import form_route
from mobile.views.state.household import Facts, HouseholdState
from mobile.views.theme import GAP

SHORT = 12
"""Answers shorter than this stand two in a row."""
POLICY_ICONS = {
    "appointment": ft.Icons.EVENT_AVAILABLE_OUTLINED,
    "phone_only": ft.Icons.PHONE_OUTLINED,
    "no_visits": ft.Icons.PAUSE_CIRCLE_OUTLINE,
}


@guarded_view
def household_screen() -> ft.View:
    """The page of the household that the address names."""
    texts = current_tab().texts
    household = ft.use_route_params().get("household", "")
    return step_screen(
        f"/households/{household}",
        household_pane(household),
        title=texts("household.title"),
        back="/households",
    )


@guarded
def household_pane(household: str) -> ft.Control:
    """The household, with what can be done at the foot."""
    tab = current_tab()
    state = ft.use_memo(lambda: HouseholdState(tab, household), [household])
    use_live(state)
    card = state.card
    if card is None:
        return _gone()
    return ft.Column(
        [
            ft.Container(
                scrolled(
                    [
                        _heading(card),
                        *_before_knocking(card),
                        *[contest_panel(contest) for contest in state.contests],
                        _members(state),
                        *[_facts(facts) for facts in state.facts],
                        _visits(state),
                    ]
                ),
                expand=True,
            ),
            foot_bar(_actions(state)),
        ],
        spacing=0,
        expand=True,
    )


def _heading(card: HouseholdCard) -> ft.Control:
    texts = current_tab().texts
    return ft.Column(
        [
            headline(card.place or texts("card.no_door")),
            title(card.head_name or texts("card.no_name"), colour=ft.Colors.ON_SURFACE_VARIANT),
            *([muted(card.address)] if card.address and card.address != card.place else []),
            ft.Row(
                [flag_chip(flag, texts) for flag in flags_of(card)],
                wrap=True,
                spacing=14,
                run_spacing=6,
            ),
        ],
        spacing=6,
        tight=True,
    )


def _before_knocking(card: HouseholdCard) -> list[ft.Control]:
    tab = current_tab()
    texts, shown = tab.texts, []
    if card.visit_policy in POLICY_ICONS:
        until = parse_day(card.no_visits_until)
        words = texts(f"household.policy_{card.visit_policy}")
        if until is not None and card.visit_policy == "no_visits":
            day = day_words(until, tab.now().date(), texts)
            words = texts("household.policy_no_visits_until", day=day)
        shown.append(banner(words, icon=POLICY_ICONS[card.visit_policy]))
    if card.needs:
        words = texts("household.needs", needs=card.needs)
        shown.append(banner(words, icon=ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED, tone=Tone.GOOD))
    shown.append(_last_visit(card))
    return shown


def _last_visit(card: HouseholdCard) -> ft.Control:
    tab = current_tab()
    more = []
    if card.nobody_home >= NOBODY_HOME_MIN:
        more.append(muted(tab.texts("household.nobody_home", n=card.nobody_home)))
    return panel(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.HISTORY, color=ft.Colors.PRIMARY),
                    ft.Container(body(visit_words(card, tab)), expand=True),
                    label(tab.texts("household.visits_count", n=card.visits)),
                ],
                spacing=GAP,
            ),
            *more,
        ],
        spacing=4,
    )


def _members(state: HouseholdState) -> ft.Control:
    texts = current_tab().texts
    lines: list[ft.Control] = [_member(state, member) for member in state.members]
    add = button(
        "add-member",
        texts("household.add_member"),
        _opens(state, "resident"),
        icon=ft.Icons.PERSON_ADD_ALT_OUTLINED,
    )
    count = texts("card.people", n=len(state.members)) if state.members else ""
    nobody = [] if lines else [muted(texts("household.no_members"))]
    return section(texts("household.members"), [*lines, *nobody, add], beside=count)


def _member(state: HouseholdState, member: ResidentCard) -> ft.Control:
    texts = current_tab().texts
    flagged = texts("flags.conflict.name") if member.conflict else ""
    under = " · ".join(part for part in (member_words(member, current_tab()), flagged) if part)
    return line(
        f"member-{member.id}",
        member.name or texts("card.no_name"),
        under=under,
        icon=ft.Icons.PERSON_OUTLINE,
        on_click=_opens(state, "resident", member.id),
    )


def _facts(facts: Facts) -> ft.Control:
    shown: list[ft.Control] = [
        ft.Container(fact(one.name, one.value), col=6 if len(one.value) < SHORT else 12)
        for one in facts.facts
    ]
    return section(facts.heading, [panel([ft.ResponsiveRow(shown, spacing=GAP, run_spacing=GAP)])])


def _visits(state: HouseholdState) -> ft.Control:
    texts = current_tab().texts
    if not state.visits:
        return section(
            texts("household.visits"),
            [
                empty(
                    ft.Icons.HISTORY,
                    texts("household.no_visits"),
                    texts("household.no_visits_hint"),
                )
            ],
        )
    return section(texts("household.visits"), [_visit(visit) for visit in state.visits])


def _visit(visit: VisitCard) -> ft.Control:
    tab = current_tab()
    form = tab.store.form("visit")
    outcome = choice_words(form, "outcome", visit.outcome, tab.texts)
    unsent = [label(tab.texts("flags.unsent.name"))] if visit.unsent else []
    return panel(
        [
            ft.Row([ft.Container(title(outcome), expand=True), *unsent]),
            muted(visited_words(visit, tab)),
            *([body(visit.note)] if visit.note else []),
        ],
        spacing=4,
    )


def _actions(state: HouseholdState) -> list[ft.Control]:
    texts = current_tab().texts
    going_on = state.draft is not None

    async def visit() -> None:
        draft = await asyncio.to_thread(state.begin_visit)
        go(f"/households/{state.id}/visit/{draft.id}")

    return [
        button(
            "edit",
            texts("household.edit"),
            _opens(state, "household", state.id),
            icon=ft.Icons.EDIT_OUTLINED,
        ),
        button(
            "visit",
            texts("household.visit_on" if going_on else "household.visit"),
            visit,
            weight=Weight.MAIN,
            icon=ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
            expand=True,
        ),
    ]


def _opens(state: HouseholdState, kind: str, record: str | None = None) -> Act:
    async def opens() -> None:
        draft: Draft = await asyncio.to_thread(state.begin, kind, record)
        go(form_route(draft, state.id))

    return opens


def _gone() -> ft.Control:
    texts = current_tab().texts
    return empty(
        ft.Icons.HOME_WORK_OUTLINED,
        texts("household.gone"),
        texts("household.gone_hint"),
        button("to-list", texts("household.to_list"), lambda: go("/households")),
    )
