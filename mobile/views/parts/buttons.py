"""Buttons, at least 48 dp high and each with an identifier for screen readers and tests."""

from collections.abc import Awaitable, Callable
from enum import Enum, auto
from functools import partial

import flet as ft

from mobile.views.context import current_tab
from mobile.views.theme import BIG_TARGET, TARGET, room_around

Act = Callable[[], object]
AsyncAct = Callable[[], Awaitable[None]]


class Weight(Enum):
    """How much a button asks to be pressed."""

    MAIN = auto()
    """The one thing that the screen is for."""
    SIDE = auto()
    FRAMED = auto()
    """On a coloured panel, where a tonal button would drown."""
    QUIET = auto()


def button(
    identifier: str,
    text: str,
    act: Act | None,
    *,
    weight: Weight = Weight.SIDE,
    icon: ft.IconData | None = None,
    busy: bool = False,
    expand: bool = False,
) -> ft.Control:
    """A button; without `act`, or while `busy`, it cannot be pressed."""
    filled = weight in (Weight.MAIN, Weight.SIDE)
    return ft.Semantics(
        identifier=identifier,
        expand=expand or None,
        content=_KINDS[weight](
            text,
            icon=_spinner() if busy else icon,
            on_click=act,
            disabled=busy or act is None,
            style=ft.ButtonStyle(
                shape=ft.RoundedRectangleBorder(radius=14),
                padding=padding(BIG_TARGET if weight is Weight.MAIN else TARGET),
                bgcolor=ground(main=weight is Weight.MAIN) if filled else None,
            ),
        ),
    )


def icon_button(identifier: str, text: str, icon: ft.IconData, act: Act) -> ft.Control:
    """A button with a sign only; `text` names it for screen readers and as a tooltip."""
    return ft.Semantics(
        identifier=identifier,
        content=ft.IconButton(
            ft.Icon(icon, semantics_label=text),
            on_click=act,
            width=TARGET,
            height=TARGET,
        ),
    )


def padding(height: int = TARGET, name: str = "label_large", *, beside: int = 16) -> ft.Padding:
    """Around a button's words: in one line it is that high, dp; with more lines it grows."""
    scale = current_tab().house.preferences.text_scale
    return ft.Padding.symmetric(vertical=room_around(height, name, scale), horizontal=beside)


def ground(*, main: bool) -> dict[ft.ControlState, ft.ColorValue]:
    """The ground of a filled button, paler while it cannot be pressed."""
    return {
        ft.ControlState.DISABLED: ft.Colors.SURFACE_CONTAINER_HIGHEST,
        ft.ControlState.DEFAULT: ft.Colors.PRIMARY if main else ft.Colors.SECONDARY_CONTAINER,
    }


_KINDS: dict[Weight, Callable[..., ft.Control]] = {
    Weight.MAIN: partial(ft.FilledButton, elevation=0),
    Weight.SIDE: partial(ft.FilledTonalButton, elevation=0),
    Weight.FRAMED: ft.OutlinedButton,
    Weight.QUIET: ft.TextButton,
}


def _spinner() -> ft.Control:
    return ft.ProgressRing(width=18, height=18, stroke_width=2)
