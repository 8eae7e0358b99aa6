"""Panels and what is laid out in them: sections, banners, empty states, facts."""

from collections.abc import Sequence
from enum import Enum

import flet as ft

from mobile.views.parts.buttons import Act
from mobile.views.parts.type import body, label, muted, title
from mobile.views.theme import CORNER, EDGE, GAP, TARGET


class Tone(Enum):
    """What a panel wants to say by its colour; it always says it in words too. Never red."""

    PLAIN = (ft.Colors.SURFACE_CONTAINER_LOW, ft.Colors.ON_SURFACE)
    CALM = (ft.Colors.SECONDARY_CONTAINER, ft.Colors.ON_SECONDARY_CONTAINER)
    GOOD = (ft.Colors.PRIMARY_CONTAINER, ft.Colors.ON_PRIMARY_CONTAINER)
    ASKS = (ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER)


def panel(
    controls: Sequence[ft.Control],
    *,
    tone: Tone = Tone.PLAIN,
    on_click: Act | None = None,
    spacing: float = GAP,
) -> ft.Container:
    """A rounded panel; with `on_click` the whole of it can be tapped."""
    return ft.Container(
        padding=EDGE,
        border_radius=CORNER,
        bgcolor=tone.value[0],
        ink=on_click is not None,
        on_click=on_click,
        content=ft.Column(
            controls=list(controls),
            spacing=spacing,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def banner(
    text: str, *, icon: ft.IconData, tone: Tone = Tone.ASKS, more: Sequence[ft.Control] = ()
) -> ft.Control:
    """Something that must be seen before anything else on the screen."""
    return panel(
        [
            ft.Row(
                vertical_alignment=ft.CrossAxisAlignment.START,
                spacing=GAP,
                controls=[
                    ft.Icon(icon, color=tone.value[1]),
                    ft.Container(content=body(text, colour=tone.value[1]), expand=True),
                ],
            ),
            *more,
        ],
        tone=tone,
    )


def section(heading: str, controls: Sequence[ft.Control], *, beside: str = "") -> ft.Control:
    """Things under a heading."""
    return ft.Column(
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            # With large text there may be no room beside the heading: then it stands below.
            ft.Row(
                [ft.Semantics(header=True, content=title(heading)), label(beside)],
                wrap=True,
                spacing=GAP,
                run_spacing=2,
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            ),
            *controls,
        ],
    )


def empty(icon: ft.IconData, heading: str, text: str, *more: ft.Control) -> ft.Control:
    """Says why there is nothing here, and how something comes here."""
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=28),
        alignment=ft.Alignment.TOP_CENTER,
        content=ft.Column(
            spacing=GAP,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[
                ft.Container(
                    ft.Icon(icon, size=36, color=ft.Colors.ON_SECONDARY_CONTAINER),
                    bgcolor=ft.Colors.SECONDARY_CONTAINER,
                    border_radius=40,
                    padding=18,
                ),
                ft.Text(
                    heading,
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                    text_align=ft.TextAlign.CENTER,
                ),
                muted(text, centred=True),
                *more,
            ],
        ),
    )


def fact(name: str, value: str, *, more: Sequence[ft.Control] = ()) -> ft.Control:
    """A label and its value, one above the other."""
    return ft.Column(spacing=2, tight=True, controls=[label(name), body(value), *more])


def line(
    identifier: str,
    heading: str,
    *,
    under: str = "",
    icon: ft.IconData | None = None,
    on_click: Act | None = None,
    trailing: ft.Control | None = None,
) -> ft.Control:
    """One line of a list that leads somewhere."""
    arrow = ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT)
    return ft.Semantics(
        identifier=identifier,
        key=identifier,
        content=ft.ListTile(
            title=ft.Text(heading, theme_style=ft.TextThemeStyle.TITLE_SMALL),
            subtitle=muted(under) if under else None,
            leading=ft.Icon(icon, color=ft.Colors.PRIMARY) if icon else None,
            trailing=trailing or (arrow if on_click else None),
            on_click=on_click,
            min_height=TARGET,
            bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
            shape=ft.RoundedRectangleBorder(radius=CORNER),
            content_padding=ft.Padding.symmetric(horizontal=EDGE, vertical=2),
        ),
    )


def spinner(text: str) -> ft.Control:
    """Something is going on."""
    return ft.Column(
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=EDGE,
        tight=True,
        controls=[ft.ProgressRing(), muted(text, centred=True)],
    )
