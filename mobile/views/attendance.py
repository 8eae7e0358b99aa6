"""What happens by itself while a tab is open: syncing, locking, keeping the window's size."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import flet as ft

from mobile.errors import AppError
from mobile.views.hooks import Kept, off_loop
from mobile.views.state.tab import TabState

LOCK_CHECK_SECONDS = 5
SYNC_EVERY_SECONDS = 10 * 60
SEND_EVERY_SECONDS = 60
"""While something waits to be sent it is tried this often."""


def use_attendance(tab: TabState) -> None:
    """Syncs on start, on resume, when the network comes back, and on a timer; locks in time."""
    page = ft.context.page
    account = tab.account
    sync = off_loop(tab.house.sync, quietly=True)

    connectivity: Kept[ft.Connectivity | None] = ft.use_memo(lambda: Kept(None), [])

    def attend() -> None:
        page.on_resize = lambda event: tab.resized(event.width, event.height)
        page.on_app_lifecycle_state_change = _resumed(tab)
        page.on_platform_brightness_change = tab.changed
        page.on_locale_change = _locale_changed(tab)
        page.on_connect = tab.changed
        connectivity.value = ft.Connectivity(on_change=_connected(tab))
        page.update()

    async def keep_time() -> None:
        await sync()
        waited = 0
        while tab.account is not None:
            await asyncio.sleep(LOCK_CHECK_SECONDS)
            tab.lock_when_due()
            waited += LOCK_CHECK_SECONDS
            if await asyncio.to_thread(_is_due, tab, waited):
                waited = 0
                await sync()

    async def start() -> None:
        if account is not None:
            await keep_time()

    ft.use_effect(attend, [])
    ft.use_effect(start, [account.id if account else ""])


def _is_due(tab: TabState, waited: int) -> bool:
    if waited >= SYNC_EVERY_SECONDS or tab.house.line.rest.is_over:
        return True
    if waited < SEND_EVERY_SECONDS:
        return False
    with suppress(AppError):
        return tab.store.counts().unsent > 0
    return False


def _connected(tab: TabState) -> Callable[[ft.ConnectivityChangeEvent], object]:
    async def changed(event: ft.ConnectivityChangeEvent) -> None:
        if ft.ConnectivityType.NONE not in event.connectivity:
            await asyncio.to_thread(tab.house.sync, quietly=True)

    return changed


def _resumed(tab: TabState) -> Callable[[ft.AppLifecycleStateChangeEvent], object]:
    async def changed(event: ft.AppLifecycleStateChangeEvent) -> None:
        if event.state is ft.AppLifecycleState.RESUME:
            tab.lock_when_due()
            await asyncio.to_thread(tab.house.sync, quietly=True)

    return changed


def _locale_changed(tab: TabState) -> Callable[[ft.LocaleChangeEvent], None]:
    def changed(event: ft.LocaleChangeEvent) -> None:
        if event.locales:
            tab.system_language = event.locales[0].language_code
            tab.changed()

    return changed
