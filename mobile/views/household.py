"""A household's page: what to know before knocking stands above everything else."""

import asyncio

import flet as ft

from mobile.store.cards import HouseholdCard, ResidentCard
from mobile.store.values import Draft
from mobile.views.asked import question_line
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live
from mobile.views.parts.before import before_knocking
from mobile.views.parts.buttons import Act, Weight, button
from mobile.views.parts.confirm import Ask, use_confirm
from mobile.views.parts.contest import contest_panel
from mobile.views.parts.flags import flag_chip, flags_of
from mobile.views.parts.frame import foot_bar, go, scrolled, step_screen
from mobile.views.parts.gaps import gaps_section
from mobile.views.parts.panels import empty, fact, line, panel, section
from mobile.views.parts.trouble import trouble_panel
from mobile.views.parts.type import headline, muted, title
from mobile.views.state.cards import member_words
from mobile.views.state.drafts import form_route
from mobile.views.state.household import Facts, HouseholdState
from mobile.views.state.story import Told
from mobile.views.story import opens_answer, told_panel
from mobile.views.theme import GAP
from mobile.views.work.cases import household_cases
from shared.visiting.visits import PHONE

SHORT = 12
"""Answers shorter than this stand two in a row."""
TOLD_MAX = 6
"""Entries of the timeline on the page; the others stand on a screen of their own."""


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
    ask = use_confirm()
    card = state.card
    if card is None:
        return _gone()
    return ft.Column(
        [
            ft.Container(
                scrolled(
                    [
                        _heading(card),
                        *before_knocking(card, state.against, state.news),
                        *_unsettled(state),
                        *_follow_up(state),
                        *([gaps_section(state.gaps)] if state.gaps else []),
                        *[contest_panel(contest) for contest in state.contests],
                        household_cases(household),
                        _members(state),
                        *[_facts(state, facts) for facts in state.facts],
                        _story(state, ask),
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


def _unsettled(state: HouseholdState) -> list[ft.Control]:
    """What the office asks about it, and what it did not take of it."""
    lines = [question_line(one) for one in state.asked]
    lines += [trouble_panel(one, here=True) for one in state.trouble]
    return [section(current_tab().texts("sync.mine"), lines)] if lines else []


def _follow_up(state: HouseholdState) -> list[ft.Control]:
    """Somebody should look in: by phone will do, or later with a reason."""
    texts = current_tab().texts
    if not state.is_due:
        return []

    async def call() -> None:
        draft = await asyncio.to_thread(state.begin_visit, PHONE)
        go(f"/households/{state.id}/visit/{draft.id}")

    def later() -> None:
        go(f"/households/{state.id}/postpone")

    ways: list[ft.Control] = [
        button("by-phone", texts("due.by_phone"), call, icon=ft.Icons.PHONE_OUTLINED),
        button("postpone", texts("due.postpone"), later, icon=ft.Icons.EVENT_OUTLINED),
    ]
    return [ft.Row(ways, wrap=True, spacing=8, run_spacing=8)]


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
    life = button(
        "life",
        texts("life.title"),
        lambda: go(f"/households/{state.id}/life"),
        icon=ft.Icons.FAMILY_RESTROOM,
    )
    ways = ft.Row([add, life], wrap=True, spacing=8, run_spacing=8)
    return section(texts("household.members"), [*lines, *nobody, ways], beside=count)


def _member(state: HouseholdState, member: ResidentCard) -> ft.Control:
    texts = current_tab().texts
    flags = [("flags.conflict.name", member.conflict), ("flags.unsent.name", member.unsent)]
    flagged = [texts(key) for key, holds in flags if holds]
    under = " · ".join(filter(None, (member_words(member, current_tab()), *flagged)))
    return line(
        f"member-{member.id}",
        member.name or texts("card.no_name"),
        under=under,
        icon=ft.Icons.PERSON_OUTLINE,
        on_click=_opens(state, "resident", member.id),
    )


def _facts(state: HouseholdState, facts: Facts) -> ft.Control:
    shown: list[ft.Control] = [
        ft.Semantics(
            identifier=f"fact-{one.unit}",
            col=6 if len(one.value) < SHORT else 12,
            content=ft.Container(
                fact(one.name, one.value),
                on_click=opens_answer(state.id, state.id, one.unit),
                ink=True,
            ),
        )
        for one in facts.facts
    ]
    return section(facts.heading, [panel([ft.ResponsiveRow(shown, spacing=GAP, run_spacing=GAP)])])


def _told(state: HouseholdState, told: Told, ask: Ask) -> ft.Control:
    """An event; an own visit can be corrected, or taken back, and so can a step of its life."""
    texts = current_tab().texts
    withdrawn = texts("visit.withdraw")
    if told.save:
        back = off_loop(state.take_back, told.save)
        way = button(f"take-back-{told.key}", withdrawn, back, weight=Weight.QUIET)
        return told_panel(told, state.id, [way])
    if not told.own_visit:
        return told_panel(told, state.id)

    async def correct() -> None:
        draft = await asyncio.to_thread(state.begin_correction, told.visit)
        go(f"/households/{state.id}/visit/{draft.id}")

    def withdraw() -> None:
        act = off_loop(state.withdraw, told.visit)
        ask(texts("visit.withdraw_title"), texts("visit.withdraw_text"), act)

    ways = [
        button(f"correct-{told.key}", texts("visit.correct"), correct, weight=Weight.QUIET),
        button(f"withdraw-{told.key}", withdrawn, withdraw, weight=Weight.QUIET),
    ]
    return told_panel(told, state.id, ways)


def _story(state: HouseholdState, ask: Ask) -> ft.Control:
    texts = current_tab().texts
    if not state.told:
        nothing = empty(
            ft.Icons.HISTORY, texts("household.no_visits"), texts("household.no_visits_hint")
        )
        return section(texts("story.title"), [nothing])
    told = [_told(state, one, ask) for one in state.told[:TOLD_MAX]]
    if len(state.told) > TOLD_MAX:
        words = texts("story.all", n=len(state.told))
        told.append(button("story-all", words, lambda: go(f"/households/{state.id}/story")))
    return section(texts("story.title"), told)


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
