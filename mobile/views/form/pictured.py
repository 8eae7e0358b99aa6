"""Pictures that come with a form: above the choices they stand for, and beside a question."""

import flet as ft

from mobile.views.form.choosing import Choose, choosing
from mobile.views.form.labelled import under_label
from mobile.views.parts.type import label
from mobile.views.state.sheet import Sheet
from mobile.views.theme import CORNER, LARGE
from shared.forms.logic import QuestionState
from shared.forms.model import Choice

BESIDE, BESIDE_ON_A_DESK = 2, 4
CHOICE_HEIGHT, QUESTION_HEIGHT = 120, 200
EDGE_WIDTH = 2
PICTURE_CORNER = 6


def is_pictured(question: QuestionState) -> bool:
    """Whether its choices have pictures."""
    return any(choice.picture for choice in question.choices)


def pictured_choices(
    sheet: Sheet, question: QuestionState, chosen: set[str], choose: Choose
) -> ft.Control:
    """The choices as tiles: picture, words, and a mark on what is chosen."""
    tiles = [
        _tile(sheet, question, choice, choose, chosen=choice.name in chosen)
        for choice in question.choices
    ]
    beside = _beside(sheet)
    tiles += [ft.Container(expand=True) for _ in range(-len(tiles) % beside)]  # all of one width
    rows: list[ft.Control] = [
        ft.Row(
            tiles[start : start + beside],
            spacing=8,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            intrinsic_height=True,
        )
        for start in range(0, len(tiles), beside)
    ]
    return under_label(sheet, question, ft.Column(rows, spacing=8, tight=True))


def question_picture(sheet: Sheet, question: QuestionState) -> list[ft.Control]:
    """The picture that explains the question, if it has one."""
    asked = question.question
    content = sheet.form.picture(asked.picture, sheet.tab.language) if asked.picture else None
    if content is None:
        return []
    return [_image(content, QUESTION_HEIGHT)]


def _beside(sheet: Sheet) -> int:
    if sheet.tab.wide:
        return BESIDE_ON_A_DESK
    return BESIDE if sheet.tab.house.preferences.text_scale < LARGE else 1


def _tile(
    sheet: Sheet, question: QuestionState, choice: Choice, choose: Choose, *, chosen: bool
) -> ft.Control:
    content = sheet.form.picture(choice.picture, sheet.tab.language)
    words = sheet.form.words(choice.label, sheet.tab.language) or choice.name
    ink = ft.Colors.ON_PRIMARY_CONTAINER if chosen else ft.Colors.ON_SURFACE
    mark = ft.Icons.CHECK_CIRCLE if chosen else ft.Icons.RADIO_BUTTON_UNCHECKED
    edge = ft.Colors.PRIMARY if chosen else ft.Colors.OUTLINE_VARIANT
    return ft.Semantics(
        identifier=f"q-{question.key}-{choice.name}",
        selected=chosen,
        expand=True,
        content=ft.OutlinedButton(
            content=ft.Column(
                [
                    *([_image(content, CHOICE_HEIGHT)] if content else []),
                    ft.Row(
                        [
                            ft.Icon(mark, color=ft.Colors.PRIMARY if chosen else ink, size=20),
                            ft.Container(label(words, colour=ink), expand=True),
                        ],
                        spacing=6,
                    ),
                ],
                spacing=8,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            on_click=choosing(sheet, question.key, choice.name, choose),
            style=ft.ButtonStyle(
                shape=ft.RoundedRectangleBorder(radius=CORNER),
                padding=10,
                bgcolor=ft.Colors.PRIMARY_CONTAINER if chosen else None,
                side=ft.BorderSide(EDGE_WIDTH if chosen else 1, edge),
            ),
        ),
    )


def _image(content: bytes, height: int) -> ft.Control:
    return ft.Image(
        src=content,
        height=height,
        fit=ft.BoxFit.CONTAIN,
        border_radius=PICTURE_CORNER,
        exclude_from_semantics=True,  # the words below it, or above, say what it is
    )
