"""Large text in a real Chromium: everything is named and big enough, also beside each other."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from mobile.clock import Clock
from server.demo.processes import Children
from tests.e2e.app import WorkerApp
from tests.e2e.running import Phone
from tests.mobile.views.neighbourhood import PIN, Neighbourhood, household_id

SETTINGS = 3
DESK = (1280, 800)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    """A device with a dozen households."""
    folder: Path = tmp_path_factory.mktemp("doors")
    if os.environ.get("STORY_PICTURES"):
        Path(os.environ["STORY_PICTURES"]).mkdir(parents=True, exist_ok=True)
    Neighbourhood(folder / "phone", keystore=folder / "phone.key", clock=Clock())
    with Children(folder / "logs") as children:
        phone = Phone("phone", folder / "phone", children)
        phone.start()
        yield phone


@pytest.fixture(scope="module")
def app(browser: Browser, phone: Phone) -> Iterator[WorkerApp]:
    """Her window, unlocked."""
    app = WorkerApp(browser, phone.url)
    app.unlock(PIN)
    yield app
    assert app.foreign == []
    app.close()


def stand_at(app: WorkerApp, number: int) -> None:
    """Goes to the door of the household with that number."""
    app.find(f"0000{number:04d}"[-4:])
    app.tap(f"household-{household_id(number)}")
    app.awaits("visit")


def _shows(app: WorkerApp, name: str, faults: dict[str, list[str]]) -> None:
    """Looks at the screen that is there now."""
    app.rest()
    app.picture(f"large-{name}")
    assert app.too_small(least=400), "nothing is measured"
    found = app.too_small() + app.nameless()
    if found:
        faults[name] = found


def test_at_two_hundred_per_cent_everything_is_named_and_big_enough(app: WorkerApp) -> None:
    faults: dict[str, list[str]] = {}
    app.go(SETTINGS)
    app.choose("language-en")
    app.choose("theme-dark")
    app.choose("scale-200%")
    for place, name in enumerate(("today", "households", "sync", "settings")):
        app.go(place)
        _shows(app, name, faults)
    stand_at(app, 5)
    _shows(app, "household", faults)
    for way in ("edit", "visit"):
        app.tap(way)
        app.awaits("save")
        _shows(app, way, faults)
        app.back()
        app.awaits("visit")
    app.choose("life")
    app.awaits("life-split")
    _shows(app, "life", faults)
    app.go(SETTINGS)
    app.choose("lock-now")
    app.awaits("forgot-pin")
    _shows(app, "lock", faults)
    app.choose("forgot-pin")
    app.says("Set a new PIN")
    _shows(app, "forgotten", faults)

    assert faults == {}


def test_on_a_desk_large_text_keeps_list_and_household_side_by_side(
    browser: Browser, phone: Phone
) -> None:
    app = WorkerApp(browser, phone.url, size=DESK)
    app.unlock(PIN)
    app.press("Households")
    app.tap(f"household-{household_id(1)}")
    app.awaits("visit")
    app.rest()
    app.picture("large-desk")

    assert app.too_small() + app.nameless() == []
    app.says("12 households")
    app.close()
