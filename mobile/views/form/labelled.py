"""A question's words around its field: label, hint, what is wrong."""

from unicodedata import east_asian_width

import flet as ft

from mobile.views.parts.type import label
from mobile.views.state.sheet import Sheet
from shared.forms.direction import reads_from_right
from shared.forms.logic import QuestionState

LABEL_CELLS = 38
"""So many Latin letters, or half as many Chinese characters, are as wide as a field of a phone."""


def under_label(sheet: Sheet, question: QuestionState, *fields: ft.Control) -> ft.Control:
    """The field below its label; each part has its place, whether it says something or not."""
    fault = sheet.fault(question.key)
    hint = hint_words(question)
    return ft.Column(
        [
            question_words(marked(question)),
            *([label(hint)] if hint else []),
            *fields,
            ft.Container(fault_line(fault) if fault else None),
        ],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def question_words(words: str) -> ft.Text:
    """A label that stands above its field: larger than its hint."""
    return ft.Text(
        words,
        theme_style=ft.TextThemeStyle.LABEL_LARGE,
        color=ft.Colors.ON_SURFACE,
        rtl=reads_from_right(words),
    )


def is_long(sheet: Sheet, words: str) -> bool:
    """Whether words have no room in one line of a phone, or of half a desk."""
    wide = sum(2 if east_asian_width(char) in "WF" else 1 for char in words)
    room = LABEL_CELLS * (2 if sheet.tab.wide else 1)
    return wide * sheet.tab.house.preferences.text_scale > room


def marked(question: QuestionState) -> str:
    """The label, with a star where an answer is owed."""
    return f"{question.label} *" if question.required else question.label


def hint_words(question: QuestionState) -> str:
    """The hint, and what else helps to answer."""
    return "\n".join(words for words in (question.hint, question.guidance) if words)


def fault_line(fault: str) -> ft.Control:
    """What is wrong with an answer, with a sign beside the words."""
    return ft.Row(
        [
            ft.Icon(ft.Icons.ERROR_OUTLINE, color=ft.Colors.ERROR, size=18),
            ft.Container(label(fault, colour=ft.Colors.ERROR), expand=True),
        ],
        spacing=6,
    )
