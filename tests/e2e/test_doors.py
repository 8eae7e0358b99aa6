"""What happens at doors, in a real Chromium: one device, one window, no network."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from mobile.clock import Clock
from server.demo.processes import Children
from tests.e2e.app import WorkerApp
from tests.e2e.running import Phone
from tests.mobile.views.neighbourhood import PIN, Neighbourhood, household_id, resident_id

TODAY, HOUSEHOLDS, SYNC, SETTINGS = range(4)
DESK = (1280, 800)
WRONG = "918273"
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


@pytest.mark.parametrize(
    ("number", "outcome", "said"),
    [(1, "nobody_home", "无人在家"), (2, "refused", "婉拒")],
    ids=["nobody home", "refused"],
)
def test_a_visit_without_a_visit_is_three_taps(
    app: WorkerApp, number: int, outcome: str, said: str
) -> None:
    stand_at(app, number)
    before = app.taps

    app.tap("visit")
    app.choose(f"outcome-{outcome}")
    app.picture(f"visit-{outcome}")
    app.tap("save")

    app.awaits("visit")
    app.reads(said)
    assert app.taps - before == 3


def test_all_unchanged_is_confirmed_in_four_taps_from_the_list(app: WorkerApp) -> None:
    app.find("0003")
    before = app.taps

    app.tap(f"household-{household_id(3)}")
    app.tap("visit")
    app.tap("confirm-unchanged")
    app.picture("confirm-unchanged")
    app.tap("save")

    app.awaits("visit")
    app.reads("已完成")
    assert app.taps - before <= 4


def test_a_household_splits_at_the_door(app: WorkerApp) -> None:
    stand_at(app, 4)
    app.choose("add-member")
    app.write("姓名", "林小雨")
    app.choose("q-relation-1")
    app.tap("save")
    app.awaits("visit")

    app.choose("life")
    app.choose("life-split")
    app.page.locator("[flt-semantics-identifier^=person-]").filter(has_text="林小雨").click()
    app.picture("split")
    app.tap("save")
    app.awaits("visit")
    app.find("lxy")

    app.says("共 1 户")
    app.picture("split-found")


def test_a_wrong_pin_costs_a_try_and_lets_nobody_in(app: WorkerApp) -> None:
    app.go(SETTINGS)
    app.choose("lock-now")
    app.type_pin(WRONG)
    app.says("还可以试 9 次")
    app.picture("wrong-pin")
    assert resident_id(4) not in app.text()

    app.type_pin(PIN)
    app.awaits("lock-now")


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
    app.says("13 households")
    app.close()
