"""The story of a bulk decision in a real browser: looked at, decided, told why, taken back."""

import pytest
from playwright.sync_api import Page, expect

from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.browsing import Window
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Desk

pytestmark = pytest.mark.browser


def two_contested(desk: Desk) -> str:  # noqa: F811
    """Two households whose phones wrote a number each; the id of the first."""
    household, _, phone = desk.contested()
    second = desk.household(phone, head_name="李芳", plate="3-1-301")
    for one, value, minutes in (
        (phone, "13900006666", 9),
        (desk.phone("W3", "g1"), "13900007777", 5),
    ):
        units, at = {"phone": value}, desk.now - minutes * MINUTE
        one.set(second, desk.town.areas["g1"], units, at, base=3)
    return household


def sideways(page: Page) -> int:
    """By how much a table of the page is wider than the room it has."""
    wider: int = page.locator(".table-responsive").first.evaluate(
        "e => e.scrollWidth - e.clientWidth"
    )
    return wider


def test_what_a_rule_decided_is_seen_said_why_and_taken_back(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    household = two_contested(desk)
    page = window.page
    page.on("dialog", lambda dialog: dialog.accept())
    window.sign_in("leader")
    window.open("/review?kind=conflict")
    page.get_by_role("link", name="批量裁定").click()
    page.get_by_label("规则").select_option("newest")
    page.get_by_role("button", name="预览").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("checkbox", name="李芳").uncheck()

    page.get_by_role("button", name="裁定勾选的各项").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("ins")).to_have_text("13900003333")
    expect(page.locator("del")).to_have_text("13900002222")
    page.get_by_role("link", name="张伟").click()
    expect(page.get_by_role("status")).to_contain_text("leader 已于")
    expect(page.get_by_role("status")).to_contain_text("以最后填写的答案为准")
    page.get_by_role("link", name="打开档案").click()
    earlier = page.locator(".desk-step", has_text="****2222").last
    earlier.get_by_role("button", name="恢复此值").click()
    expect(page.locator(".alert")).to_contain_text("已恢复")

    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    answers = shown(record, desk.register.rules(desk.town.who.town, "household"))
    assert answers["phone"] == "13900002222"
    window.open("/review?kind=conflict")
    expect(page.locator("tbody tr", has_text="联系电话")).to_have_count(1)  # the one left alone
    assert window.complaints == []


def test_all_that_a_rule_would_do_is_seen_on_a_phone(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    household = two_contested(desk)
    other = desk.household(desk.phone("W4", "g1"), head_name="欧阳建国", plate="和安路88号" * 4)
    window.sign_in("leader")
    window.page.set_viewport_size({"width": 412, "height": 915})

    for path in ("/bulk?subject=household.phone&rule=newest", f"/duplicates/{household}/{other}"):
        window.open(path)
        expect(window.page.get_by_text("139").first).to_be_visible()

        assert sideways(window.page) <= 0, path
