"""Questions that are answered by choosing: chips, a list where there are many, big tiles."""

import flet as ft

from mobile.views.form.choosing import Choose, choosing
from mobile.views.form.labelled import under_label
from mobile.views.form.likert import likert
from mobile.views.form.long_lists import searched_choice
from mobile.views.form.pictured import is_pictured, pictured_choices
from mobile.views.hooks import off_loop
from mobile.views.parts.chip import chip
from mobile.views.state.sheet import Sheet
from mobile.views.theme import LARGE
from shared.forms.logic import QuestionState
from shared.forms.model import Choice

CHIPS_MAX = 12
"""With more choices than this, a list that opens."""
LISTED_MAX = 30
"""With more than this, one searches."""
TILE_HEIGHT = 88
TILES_BESIDE = 3
MINIMAL = "minimal"
LIKERT = "likert"
SEARCHED = frozenset({"autocomplete", "search"})

OUTCOME_ICONS = {
    "done": ft.Icons.CHECK_CIRCLE_OUTLINE,
    "partly_done": ft.Icons.TIMELAPSE,
    "nobody_home": ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
    "refused": ft.Icons.BACK_HAND_OUTLINED,
    "moved_away": ft.Icons.LOCAL_SHIPPING_OUTLINED,
    "vacant": ft.Icons.NIGHT_SHELTER_OUTLINED,
    "wrong_address": ft.Icons.WRONG_LOCATION_OUTLINED,
    "postponed": ft.Icons.EVENT_OUTLINED,
    "unsafe": ft.Icons.HEALTH_AND_SAFETY_OUTLINED,
}


def one_choice(sheet: Sheet, question: QuestionState) -> ft.Control:
    """One of several. Tapping it again takes it back."""
    words = set(question.question.appearance.split())
    if words & SEARCHED or len(question.choices) > LISTED_MAX:
        return searched_choice(sheet, question.key, sheet.choose)
    if is_pictured(question):
        return pictured_choices(sheet, question, {str(question.answer)}, sheet.choose)
    if MINIMAL in words or len(question.choices) > CHIPS_MAX:
        return _dropdown(sheet, question)
    if LIKERT in words:
        return likert(sheet, question)
    return _chips(sheet, question, {str(question.answer)}, sheet.choose)


def many_choices(sheet: Sheet, question: QuestionState) -> ft.Control:
    """Any number of several."""
    words = set(question.question.appearance.split())
    if words & SEARCHED or len(question.choices) > LISTED_MAX:
        return searched_choice(sheet, question.key, sheet.toggle)
    answer = question.answer
    chosen = {str(code) for code in answer} if isinstance(answer, list | tuple) else set()
    if is_pictured(question):
        return pictured_choices(sheet, question, chosen, sheet.toggle)
    return _chips(sheet, question, chosen, sheet.toggle)


def outcome_tiles(sheet: Sheet, question: QuestionState) -> ft.Control:
    """How a visit ended, in one tap. None of the outcomes is red: all are finished work."""
    tiles = [_tile(sheet, question, choice) for choice in question.choices]
    beside = TILES_BESIDE if sheet.tab.house.preferences.text_scale < LARGE else TILES_BESIDE - 1
    if len(tiles) % beside:
        tiles.append(ft.Container(expand=True))  # all tiles are of one width
    rows: list[ft.Control] = [
        ft.Row(tiles[start : start + beside], spacing=8) for start in range(0, len(tiles), beside)
    ]
    return under_label(sheet, question, ft.Column(rows, spacing=8, tight=True))


def _chips(sheet: Sheet, question: QuestionState, chosen: set[str], choose: Choose) -> ft.Control:
    chips: list[ft.Control] = [
        chip(
            f"q-{question.key}-{choice.name}",
            sheet.form.words(choice.label, sheet.tab.language),
            choosing(sheet, question.key, choice.name, choose),
            chosen=choice.name in chosen,
        )
        for choice in question.choices
    ]
    return under_label(sheet, question, ft.Row(chips, spacing=8, run_spacing=4, wrap=True))


def _dropdown(sheet: Sheet, question: QuestionState) -> ft.Control:
    name = question.key

    async def selected(event: ft.Event[ft.Dropdown]) -> None:
        sheet.answer(name, event.control.value or None)
        await off_loop(sheet.keep)()

    options = [
        ft.DropdownOption(key=choice.name, text=sheet.form.words(choice.label, sheet.tab.language))
        for choice in question.choices
    ]
    row = ft.Row(
        [
            ft.Dropdown(
                label=f"{question.label} *" if question.required else question.label,
                value=sheet.text(name) or None,
                options=options,
                on_select=selected,
                error_text=sheet.fault(name) or None,
                helper_text=question.hint or None,
                expand=True,
            )
        ]
    )
    return ft.Semantics(label=question.label, content=row)


def _tile(sheet: Sheet, question: QuestionState, choice: Choice) -> ft.Control:
    chosen = question.answer == choice.name
    ink = ft.Colors.ON_PRIMARY if chosen else ft.Colors.ON_SURFACE
    return ft.Semantics(
        identifier=f"outcome-{choice.name}",
        selected=chosen,
        expand=True,
        content=ft.FilledButton(
            content=ft.Column(
                [
                    ft.Icon(OUTCOME_ICONS.get(choice.name, ft.Icons.CIRCLE_OUTLINED), color=ink),
                    ft.Text(
                        sheet.form.words(choice.label, sheet.tab.language),
                        theme_style=ft.TextThemeStyle.LABEL_LARGE,
                        text_align=ft.TextAlign.CENTER,
                        color=ink,
                        max_lines=2,
                    ),
                ],
                spacing=6,
                alignment=ft.MainAxisAlignment.CENTER,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                tight=True,
            ),
            on_click=choosing(sheet, question.key, choice.name, sheet.choose),
            height=TILE_HEIGHT * sheet.tab.house.preferences.text_scale,
            bgcolor=ft.Colors.PRIMARY if chosen else ft.Colors.SURFACE_CONTAINER_HIGH,
            elevation=0,
            style=ft.ButtonStyle(shape=ft.RoundedRectangleBorder(radius=14), padding=6),
        ),
    )
