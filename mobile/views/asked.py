"""The office asks: its words, just the answer that it asks about, and what she says to it."""

import asyncio

import flet as ft

from mobile.store.asked import Asked
from mobile.views.context import current_tab
from mobile.views.form.reach import use_reach
from mobile.views.form.sheet_view import sheet_questions
from mobile.views.guarded import guarded, guarded_view
from mobile.views.hooks import off_loop, use_live, use_watched
from mobile.views.parts.buttons import Weight, button, icon_button
from mobile.views.parts.chip import chip
from mobile.views.parts.frame import go, scrolled, step_screen
from mobile.views.parts.owed import owed_line
from mobile.views.parts.panels import Tone, empty, line, panel, section
from mobile.views.parts.type import body, label, title
from mobile.views.state.asked import ANSWER, AskedState, but_for
from mobile.views.state.dates import at_ms, time_words
from mobile.views.state.sheet import Sheet

QUICK = ("as_it_is", "corrected", "not_found")
"""What is answered most often: one tap each."""


def question_line(question: Asked) -> ft.Control:
    """A question in a list."""
    whose = " · ".join(filter(None, (current_tab().label(question.household), question.about)))
    return line(
        f"question-{question.id}",
        question.comment,
        under=whose,
        icon=ft.Icons.HELP_OUTLINE,
        on_click=lambda: go(f"/households/{question.household}/asked/{question.id}"),
    )


@guarded_view
def asked_screen() -> ft.View:
    """The question that the address names."""
    tab, params = current_tab(), ft.use_route_params()
    household, question = params.get("household", ""), params.get("question", "")
    back, route = f"/households/{household}", f"/households/{household}/asked/{question}"
    state = ft.use_memo(lambda: AskedState(tab, question), [question, tab.language])
    use_live(state)
    ref, reach = use_reach()
    texts, sheet = tab.texts, state.sheet
    if state.asked is None or sheet is None:
        nothing = empty(ft.Icons.MARK_CHAT_READ_OUTLINED, texts("asked.over"), texts("asked.hint"))
        return step_screen(route, nothing, title=texts("asked.title"), back=back)

    async def save() -> None:
        if await asyncio.to_thread(state.save):
            tab.say(texts("asked.saved"))
            go(back)
        else:
            await reach(state.item if state.item is not None and state.item.owed() else sheet)

    async def drop() -> None:
        await asyncio.to_thread(state.drop)
        go(back)

    main = button("save", texts("asked.send"), save, weight=Weight.MAIN, icon=ft.Icons.CHECK)
    return step_screen(
        route,
        asked_body(state, sheet, ref),
        title=texts("asked.title"),
        back=back,
        actions=[icon_button("drop", texts("form.drop"), ft.Icons.DELETE_OUTLINE, drop)],
        foot=[owed_line(sheet), main],
    )


@guarded
def asked_body(state: AskedState, sheet: Sheet, ref: ft.Ref[ft.ListView]) -> ft.Control:
    """What the office says, the answer in question, and hers."""
    texts, about = current_tab().texts, state.asked
    parts = [_says(about)] if about else []
    if state.item is not None and about is not None:
        parts.append(
            section(about.about, [sheet_questions(state.item, but_for(state.item, about.unit))])
        )
    elif about is not None and about.unit:
        parts.append(label(texts("asked.elsewhere")))
    own = [quick_answers(state, sheet), sheet_questions(sheet, but_for(sheet, ANSWER))]
    return scrolled([*parts, section(texts("asked.yours"), own)], ref=ref)


@guarded
def quick_answers(state: AskedState, sheet: Sheet) -> ft.Control:
    """The answers that are given most often."""
    use_watched(sheet.slot(ANSWER))
    texts = current_tab().texts
    said = sheet.text(ANSWER)

    def say(words: str) -> None:
        state.say(words)
        sheet.keep()

    chips: list[ft.Control] = [
        chip(f"quick-{key}", words, off_loop(say, words), chosen=said == words)
        for key, words in ((key, texts(f"asked.{key}")) for key in QUICK)
    ]
    return ft.Row(chips, wrap=True, spacing=8)


def _says(about: Asked) -> ft.Control:
    tab = current_tab()
    now, ink = tab.now(), Tone.ASKS.value[1]
    when = time_words(at_ms(about.at, now.tzinfo), now, tab.texts)
    who = about.by or tab.texts("asked.office")
    whose = tab.label(about.household)
    return panel(
        [
            label(" · ".join(filter(None, (who, when))), colour=ink),
            title(about.comment, colour=ink),
            *([body(whose, colour=ink)] if whose else []),
        ],
        tone=Tone.ASKS,
        spacing=4,
    )
