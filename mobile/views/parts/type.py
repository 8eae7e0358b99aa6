"""Text in the sizes of the theme. Nothing sets a size by itself: the text-size setting counts."""

import flet as ft

from shared.forms.direction import reads_from_right

Style = ft.TextThemeStyle


def display(text: str, *, colour: ft.ColorValue | None = None) -> ft.Text:
    """A number to be read from an arm's length."""
    return ft.Text(text, theme_style=Style.DISPLAY_SMALL, weight=ft.FontWeight.W_600, color=colour)


def headline(text: str, *, centred: bool = False, lines: int | None = None) -> ft.Text:
    """What the screen is about."""
    return _text(text, Style.HEADLINE_SMALL, None, centred=centred, lines=lines)


def title(text: str, *, colour: ft.ColorValue | None = None, lines: int | None = None) -> ft.Text:
    """The heading of a section or the name on a card."""
    return _text(text, Style.TITLE_MEDIUM, colour, lines=lines)


def body(text: str, *, colour: ft.ColorValue | None = None, lines: int | None = None) -> ft.Text:
    """Ordinary text."""
    return _text(text, Style.BODY_LARGE, colour, lines=lines)


def muted(text: str, *, lines: int | None = None, centred: bool = False) -> ft.Text:
    """What is said beside the main thing."""
    return _text(
        text, Style.BODY_MEDIUM, ft.Colors.ON_SURFACE_VARIANT, centred=centred, lines=lines
    )


def label(text: str, *, colour: ft.ColorValue | None = None, lines: int | None = None) -> ft.Text:
    """A small label."""
    return _text(text, Style.LABEL_MEDIUM, colour or ft.Colors.ON_SURFACE_VARIANT, lines=lines)


def _text(
    text: str,
    style: ft.TextThemeStyle,
    colour: ft.ColorValue | None,
    *,
    centred: bool = False,
    lines: int | None = None,
) -> ft.Text:
    return ft.Text(
        text,
        theme_style=style,
        color=colour,
        text_align=ft.TextAlign.CENTER if centred else ft.TextAlign.START,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        rtl=reads_from_right(text),
    )
