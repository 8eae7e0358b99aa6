"""The life of a household: what happened, told in one short step, and saved as one."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import flet as ft

from mobile.store.cards import DwellingCard, HouseholdCard, ResidentCard
from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live
from mobile.views.parts.buttons import Act, AsyncAct, Weight, button, icon_button
from mobile.views.parts.chip import chip
from mobile.views.parts.field import with_words
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, line, panel, section
from mobile.views.parts.type import body, headline, label, muted
from mobile.views.state.cards import member_words, people_words
from mobile.views.state.life import (
    CHOICES,
    ONE_PERSON,
    OTHER_DWELLING,
    OTHER_HOUSEHOLD,
    SOME_PEOPLE,
    LifeState,
    Step,
)
from mobile.views.theme import GAP

T = TypeVar("T")
TYPING_SECONDS = 0.12
ICONS = {
    Step.MOVE_OUT: ft.Icons.LOCAL_SHIPPING_OUTLINED,
    Step.MOVE_TO: ft.Icons.MOVE_DOWN,
    Step.MEMBER_AWAY: ft.Icons.LOGOUT,
    Step.MEMBER_TO: ft.Icons.SWAP_HORIZ,
    Step.SPLIT: ft.Icons.CALL_SPLIT,
    Step.TOGETHER: ft.Icons.CALL_MERGE,
    Step.TWICE: ft.Icons.CONTENT_COPY_OUTLINED,
    Step.BIRTH: ft.Icons.CHILD_CARE,
    Step.DEATH: ft.Icons.PERSON_OFF_OUTLINED,
    Step.RENUMBER: ft.Icons.NUMBERS,
}


@guarded_view
def life_screen() -> ft.View:
    """What may have happened to the household that the address names."""
    texts = current_tab().texts
    at = f"/households/{ft.use_route_params().get('household', '')}"
    lines = [
        line(
            f"life-{step}",
            texts(f"life.{step}.name"),
            under=texts(f"life.{step}.hint"),
            icon=ICONS[step],
            on_click=_to(f"{at}/life/{step}"),
        )
        for step in Step
    ]
    return step_screen(f"{at}/life", scrolled(lines, spacing=8), title=texts("life.title"), back=at)


@guarded_view
def life_step_screen() -> ft.View:
    """One step."""
    tab, params = current_tab(), ft.use_route_params()
    household, named = params.get("household", ""), params.get("step", "")
    at, step = f"/households/{household}", Step(named) if named in set(Step) else Step.MOVE_OUT
    state = ft.use_memo(lambda: LifeState(tab, household, step), [household, named])

    async def save() -> None:
        if await asyncio.to_thread(state.save):
            go(at)

    async def drop() -> None:
        await asyncio.to_thread(state.drop)
        go(f"{at}/life")

    return step_screen(
        f"{at}/life/{step}",
        life_step(state),
        title=tab.texts(f"life.{step}.name"),
        back=f"{at}/life",
        actions=[icon_button("drop", tab.texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[
            button(
                "save",
                tab.texts("life.save"),
                save,
                weight=Weight.MAIN,
                icon=ft.Icons.CHECK,
                expand=True,
            )
        ],
    )


@guarded
def life_step(state: LifeState) -> ft.Control:
    """What the step asks, one below the other; every field keeps its place."""
    use_live(state)
    texts = current_tab().texts
    if state.home is None:
        return empty(
            ft.Icons.HOME_WORK_OUTLINED, texts("household.gone"), texts("household.gone_hint")
        )
    card = state.home.card
    who = " · ".join(part for part in (card.place, card.head_name) if part)
    return scrolled(
        [
            headline(who),
            muted(texts(f"life.{state.step}.hint")),
            _people(state),
            _search(state),
            _found(state),
            _choices(state),
            *[_field(state, name) for name in state.fields],
        ],
        spacing=GAP,
    )


def _people(state: LifeState) -> ft.Control:
    if state.home is None or state.step not in ONE_PERSON | SOME_PEOPLE:
        return ft.Container()
    lines = [_person(state, one) for one in state.home.here]
    texts = current_tab().texts
    nobody = [] if lines else [muted(texts("household.no_members"))]
    return section(texts("life.who"), [*lines, *nobody])


def _person(state: LifeState, member: ResidentCard) -> ft.Control:
    chosen = member.id in state.people
    icon = ft.Icons.CHECK_CIRCLE if chosen else ft.Icons.RADIO_BUTTON_UNCHECKED
    return ft.Semantics(
        selected=chosen,
        content=line(
            f"person-{member.id}",
            member.name or current_tab().texts("card.no_name"),
            under=member_words(member, current_tab()),
            icon=icon,
            on_click=_kept(state, state.toggle, member),
            trailing=ft.Container(width=0),
        ),
    )


def _search(state: LifeState) -> ft.Control:
    if state.step not in OTHER_HOUSEHOLD | OTHER_DWELLING:
        return ft.Container()
    texts = current_tab().texts
    words = texts("search.label" if state.step in OTHER_HOUSEHOLD else "dwelling.search")

    async def typed(event: ft.Event[ft.TextField]) -> None:
        state.search(event.control.value)
        query = state.query
        await asyncio.sleep(TYPING_SECONDS)
        if query == state.query:
            await off_loop(state.load)()

    return ft.Semantics(
        identifier="life-search",
        content=with_words(
            current_tab(),
            ft.TextField(
                label=words, value=state.query, on_change=typed, prefix_icon=ft.Icons.SEARCH
            ),
        ),
    )


def _found(state: LifeState) -> ft.Control:
    """What was found, and what was picked of it."""
    texts = current_tab().texts
    lines: list[ft.Control] = []
    picked = state.other or state.dwelling
    if isinstance(picked, HouseholdCard):
        lines.append(panel([label(texts("life.picked")), body(_household_words(picked))]))
    elif isinstance(picked, DwellingCard):
        lines.append(panel([label(texts("life.picked")), body(picked.label)]))
    elif state.step is Step.SPLIT:
        lines.append(muted(texts("life.same_home")))
    lines += [
        line(f"pick-{one.id}", _household_words(one), on_click=_pick(state, one))
        for one in state.households
    ]
    lines += [
        line(
            f"pick-{one.id}",
            one.label,
            under=texts("dwelling.households", n=one.households),
            on_click=_pick(state, one),
        )
        for one in state.dwellings
    ]
    return ft.Column(lines, spacing=8, tight=True)


def _choices(state: LifeState) -> ft.Control:
    texts = current_tab().texts
    chips: list[ft.Control] = [
        chip(
            f"choice-{code}",
            texts(f"life.choice_{code}"),
            _choose(state, code),
            chosen=state.choice == code,
        )
        for code in CHOICES.get(state.step, ())
    ]
    return ft.Row(chips, wrap=True, spacing=8)


def _field(state: LifeState, name: str) -> ft.Control:
    async def typed(event: ft.Event[ft.TextField]) -> None:
        state.type(name, event.control.value)
        await off_loop(state.keep)()

    return ft.Semantics(
        identifier=f"life-{name}",
        content=with_words(
            current_tab(),
            ft.TextField(
                label=current_tab().texts(f"life.field_{name}"),
                value=state.typed.get(name, ""),
                on_change=typed,
            ),
        ),
    )


def _household_words(card: HouseholdCard) -> str:
    words = (card.place, people_words(card, current_tab().texts))
    return " · ".join(part for part in words if part)


def _pick(state: LifeState, found: HouseholdCard | DwellingCard) -> AsyncAct:
    return off_loop(state.pick, found)


def _choose(state: LifeState, code: str) -> AsyncAct:
    return _kept(state, state.choose, code)


def _kept(state: LifeState, act: Callable[[T], None], what: T) -> AsyncAct:
    """Does it at once, and keeps the step as it is then."""

    async def acted() -> None:
        act(what)
        await off_loop(state.keep)()

    return acted


def _to(route: str) -> Act:
    return lambda: go(route)
