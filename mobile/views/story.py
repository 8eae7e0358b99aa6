"""The timeline of a household, and of one answer: who, when, from which visit, what before."""

import asyncio
from collections.abc import Sequence

import flet as ft

from mobile.views.context import current_tab
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import use_live
from mobile.views.parts.buttons import Act, AsyncAct, Weight, button
from mobile.views.parts.confirm import Ask, use_confirm
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.panels import empty, panel
from mobile.views.parts.photo import attached
from mobile.views.parts.type import body, headline, label, muted, title
from mobile.views.state.story import AnswerState, Said, StoryState, Told
from mobile.views.theme import GAP

SAID_MAX = 4
"""Answers of one event before the rest is only counted."""


@guarded_view
def story_screen() -> ft.View:
    """All that this device can tell of the household that the address names."""
    texts = current_tab().texts
    household = ft.use_route_params().get("household", "")
    at = f"/households/{household}"
    return step_screen(f"{at}/story", story_body(household), title=texts("story.title"), back=at)


@guarded
def story_body(household: str) -> ft.Control:
    """The events, the newest first."""
    tab = current_tab()
    state = ft.use_memo(lambda: StoryState(tab, household), [household])
    use_live(state)
    told = [told_panel(one, household) for one in state.told[: state.limit]]
    more = button("story-more", tab.texts("story.more"), state.more)
    rest = [more] if len(state.told) > state.limit else [muted(tab.texts("story.elsewhere"))]
    return scrolled([*told, *rest], spacing=GAP)


@guarded_view
def answer_screen() -> ft.View:
    """Where the answer that the address names came from."""
    params = ft.use_route_params()
    household = params.get("household", "")
    record, unit = params.get("record", ""), params.get("unit", "")
    at = f"/households/{household}"
    return step_screen(
        f"{at}/answer/{record}/{unit}",
        answer_body(household, record, unit),
        title=current_tab().texts("story.answer"),
        back=at,
    )


@guarded
def answer_body(household: str, record: str, unit: str) -> ft.Control:
    """Every value of it that is known here, the newest first."""
    tab = current_tab()
    state = ft.use_memo(lambda: AnswerState(tab, household, record, unit), [record, unit])
    use_live(state)
    ask = use_confirm()
    if not state.told:
        return empty(ft.Icons.HISTORY, tab.texts("story.nothing"), tab.texts("story.elsewhere"))
    name = state.said(state.told[0]).name
    values = [_value(state, told, ask) for told in state.told]
    return scrolled([headline(name), *values, muted(tab.texts("story.elsewhere"))], spacing=GAP)


def told_panel(told: Told, household: str, ways: Sequence[ft.Control] = ()) -> ft.Control:
    """One event: what, who and when, and what it changed."""
    texts = current_tab().texts
    said = [_said(one, household) for one in told.said[:SAID_MAX]]
    left = len(told.said) - SAID_MAX
    rest = [label(texts("story.and_more", n=left))] if left > 0 else []
    note = [body(told.note)] if told.note else []
    photos = [attached(ref, told.visit) for ref in told.files]
    acts = [ft.Row(list(ways), alignment=ft.MainAxisAlignment.END)] if ways else []
    shown = panel(
        [title(told.heading), muted(told.who), *note, *photos, *said, *rest, *acts], spacing=4
    )
    return ft.Semantics(identifier=f"told-{told.key}", key=told.key, content=shown)


def _said(said: Said, household: str) -> ft.Control:
    texts = current_tab().texts
    words = texts("story.from_to", name=said.name, before=said.before, value=said.value)
    if not said.before:
        words = texts("story.to", name=said.name, value=said.value)
    lines: list[ft.Control] = [ft.Text(words, theme_style=ft.TextThemeStyle.BODY_MEDIUM)]
    lines += [attached(said.file, said.record)] if said.file else []
    lines += [label(said.note, colour=ft.Colors.TERTIARY)] if said.note else []
    return ft.Semantics(
        identifier=f"said-{said.record}-{said.unit}",
        button=True,
        content=ft.Container(
            ft.Column(lines, spacing=0, tight=True),
            padding=ft.Padding.symmetric(vertical=14),
            on_click=opens_answer(household, said.record, said.unit),
            ink=True,
        ),
    )


def opens_answer(household: str, record: str, unit: str) -> Act:
    """The way to where an answer came from."""
    return lambda: go(f"/households/{household}/answer/{record}/{unit}")


def _value(state: AnswerState, told: Told, ask: Ask) -> ft.Control:
    texts = current_tab().texts
    said = state.said(told)
    standing = [label(texts("contest.shown"), colour=ft.Colors.PRIMARY)]
    visit = [label(texts("contest.in_visit"))] if told.visit else []
    shown = said.touch.stands
    return panel(
        [
            ft.Row([ft.Container(title(said.value), expand=True), *(standing if shown else [])]),
            *([attached(said.file, said.record)] if said.file else []),
            muted(told.who),
            *visit,
            *([label(said.note, colour=ft.Colors.TERTIARY)] if said.note else []),
            *_again(state, told, said, ask),
        ],
        spacing=4,
    )


def _again(state: AnswerState, told: Told, said: Said, ask: Ask) -> list[ft.Control]:
    """What it replaced, and the ways back."""
    texts = current_tab().texts
    ways: list[ft.Control] = []
    if said.before:
        ways.append(body(texts("story.before", value=said.before)))
    if said.restorable and said.before and said.touch.stands and not said.touch.contested:
        ways.append(_restore(state, told, said, ask, before=True))
    if said.restorable and not said.touch.stands and said.touch.value is not None:
        ways.append(_restore(state, told, said, ask, before=False))
    return ways


def _restore(state: AnswerState, told: Told, said: Said, ask: Ask, *, before: bool) -> ft.Control:
    tab = current_tab()
    value = said.before if before else said.value
    texts = tab.texts

    def pressed() -> None:
        words = texts("story.restore_text", name=said.name, value=value)
        ask(texts("story.restore_title"), words, _restored(state, said, before=before))

    return button(
        f"restore-{told.key}",
        texts("story.restore", value=value),
        pressed,
        weight=Weight.QUIET,
        icon=ft.Icons.RESTORE,
    )


def _restored(state: AnswerState, said: Said, *, before: bool) -> AsyncAct:
    async def restored() -> None:
        await asyncio.to_thread(state.restore, said, before=before)

    return restored
