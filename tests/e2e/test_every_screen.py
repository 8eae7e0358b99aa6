"""Every screen in a real Chromium: named, big enough for a thumb, with ordinary and large text."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from mobile.clock import Clock
from server.demo.processes import Children
from tests.e2e.app import WorkerApp
from tests.e2e.running import Phone
from tests.mobile.views.everything import HOME, Everything
from tests.mobile.views.neighbourhood import PIN, Neighbourhood

SETTINGS = 3
DESK = (1280, 800)
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if os.environ.get("STORY_PICTURES"):
        Path(os.environ["STORY_PICTURES"]).mkdir(parents=True, exist_ok=True)
    return tmp_path_factory.mktemp("screens")


@pytest.fixture(scope="module")
def everything(folder: Path) -> Everything:
    """A device on which there is something to see on every screen."""
    near = Neighbourhood(folder / "phone", keystore=folder / "phone.key", clock=Clock())
    return Everything(near)


@pytest.fixture(scope="module")
def phone(everything: Everything, folder: Path) -> Iterator[Phone]:
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


def looked_at(app: WorkerApp, everything: Everything, name: str) -> dict[str, list[str]]:
    """What is too small or has no name, by screen."""
    faults: dict[str, list[str]] = {}
    measured = 0
    for screen, address in everything.addresses().items():
        app.go_to(address)
        app.picture(f"{name}-{screen.replace('/', '-').replace(':', '')}")
        measured += len(app.too_small(least=400))
        if found := app.too_small() + app.nameless():
            faults[screen] = found
    assert measured > len(everything.addresses()), "what is measured is not there"
    return faults


def test_every_screen_is_named_and_big_enough(app: WorkerApp, everything: Everything) -> None:
    assert looked_at(app, everything, "zh") == {}


def test_so_is_it_in_english_in_the_dark_with_text_twice_as_large(
    app: WorkerApp, everything: Everything
) -> None:
    app.go(SETTINGS)
    app.choose("language-en")
    app.choose("theme-dark")
    app.choose("scale-200%")

    faults = looked_at(app, everything, "large")

    app.go(SETTINGS)
    app.choose("lock-now")
    for way, name in (("forgot-pin", "lock"), ("rescue-leave", "forgotten")):
        app.awaits(way)
        app.rest()
        app.picture(f"large-{name}")
        if found := app.too_small() + app.nameless():
            faults[name] = found
        app.choose(way)
    assert faults == {}


def test_on_a_desk_large_text_keeps_list_and_household_side_by_side(
    browser: Browser, phone: Phone
) -> None:
    app = WorkerApp(browser, phone.url, size=DESK)
    app.unlock(PIN)
    app.press("Households")
    app.tap(f"household-{HOME}")
    app.awaits("visit")
    app.rest()
    app.picture("large-desk")

    assert app.too_small() + app.nameless() == []
    app.says("12 households")
    app.close()
