"""A choice of a few words, as high as a thumb is wide; longer words go on in further lines."""

import flet as ft

from mobile.views.parts.buttons import Act

PADDING = ft.Padding.symmetric(horizontal=20, vertical=13.5)
"""Around the words: it is inside the label, as a chip reckons its height without what is outside.
A chip is as high as its words and this; only phones would add what is missing to 48 dp."""
LINES_MAX = 6


def chip(identifier: str, words: str, act: Act, *, chosen: bool, sign: bool = True) -> ft.Control:
    """One choice, which says whether it is taken; a tap takes it.

    sign: whether what is taken has a tick, too; digits of a scale have no room for it.
    """
    return ft.Semantics(
        identifier=identifier,
        content=ft.Chip(
            label=_label(words, ticked=chosen and sign),
            selected=chosen,
            on_select=act,
            show_checkmark=False,
            padding=0,
            label_padding=0,
            shape=ft.RoundedRectangleBorder(radius=12),
        ),
    )


def _label(words: str, *, ticked: bool) -> ft.Control:
    """The words, and before them a tick: a chip's own grows with the lines, and has no room."""
    # Of itself a chip has one line, and what is longer fades away.
    text = ft.Text(words, max_lines=LINES_MAX, overflow=ft.TextOverflow.ELLIPSIS)
    if not ticked:
        return ft.Container(text, padding=PADDING)
    tick = ft.Icon(ft.Icons.CHECK, size=18, color=ft.Colors.ON_PRIMARY_CONTAINER)
    return ft.Container(
        padding=PADDING,
        content=ft.Row(
            [tick, ft.Container(text, expand=True, expand_loose=True)], spacing=6, tight=True
        ),
    )
