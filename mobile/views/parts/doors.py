"""How doors are drawn, in a building's picture and on the sketch: colour, letter, edge, legend."""

import flet as ft

from mobile.views.context import current_tab
from mobile.views.parts.panels import Tone
from mobile.views.parts.type import label
from mobile.views.words import Texts
from shared.coverage import DoorState

TONES = {
    DoorState.CONFLICT: Tone.ASKS,
    DoorState.NOBODY_HOME: Tone.ASKS,
    DoorState.OVERDUE: Tone.ASKS,
    DoorState.DUE: Tone.ASKS,
    DoorState.NEVER_VISITED: Tone.CALM,
    DoorState.REFUSED: Tone.CALM,
    DoorState.FINE: Tone.GOOD,
}
"""Colours only help: the letter says it."""
FRAMED = frozenset({DoorState.OVERDUE, DoorState.CONFLICT, DoorState.UNREGISTERED})


def legend(states: tuple[tuple[DoorState, int], ...], texts: Texts) -> ft.Control:
    """What the letters and colours mean, with how many doors stand so."""
    signs: list[ft.Control] = [
        ft.Row(
            [
                _sign(state, texts),
                label(texts("picture.count", name=texts(f"picture.{state}.name"), n=number)),
            ],
            spacing=6,
            tight=True,
        )
        for state, number in states
    ]
    return ft.Row(signs, wrap=True, spacing=14, run_spacing=6)


def _sign(state: DoorState, texts: Texts) -> ft.Control:
    back, ink = TONES.get(state, Tone.PLAIN).value
    side = 22 * current_tab().house.preferences.text_scale
    return ft.Container(
        width=side,
        height=side,
        border_radius=6,
        bgcolor=back,
        border=door_border(state),
        alignment=ft.Alignment.CENTER,
        content=ft.Text(
            texts(f"picture.{state}.letter"),
            theme_style=ft.TextThemeStyle.LABEL_SMALL,
            weight=ft.FontWeight.W_600,
            color=ink,
        ),
    )


def door_border(state: DoorState) -> ft.Border:
    """The edge of a door in the picture; a thick one asks to be looked at."""
    framed = state in FRAMED
    colour = ft.Colors.TERTIARY if framed else ft.Colors.OUTLINE_VARIANT
    return ft.Border.all(2 if framed else 1, colour)
