"""What happens when a tab (or the one window) of the app is opened."""

import asyncio
import logging

import flet as ft

from mobile.views.context import current_tab, keep_tab
from mobile.views.keeper import keep_alive
from mobile.views.page import dress
from mobile.views.root import root
from mobile.views.state.house import House
from mobile.views.state.tab import WIDE, TabState

DEVICE_INFO_SECONDS = 3.0

logger = logging.getLogger(__name__)


def prepare_tab(page: ft.Page, house: House) -> None:
    """Dresses the page before the browser hears of it: else it asks for fonts nobody serves."""
    keep_tab(page, TabState(house, wide=(page.width or 0) >= WIDE))
    dress(page, current_tab())


async def open_tab(page: ft.Page, house: House) -> TabState:
    """Draws the app on the page and keeps it alive."""
    tab = current_tab()
    tab.system_language = await _system_language(page)
    dress(page, tab)
    house.opened()
    page.on_close = tab.close
    page.render_views(root)
    keep_alive(page, tab)
    page.run_thread(house.device.send_receipts)
    return tab


async def _system_language(page: ft.Page) -> str:
    try:
        info = await asyncio.wait_for(page.get_device_info(), DEVICE_INFO_SECONDS)
    except (TimeoutError, RuntimeError, ValueError, TypeError) as error:
        logger.info("the device does not tell its language: %s", type(error).__name__)
        return ""
    return info.locales[0].language_code if info is not None and info.locales else ""
