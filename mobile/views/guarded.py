"""The error boundary that every component stands behind.

An exception in a component that is drawn again would stop Flet's scheduler: nothing would be
sent to the screen any more, for ever and without a word. So it is caught here, and the worker
sees what happened, that nothing is lost, and a button to try again.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import flet as ft

from mobile.errors import AppError, whereabouts
from mobile.views.context import current_texts
from mobile.views.parts.buttons import padding
from mobile.views.theme import CORNER, EDGE, GAP

P = ParamSpec("P")
Drawn = TypeVar("Drawn")

logger = logging.getLogger(__name__)


def guarded(draw: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """Makes a component of a function that draws part of a screen."""
    return _component(draw, _panel)


def guarded_view(draw: Callable[P, ft.View]) -> Callable[P, ft.View]:
    """Makes a component of a function that draws a whole screen."""
    return _component(draw, _screen)


def guarded_views(
    draw: Callable[P, list[ft.View] | ft.Control],
) -> Callable[P, list[ft.View] | ft.Control]:
    """Makes a component of a function that draws a stack of screens."""
    return _component(draw, lambda error, try_again: [_screen(error, try_again)])


def keyed(key: str, component: Callable[P, Drawn], *args: P.args, **kwargs: P.kwargs) -> Drawn:
    """Draws a component that keeps its state under `key`, wherever in the list it moves."""
    return component(*args, **{**kwargs, "key": key})  # type: ignore[arg-type]  # Flet's own


def _component(
    draw: Callable[P, Drawn], instead: Callable[[Exception, Callable[[], None]], Drawn]
) -> Callable[P, Drawn]:
    @wraps(draw)
    def boundary(*args: P.args, **kwargs: P.kwargs) -> Drawn:
        # First of all hooks, so that those of `draw` keep their places when it fails half-way.
        attempt, try_again = ft.use_state(0)
        try:
            return draw(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the app must go on
            logger.error("%s could not be drawn: %s", draw.__qualname__, whereabouts(error))
            return instead(error, lambda: try_again(attempt + 1))

    return ft.component(boundary)


def _panel(error: Exception, try_again: Callable[[], None]) -> ft.Control:
    texts = current_texts()
    words = (
        getattr(error.words, texts.language)
        if isinstance(error, AppError)
        else texts("trouble.body")
    )
    return ft.Container(
        padding=EDGE,
        border_radius=CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        content=ft.Column(
            spacing=GAP,
            tight=True,
            controls=[
                ft.Text(texts("trouble.title"), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                ft.Text(words, color=ft.Colors.ON_SURFACE_VARIANT),
                ft.FilledTonalButton(
                    texts("trouble.retry"),
                    icon=ft.Icons.REFRESH,
                    style=ft.ButtonStyle(padding=padding()),
                    on_click=lambda _: try_again(),
                ),
            ],
        ),
    )


def _screen(error: Exception, try_again: Callable[[], None]) -> ft.View:
    return ft.View(
        route="/trouble",
        padding=EDGE,
        vertical_alignment=ft.MainAxisAlignment.CENTER,
        controls=[ft.SafeArea(content=_panel(error, try_again))],
    )
