"""A question's words around its field: label, hint, what is wrong."""

import flet as ft

from mobile.views.parts.field import field_words
from mobile.views.parts.type import label
from mobile.views.state.sheet import Sheet
from shared.forms.logic import QuestionState


def under_label(sheet: Sheet, question: QuestionState, *fields: ft.Control) -> ft.Control:
    """The field below its label; each part has its place, whether it says something or not."""
    fault = sheet.fault(question.key)
    hint = hint_words(question)
    return ft.Column(
        [
            field_words(marked(question)),
            *([label(hint)] if hint else []),
            *fields,
            ft.Container(fault_line(fault) if fault else None),
        ],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


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
