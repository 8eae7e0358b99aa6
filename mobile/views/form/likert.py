"""A scale from one end to the other: its steps side by side, or below each other in large text."""

import flet as ft

from mobile.views.form.choosing import choosing
from mobile.views.form.labelled import under_label
from mobile.views.state.sheet import Sheet
from mobile.views.theme import LARGE, TARGET
from shared.forms.logic import QuestionState
from shared.forms.model import Choice

BESIDE_MAX = 5
"""More steps than these have no room for words side by side on a phone."""
LINES_MAX = 4


def likert(sheet: Sheet, question: QuestionState) -> ft.Control:
    """The steps, each with its mark and words. Tapping one again takes it back."""
    large = sheet.tab.house.preferences.text_scale >= LARGE
    beside = sheet.tab.wide or (len(question.choices) <= BESIDE_MAX and not large)
    draw = _column if beside else _line
    steps: list[ft.Control] = [
        ft.Semantics(
            identifier=f"q-{question.key}-{choice.name}",
            selected=question.answer == choice.name,
            expand=beside or None,
            content=ft.TextButton(
                content=draw(sheet, choice, chosen=question.answer == choice.name),
                on_click=choosing(sheet, question.key, choice.name, sheet.choose),
                height=None if beside else TARGET * sheet.tab.house.preferences.text_scale,
                style=ft.ButtonStyle(padding=4, shape=ft.RoundedRectangleBorder(radius=12)),
            ),
        )
        for choice in question.choices
    ]
    if beside:
        row = ft.Row(steps, spacing=2, vertical_alignment=ft.CrossAxisAlignment.START)
        return under_label(sheet, question, row)
    return under_label(sheet, question, ft.Column(steps, spacing=0, tight=True))


def _column(sheet: Sheet, choice: Choice, *, chosen: bool) -> ft.Control:
    return ft.Column(
        [_mark(chosen=chosen), _words(sheet, choice, ft.TextAlign.CENTER, chosen=chosen)],
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=4,
        tight=True,
    )


def _line(sheet: Sheet, choice: Choice, *, chosen: bool) -> ft.Control:
    words = _words(sheet, choice, ft.TextAlign.START, chosen=chosen)
    return ft.Row([_mark(chosen=chosen), ft.Container(words, expand=True)], spacing=10)


def _mark(*, chosen: bool) -> ft.Control:
    return ft.Icon(
        ft.Icons.RADIO_BUTTON_CHECKED if chosen else ft.Icons.RADIO_BUTTON_UNCHECKED,
        color=ft.Colors.PRIMARY if chosen else ft.Colors.ON_SURFACE_VARIANT,
    )


def _words(sheet: Sheet, choice: Choice, align: ft.TextAlign, *, chosen: bool) -> ft.Control:
    return ft.Text(
        sheet.form.words(choice.label, sheet.tab.language) or choice.name,
        theme_style=ft.TextThemeStyle.LABEL_MEDIUM,
        weight=ft.FontWeight.W_600 if chosen else None,
        color=ft.Colors.ON_SURFACE,
        text_align=align,
        max_lines=LINES_MAX,
        overflow=ft.TextOverflow.ELLIPSIS,
    )
