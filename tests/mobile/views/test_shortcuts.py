"""On a laptop a few keys do what is done all day, and never what is typed."""

import pytest

from mobile.views.shortcuts import above
from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.views.neighbourhood import household_id
from tests.mobile.views.worker import open_app

DESK = (1280.0, 800.0)


async def press(screen: Screen, key: str, *, shift: bool = False, ctrl: bool = False) -> None:
    page = screen.session.page
    held = {"shift": shift, "ctrl": ctrl, "alt": False, "meta": False}
    await screen.fire(page, "keyboard_event", {"key": key, **held})


@story
async def test_a_key_opens_the_search_and_the_list_stands_beside_the_household(
    house: House,
) -> None:
    screen = await open_app(house, size=DESK)

    await press(screen, "/")

    await screen.until(lambda: screen.route == "/households")
    await screen.shows("search")
    await screen.go(f"/households/{household_id(0)}")
    await screen.shows("visit")
    await screen.shows("search")


@story
async def test_a_key_registers_and_escape_goes_back(house: House) -> None:
    screen = await open_app(house, size=DESK)

    await press(screen, "N")
    await screen.until(lambda: screen.route.startswith("/households/register/"))
    await press(screen, "Escape")

    await screen.until(lambda: screen.route == "/households")


@story
async def test_the_sheet_says_the_keys(house: House) -> None:
    screen = await open_app(house, size=DESK)

    await press(screen, "/", shift=True)
    await screen.sees("键盘快捷键")
    await screen.sees("搜索住户")
    await screen.tap("keys-close")

    await screen.gone("搜索住户")


@story
async def test_what_is_typed_is_no_command(house: House) -> None:
    screen = await open_app(house, size=DESK)
    await screen.go("/households")
    await screen.shows("search")
    await screen.fire(screen.field("search"), "focus")

    await press(screen, "N")
    await press(screen, "/", shift=True)
    assert screen.route == "/households"
    await screen.fire(screen.field("search"), "blur")
    await press(screen, "N", ctrl=True)
    assert screen.route == "/households"
    await press(screen, "N")

    await screen.until(lambda: screen.route.startswith("/households/register/"))


@story
async def test_a_form_hears_nothing_but_escape(house: House) -> None:
    screen = await open_app(house, size=DESK)
    at = f"/households/{household_id(0)}"
    await screen.go(at)
    await screen.tap("edit")
    await screen.shows("save")

    await press(screen, "N")
    assert screen.route.startswith(f"{at}/form/")
    await press(screen, "Escape")

    await screen.until(lambda: screen.route == at)


@story
async def test_a_locked_app_hears_nothing(house: House) -> None:
    screen = await open_app(house, size=DESK)
    screen.tab.lock()
    await screen.shows("key-ok")

    await press(screen, "N")

    assert "register" not in screen.route


@pytest.mark.parametrize(
    ("route", "back"),
    [
        ("/", ""),
        ("/sync", "/"),
        ("/households?narrow=due", "/"),
        ("/households/h1", "/households"),
        ("/households/h1/visit/d1/form/d2", "/households/h1"),
        ("/households/register/d1", "/households"),
        ("/buildings/d1", "/buildings"),
        ("/map", "/households"),
    ],
)
def test_back_leads_one_step_up(route: str, back: str) -> None:
    assert above(route) == back
