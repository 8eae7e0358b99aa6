"""Choosing from a list that is too long to be shown: by typing a part of what is meant."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.form.choosing import Choose, choosing
from mobile.views.form.labelled import under_label
from mobile.views.guarded import guarded
from mobile.views.parts.chip import chip
from mobile.views.parts.type import muted
from mobile.views.state.sheet import Sheet
from mobile.views.theme import field_border
from shared.forms.logic import QuestionState
from shared.forms.model import Choice

FOUND_MAX = 8


@guarded
def searched_choice(sheet: Sheet, key: str, choose: Choose) -> ft.Control:
    """A field to search in, what it finds, and what is chosen."""
    texts = current_tab().texts
    query, set_query = ft.use_state("")
    question = sheet.question(key)
    found = _found(sheet, question, query)
    more = len(found) - FOUND_MAX
    field = ft.Semantics(
        identifier=f"q-{key}-search",
        content=ft.TextField(
            label=texts("form.search"),
            value=query,
            on_change=lambda event: set_query(event.control.value),
            prefix_icon=ft.Icons.SEARCH,
            autocorrect=False,
            border=field_border(),
        ),
    )
    rest = muted(texts("form.more_found", n=more)) if more > 0 else None
    return under_label(
        sheet,
        question,
        _row(sheet, question, _chosen(sheet, question), choose),
        field,
        _row(sheet, question, found[:FOUND_MAX], choose),
        ft.Container(rest),
    )


def _row(
    sheet: Sheet, question: QuestionState, choices: list[Choice], choose: Choose
) -> ft.Control:
    taken = _codes(question)
    chips: list[ft.Control] = [
        chip(
            f"q-{question.key}-{choice.name}",
            sheet.form.words(choice.label, sheet.tab.language) or choice.name,
            choosing(sheet, question.key, choice.name, choose),
            chosen=choice.name in taken,
        )
        for choice in choices
    ]
    return ft.Row(chips, spacing=8, run_spacing=4, wrap=True)


def _codes(question: QuestionState) -> set[str]:
    answer = question.answer
    if isinstance(answer, list | tuple):
        return {str(code) for code in answer}
    return {answer} if isinstance(answer, str) else set()


def _chosen(sheet: Sheet, question: QuestionState) -> list[Choice]:
    listed = {choice.name: choice for choice in question.choices}
    return [
        listed.get(code) or sheet.form.choice(question.question, code) or Choice(code, {})
        for code in sorted(_codes(question))
    ]


def _found(sheet: Sheet, question: QuestionState, query: str) -> list[Choice]:
    wanted, taken = query.strip().casefold(), _codes(question)
    return [
        choice
        for choice in question.choices
        if choice.name not in taken
        and (
            wanted in sheet.form.words(choice.label, sheet.tab.language).casefold()
            or wanted in choice.name.casefold()
        )
    ]
