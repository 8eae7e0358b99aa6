"""A number pad with big keys, and the dots of what has been typed on it."""

from collections.abc import Callable

import flet as ft

from mobile.views.parts.buttons import Act, ground
from mobile.views.theme import GAP
from mobile.views.words import Texts

KEY = 72
"""The size of a key, dp."""
DOTS_MIN = 6


def keypad(
    texts: Texts, press: Callable[[str], None], erase: Act, confirm: Act | None
) -> ft.Control:
    """The pad; without `confirm` its last key cannot be pressed."""
    rows = [[_digit(digit, press) for digit in row] for row in ("123", "456", "789")]
    rows.append(
        [
            _key(
                "key-erase",
                ft.Icon(ft.Icons.BACKSPACE_OUTLINED, semantics_label=texts("keypad.erase")),
                erase,
            ),
            _digit("0", press),
            _key(
                "key-ok",
                ft.Icon(ft.Icons.CHECK, semantics_label=texts("keypad.ok")),
                confirm,
                main=True,
            ),
        ]
    )
    return ft.Column(
        [ft.Row(row, alignment=ft.MainAxisAlignment.CENTER, spacing=20) for row in rows],
        spacing=GAP,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def dots(count: int, texts: Texts) -> ft.Control:
    """How many digits have been typed; never which."""
    return ft.Semantics(
        identifier="pin-dots",
        label=texts("keypad.typed", n=count),
        content=ft.Row(
            [_dot(place < count) for place in range(max(DOTS_MIN, count))],
            alignment=ft.MainAxisAlignment.CENTER,
            spacing=14,
        ),
    )


def _digit(digit: str, press: Callable[[str], None]) -> ft.Control:
    text = ft.Text(digit, theme_style=ft.TextThemeStyle.HEADLINE_SMALL, weight=ft.FontWeight.W_500)
    return _key(f"key-{digit}", text, lambda: press(digit))


def _key(
    identifier: str, content: ft.Control, act: Act | None, *, main: bool = False
) -> ft.Control:
    kind = ft.FilledButton if main else ft.FilledTonalButton
    return ft.Semantics(
        identifier=identifier,
        content=kind(
            content,
            on_click=act,
            disabled=act is None,
            width=KEY,
            height=KEY,
            elevation=0,
            style=ft.ButtonStyle(shape=ft.CircleBorder(), padding=0, bgcolor=ground(main=main)),
        ),
    )


def _dot(filled: bool) -> ft.Control:
    return ft.Container(
        width=14,
        height=14,
        border_radius=7,
        bgcolor=ft.Colors.PRIMARY if filled else None,
        border=ft.Border.all(2, ft.Colors.PRIMARY if filled else ft.Colors.OUTLINE),
    )
