"""A choice of a few words, as high as a thumb is wide."""

import flet as ft

from mobile.views.parts.buttons import Act

PADDING = ft.Padding.symmetric(horizontal=12, vertical=13)
"""A chip is as high as its words and this; only phones would add what is missing to 48 dp."""


def chip(identifier: str, words: str, act: Act, *, chosen: bool) -> ft.Control:
    """One choice, which says whether it is taken; a tap takes it."""
    return ft.Semantics(
        identifier=identifier,
        content=ft.Chip(
            label=words,
            selected=chosen,
            on_select=act,
            padding=PADDING,
            shape=ft.RoundedRectangleBorder(radius=12),
        ),
    )
