"""Putting things in an order, one tap after the other."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.form.labelled import under_label
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct, Weight, button, icon_button
from mobile.views.parts.type import body
from mobile.views.state.sheet import Sheet
from shared.forms.logic import QuestionState


def rank_field(sheet: Sheet, question: QuestionState) -> ft.Control:
    """The chosen ones in their order, then those that have no place yet."""
    ranked = _ranked(question)
    labels = {
        choice.name: sheet.form.words(choice.label, sheet.tab.language)
        for choice in question.choices
    }
    lines = [
        _line(sheet, question, place, labels.get(code, code)) for place, code in enumerate(ranked)
    ]
    waiting = [
        button(
            f"q-{question.key}-{name}",
            words,
            _ranks(sheet, question, [*ranked, name]),
            weight=Weight.FRAMED,
            icon=ft.Icons.ADD,
        )
        for name, words in labels.items()
        if name not in ranked
    ]
    return under_label(
        sheet,
        question,
        ft.Column(lines, spacing=2, tight=True),
        ft.Row(waiting, spacing=8, run_spacing=8, wrap=True),
    )


def _line(sheet: Sheet, question: QuestionState, place: int, words: str) -> ft.Control:
    texts, ranked = current_tab().texts, _ranked(question)
    code = ranked[place]
    lifted = list(ranked)
    if place:
        lifted[place - 1], lifted[place] = lifted[place], lifted[place - 1]
    fewer = [one for one in ranked if one != code]
    up = icon_button(
        f"q-{question.key}-{code}-up",
        texts("form.rank_up"),
        ft.Icons.ARROW_UPWARD,
        _ranks(sheet, question, lifted),
    )
    out = icon_button(
        f"q-{question.key}-{code}-out",
        texts("form.rank_out"),
        ft.Icons.CLOSE,
        _ranks(sheet, question, fewer),
    )
    said = ft.Container(body(f"{place + 1}. {words}"), expand=True)
    return ft.Row([said, *([up] if place else []), out], spacing=4)


def _ranks(sheet: Sheet, question: QuestionState, ranked: list[str]) -> AsyncAct:
    async def ranks() -> None:
        sheet.answer(question.key, ranked or None)
        await off_loop(sheet.keep)()

    return ranks


def _ranked(question: QuestionState) -> list[str]:
    answer = question.answer
    return [str(code) for code in answer] if isinstance(answer, list | tuple) else []
