"""What a worker does in every story: she opens the app, and goes to a household."""

import asyncio

from mobile.store.store import Store
from mobile.views.state.house import House
from tests.mobile.headless import PHONE, Screen
from tests.mobile.views.neighbourhood import PIN, household_id


async def open_app(house: House, *, size: tuple[float, float] = PHONE, pin: str = PIN) -> Screen:
    """A tab in which the PIN has been typed."""
    screen = await Screen.open(house, size=size)
    await screen.press_keys(pin)
    await screen.tap("key-ok")
    await screen.shows("sync-words")
    return screen


async def open_household(house: House, number: int = 0) -> Screen:
    """The page of the household with that number."""
    screen = await open_app(house)
    await screen.go(f"/households/{household_id(number)}")
    await screen.shows("visit")
    return screen


async def edit_phone(screen: Screen, phone: str) -> None:
    """Corrects the household's number in the course of a visit."""
    await screen.tap("visit-edit")
    await screen.type("q-phone", phone)
    await screen.tap("done")


def store_of(screen: Screen) -> Store:
    """What the app has stored."""
    return screen.tab.store


async def press_undo(screen: Screen) -> None:
    """Presses "undo" on what the app has just said."""
    undo = screen.tab.undo
    assert undo is not None, screen.tab.notice
    await asyncio.to_thread(undo)
