"""The keyboard of a laptop or tablet: a few keys for what is done all day, and a sheet of them."""

import asyncio
from collections.abc import Awaitable, Callable

import flet as ft

from mobile.views.context import current_tab
from mobile.views.parts.begin import begin_register
from mobile.views.parts.buttons import Weight, button
from mobile.views.parts.frame import PLACES, go
from mobile.views.parts.type import body, title
from mobile.views.state.light import only_reports
from mobile.views.state.tab import TabState
from mobile.views.theme import GAP

KEYS = (("/", "search"), ("N", "register"), ("S", "sync"), ("Esc", "back"), ("?", "help"))
"""The keys and what they do, as the sheet says it."""
KEY_WIDTH = 56
_PLACES = frozenset(route for _, route, *_ in PLACES)


def use_shortcuts(tab: TabState) -> None:
    """Listens to the keyboard while the account is open, but not to what is typed."""
    page, account = ft.context.page, tab.account
    shown, show = ft.use_state(False)

    async def pressed(event: ft.KeyboardEvent) -> None:
        if event.ctrl or event.alt or event.meta:
            return
        await _act(tab, "?" if event.key == "/" and event.shift else event.key, show)

    def listen() -> None:
        if account is not None:
            page.on_keyboard_event = pressed
            page.update()

    ft.use_effect(listen, [account.id if account else ""])
    ft.use_dialog(_sheet(lambda: show(False)) if shown and account is not None else None)


def above(route: str) -> str:
    """Where "back" leads from an address; "" from the four places."""
    path = route.partition("?")[0].rstrip("/") or "/"
    if path in _PLACES:
        return "" if path == "/" else "/"
    parts = path.split("/")
    if parts[1] == "households":
        return "/households" if len(parts) == 3 or parts[2] == "register" else "/".join(parts[:3])
    return "/buildings" if parts[1] == "buildings" and len(parts) > 2 else "/households"


def key_lines() -> list[ft.Control]:
    """Each key with what it does."""
    texts = current_tab().texts
    return [
        ft.Row(
            [ft.Container(title(key), width=KEY_WIDTH), body(texts(f"keys.{deed}"))], spacing=GAP
        )
        for key, deed in KEYS
    ]


async def _act(tab: TabState, key: str, show: Callable[[bool], None]) -> None:
    route = ft.context.page.route or "/"
    if key == "Escape":
        show(False)
        if not tab.typing and (back := above(route)):
            go(back)
        return
    if tab.typing or not _is_free(route):
        return
    if key == "/":
        tab.look_for()
        go("/households")
    elif key == "?":
        show(True)
    else:
        await _DEEDS.get(key.upper(), _nothing)(tab)


def _is_free(route: str) -> bool:
    """Whether nothing is typed on this screen: a place, or a household beside the list."""
    parts = route.partition("?")[0].rstrip("/").split("/")
    return len(parts) <= 2 or (len(parts) == 3 and parts[1] == "households")


async def _register(tab: TabState) -> None:
    if not only_reports(tab):
        await begin_register()


async def _sync(tab: TabState) -> None:
    await asyncio.to_thread(tab.house.sync)


async def _nothing(_tab: TabState) -> None:
    return


_DEEDS: dict[str, Callable[[TabState], Awaitable[None]]] = {"N": _register, "S": _sync}


def _sheet(close: Callable[[], None]) -> ft.AlertDialog:
    texts = current_tab().texts
    return ft.AlertDialog(
        title=ft.Text(texts("keys.title")),
        content=ft.Column(key_lines(), spacing=GAP, tight=True),
        actions=[button("keys-close", texts("keys.close"), close, weight=Weight.QUIET)],
        on_dismiss=close,
    )
