"""What the app says in passing, at the foot of the screen."""

import asyncio

import flet as ft

from mobile.views.hooks import off_loop
from mobile.views.parts.frame import PLACES
from mobile.views.state.tab import TabState
from mobile.views.theme import EDGE

SHOWN_MS, UNDO_MS = 6000, 20_000
FOOT_HEIGHT = 96

_PLACES = frozenset(route for _, route, *_ in PLACES)


def use_notice(tab: TabState) -> None:
    """Shows what the tab has to say until it was heard."""
    turn, set_turn = ft.use_state(tab.said)

    async def fade() -> None:
        # A bar with a way back would stay for ever, in the way of what is at the foot.
        await asyncio.sleep((SHOWN_MS if tab.undo is None else UNDO_MS) / 1000)
        tab.hush(turn)

    ft.use_effect(fade, [turn])
    # What is said while a bar stands gets one of its own: a bar that goes takes its words along.
    ft.use_effect(lambda: set_turn(tab.said), [tab.said])
    ft.use_dialog(_bar(tab) if tab.notice and turn == tab.said else None)


def _bar(tab: TabState) -> ft.SnackBar:
    turn = tab.said
    return ft.SnackBar(
        ft.Semantics(identifier="notice", live_region=True, content=ft.Text(tab.notice)),
        duration=SHOWN_MS if tab.undo is None else UNDO_MS,
        # Without it here, too, the theme's is used, and the margin is not.
        behavior=ft.SnackBarBehavior.FLOATING,
        action=None if tab.undo is None else tab.undo_name or tab.texts("undo.act"),
        on_action=None if tab.undo is None else off_loop(tab.undo),
        show_close_icon=True,
        on_dismiss=lambda: tab.heard(turn),
        margin=ft.Margin.only(left=EDGE, right=EDGE, bottom=_foot(tab)),
    )


def _foot(tab: TabState) -> float:
    """Above the actions at the foot of a screen; a place has its bar there, which Flet knows of."""
    at_a_place = (ft.context.page.route or "/").partition("?")[0] in _PLACES
    return EDGE if at_a_place or tab.account is None else FOOT_HEIGHT
