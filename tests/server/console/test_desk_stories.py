"""What reviewers do at the desk, in a real browser, with workers' real phones at the other end."""

import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, expect

from mobile.device import Device, EnrolmentText
from mobile.store.asked import asked
from mobile.sync.report import SyncState
from shared.changes import Answer
from shared.merge import shown
from tests.mobile.field import PIN, open_device
from tests.mobile.kit import StillClock
from tests.server.console.browsing import Window
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Desk
from tests.server.imports.files import HEADER, ROW, workbook

pytestmark = pytest.mark.browser


class Hand:
    """The reviewer's mouse: counts what she presses."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.clicks += 1


@pytest.fixture
def phone(desk: Desk, window: Window, tmp_path: Path) -> Callable[[str], Device]:  # noqa: F811
    """Makes a worker's phone, with the app's own store, that syncs over HTTP."""

    def made(staff_no: str) -> Device:
        worker = desk.town.worker(staff_no, "g1")
        device = open_device(tmp_path / staff_no, httpx.HTTPTransport(), StillClock(desk.now))
        device.enrol(EnrolmentText(window.origin, desk.town.code(worker)), PIN)
        synced(device)
        return device

    return made


def synced(device: Device) -> None:
    """A sync that went through, after one that the app may have begun by itself."""
    while (report := device.sync()).state is SyncState.ALREADY_RUNNING:
        pass
    assert report.state is SyncState.DONE, report


def phone_of(desk: Desk, household: str) -> Answer:  # noqa: F811
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    return shown(record, desk.register.rules(desk.town.who.town, "household"))["phone"]


def test_a_conflict_is_decided_by_two_clicks_from_the_inbox(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    household, _, _ = desk.contested()
    window.sign_in("leader")
    window.open("/review")
    page, hand = window.page, Hand()

    hand.click(page.locator("tr.desk-row", has_text="联系电话").get_by_role("link", name="打开"))
    hand.click(page.get_by_label("候选值 2").get_by_role("button", name="采用"))

    expect(page.get_by_text("已裁定：张伟 的联系电话")).to_be_visible()
    assert hand.clicks == 2
    assert phone_of(desk, household) == "13900003333"
    assert window.complaints == []


def test_of_two_who_decide_at_once_the_second_is_told_who_was_first(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    household, conflict, _ = desk.contested()
    window.sign_in("leader")
    window.open(f"/conflicts/{conflict}")
    second = window.in_another_browser()
    second.sign_in("community")
    second.open(f"/conflicts/{conflict}")

    window.page.get_by_label("候选值 1").get_by_role("button", name="采用").click()
    expect(window.page.get_by_text("已裁定：张伟 的联系电话")).to_be_visible()
    second.page.get_by_label("候选值 2").get_by_role("button", name="采用").click()

    expect(second.page.get_by_text("leader 已先一步裁定，没有改动任何内容")).to_be_visible()
    expect(second.page.get_by_text("裁定结果")).to_be_visible()
    expect(second.page.get_by_role("button", name="采用")).to_have_count(0)
    assert phone_of(desk, household) == "13900002222"


def test_a_worker_is_asked_answers_on_her_phone_and_the_answer_stands_beside_the_conflict(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
    phone: Callable[[str], Device],
) -> None:
    _, conflict, _ = desk.contested()
    hers = phone("W7")
    window.sign_in("leader")
    window.open(f"/conflicts/{conflict}")
    page = window.page

    page.locator("summary", has_text="询问网格员").click()
    page.select_option("#ask-worker", label="工W7")
    page.fill("#ask-comment", "请当面核实电话")
    page.get_by_role("button", name="发送到手机").click()
    expect(page.get_by_text("等待网格员答复")).to_be_visible()
    synced(hers)
    [question] = asked(hers.store.shelf)
    hers.store.save_drafts(
        hers.store.begin("question", question.id).answered("answer", "户主换号了，以 3333 为准")
    )
    synced(hers)

    window.open("/review")
    page.locator("tr.desk-row", has_text="答复").get_by_role("link", name="打开").click()
    expect(page.get_by_text("户主换号了，以 3333 为准")).to_be_visible()
    window.open(f"/conflicts/{conflict}")
    expect(page.get_by_text("户主换号了，以 3333 为准")).to_be_visible()
    assert question.comment == "请当面核实电话"
    assert window.complaints == []


def test_a_lost_phone_is_locked_at_once_and_says_itself_that_it_is_wiped(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
    phone: Callable[[str], Device],
) -> None:
    desk.household(desk.phone("W1", "g1"))
    hers = phone("W7")
    window.sign_in("town")
    window.open("/devices")
    page = window.page
    row = page.locator("tbody tr", has_text="工W7")

    row.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="登记丢失").click()
    page.fill("#reason", "丢在公交车上")
    page.locator("#stop").get_by_role("button", name="登记丢失").click()
    expect(row.get_by_text("丢失")).to_be_visible()
    row.locator("a[href*='/devices/']").click()
    expect(page.get_by_text("尚未确认")).to_be_visible()
    expect(page.get_by_text("区域g1").first).to_be_visible()
    state = hers.sync().state
    page.reload()

    assert state is SyncState.LOST
    expect(page.get_by_text("密钥和文件已销毁")).to_be_visible()
    assert window.complaints == []


def test_an_import_with_errors_is_taken_in_part_and_taken_back_as_a_whole(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
    tmp_path: Path,
) -> None:
    file = tmp_path / "住户登记表.xlsx"
    file.write_bytes(workbook(("东镇住户登记表",), HEADER, ROW, (2, "", "3-1-202")))
    window.sign_in("town")
    window.open("/imports")
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())

    page.select_option("#grid", label="区域g1")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="预检").click()
    expect(page.locator("tr[data-row='4']")).to_contain_text("缺少户主姓名")
    page.get_by_role("button", name="确认导入 1 行").click()
    expect(page.get_by_text("导入完成")).to_be_visible()
    window.open("/households/list")
    expect(page.locator("tbody tr.desk-row")).to_have_count(1)
    window.open("/imports")
    page.get_by_role("link", name="住户登记表").first.click()
    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_role("button", name="撤销导入").click()

    expect(page.get_by_text(re.compile(r"已撤回 \d+ 条；保留 0 条"))).to_be_visible()
    window.open("/households/list")
    expect(page.locator("tbody tr.desk-row")).to_have_count(0)
    assert window.complaints == []
