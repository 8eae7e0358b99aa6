"""A whole day of a worker with no server, in a real Chromium: one device, from door to door.

The tests are the hours of the day, in their order.
"""

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
WRONG = "918273"
NEW_HEAD, NEW_PHONE, NEW_DOOR = "王秀英", "13900000001", "7-1-03-301"
"""As the second household is called, its telephone, and another door."""
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
    """Her window."""
    app = WorkerApp(browser, phone.url)
    yield app
    assert app.foreign == []
    app.close()


def stand_at(app: WorkerApp, number: int) -> None:
    """Goes to the door of the household with that number."""
    app.find(f"0000{number:04d}"[-4:])
    app.tap(f"household-{household_id(number)}")
    app.awaits("visit")


def test_in_the_morning_a_wrong_pin_costs_a_try_and_lets_nobody_in(app: WorkerApp) -> None:
    app.type_pin(WRONG)
    app.says("还可以试 9 次")
    app.picture("wrong-pin")
    assert resident_id(4) not in app.text()

    app.unlock(PIN)

    app.says("西郊社区 第三网格")
    app.picture("morning")


def test_a_visit_is_saved_with_what_was_learnt_at_it(app: WorkerApp) -> None:
    stand_at(app, 0)
    app.tap("visit")
    app.tap("outcome-done")
    app.write("走访记录", "老人耳朵不好，敲门要重一些")
    app.choose("visit-edit")
    app.write("联系电话", "13800138000")
    app.tap("done")
    app.says("联系电话")

    app.tap("save")

    app.awaits("visit")
    app.reads("13800138000")
    app.reads("老人耳朵不好")


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


def test_a_household_splits_and_that_is_taken_back_and_told_again(app: WorkerApp) -> None:
    stand_at(app, 4)
    app.choose("add-member")
    app.write("姓名", "林小雨")
    app.choose("q-relation-1")
    app.tap("save")
    app.awaits("visit")

    for turn in ("first", "second"):
        app.choose("life")
        app.choose("life-split")
        app.page.locator("[flt-semantics-identifier^=person-]").filter(has_text="林小雨").click()
        app.picture("split")
        app.tap("save")
        app.awaits("visit")
        app.says("已保存在本机")
        if turn == "first":
            app.picture("split-notice")
            app.press("撤销")
            app.says("已撤销")
            app.picture("split-undone")
            app.reads("撤回：分户")
    app.find("lxy")

    app.says("共 1 户")
    app.picture("split-found")


def _starts_anew(app: WorkerApp, browser: Browser, phone: Phone) -> None:
    """A flat battery, and another one: at the same address, on the same folder."""
    phone.kill()
    app.close()
    phone.start()
    app.begin(browser, phone.url)


def _begins_to_register(app: WorkerApp) -> None:
    """A household that looks like the second one."""
    app.go(HOUSEHOLDS)
    app.page.get_by_role("button", name="登记住户", exact=True).click()
    app.tap("dwelling-new")
    app.write("房屋编码", NEW_DOOR)
    app.tap("done")
    app.write("户主姓名", NEW_HEAD)
    app.choose("q-tenure-own")
    app.choose("q-household_kind-lives_here")
    app.write("常住人数", "2")
    app.write("联系电话", NEW_PHONE)
    app.tap("save")
    app.awaits("keep-new")


def test_a_household_that_looks_like_another_is_that_one_or_is_kept(app: WorkerApp) -> None:
    _begins_to_register(app)
    app.picture("duplicate")

    app.tap_first("open-")
    app.awaits("visit")
    app.reads("102室")
    app.picture("duplicate-opened")

    app.go(TODAY)
    app.tap_first("begun-")  # what she had begun is still there
    app.tap("save")
    app.tap("keep-new")
    app.awaits("visit")
    app.find(NEW_DOOR)
    app.says("共 1 户")


def test_a_kill_while_she_types_loses_nothing(
    app: WorkerApp, browser: Browser, phone: Phone
) -> None:
    stand_at(app, 7)
    app.tap("edit")
    app.write("诉求与需要", "楼道灯坏了")
    _starts_anew(app, browser, phone)
    app.unlock(PIN)
    stand_at(app, 7)
    app.tap("edit")

    app.holds("诉求与需要", "楼道灯坏了")
    app.tap("save")
    app.awaits("visit")


def test_a_kill_in_the_middle_of_a_save_loses_nothing(
    app: WorkerApp, browser: Browser, phone: Phone
) -> None:
    stand_at(app, 6)
    app.tap("edit")
    app.write("诉求与需要", "想装扶手")
    app.part("save").locator("[role=button]").click(no_wait_after=True)
    _starts_anew(app, browser, phone)
    app.unlock(PIN)
    app.rest()

    begun = "接着填写" in app.text() and "修改" in app.text()
    stand_at(app, 6)
    if begun:
        app.tap("edit")
        app.holds("诉求与需要", "想装扶手")
        app.tap("save")
        app.awaits("visit")
    app.reads("想装扶手")


def test_in_the_evening_everything_waits_for_the_office_and_says_so(app: WorkerApp) -> None:
    words = app.sync()

    assert "已存本机" in words
    app.says("连不上服务器")
    app.picture("evening")
    for did in ("登记住户", "修改住户：诉求与需要"):
        app.reads(did)


def test_at_night_five_wrong_pins_cost_a_wait_that_a_restart_does_not_end(
    app: WorkerApp, browser: Browser, phone: Phone
) -> None:
    app.go(SETTINGS)
    app.choose("lock-now")
    for left in range(9, 4, -1):
        app.type_pin(WRONG)
        app.says(f"还可以试 {left} 次")
    app.says("后可以再试")
    app.picture("pin-waits")

    _starts_anew(app, browser, phone)

    app.says("后可以再试")
