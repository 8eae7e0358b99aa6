"""What a text field is called: in the field, or above it where the words have no room in it."""

from unicodedata import east_asian_width

import flet as ft

from mobile.views.state.tab import TabState
from mobile.views.theme import UNSEEN, field_border
from shared.forms.direction import reads_from_right

LABEL_CELLS = 38
"""So many Latin letters, or half as many Chinese characters, are as wide as a field of a phone."""
ICON_CELLS = 6
"""As wide as a sign before or after the words."""


def is_long(tab: TabState, words: str, *, beside: int = 0) -> bool:
    """Whether words have no room in one line of a phone, or of half a desk.

    beside: what else stands in that line, in letters of ordinary size.
    """
    wide = sum(2 if east_asian_width(char) in "WF" else 1 for char in words)
    room = LABEL_CELLS * (2 if tab.wide else 1) - beside
    return wide * tab.house.preferences.text_scale > room


def field_words(words: str) -> ft.Text:
    """A label that stands above its field: larger than its hint."""
    return ft.Text(
        words,
        theme_style=ft.TextThemeStyle.LABEL_LARGE,
        color=ft.Colors.ON_SURFACE,
        rtl=reads_from_right(words),
    )


def with_words(tab: TabState, field: ft.TextField) -> ft.Control:
    """The field; a label that has no room in it stands above it, and only names it in there."""
    words = str(field.label)
    if not is_long(tab, words, beside=ICON_CELLS if field.prefix_icon else 0):
        return field
    field.label_style, field.border = UNSEEN, field_border(gap=0)
    return ft.Column(
        [field_words(words), field],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
