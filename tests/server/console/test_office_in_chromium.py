"""Stories of the office in a real browser: from a figure to its doors, hand-over, and as-of."""

import re

import pytest
from playwright.sync_api import expect
from pypdfium2 import PdfDocument

from server.db.engine import reading
from server.office.assignments import assignments
from tests.server.a_town import MINUTE
from tests.server.console.browsing import Window
from tests.server.console.test_in_chromium import desk, window  # noqa: F401 - fixtures
from tests.server.console.world import Desk

pytestmark = pytest.mark.browser
DAY = 24 * 60 * MINUTE
MM = 72 / 25.4


def test_the_office_goes_from_a_figure_to_its_door_and_keeps_the_filter(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    phone = desk.phone("W1", "g1")
    desk.household(phone, household_kind="floating")
    window.sign_in("town")
    page = window.page

    window.open("/coverage")
    page.locator("dl a", has_text="1").first.click()
    expect(page.locator("tbody tr.desk-row")).to_have_count(1)
    page.get_by_role("button", name="已存筛选").click()
    page.get_by_placeholder("给当前筛选起名").fill("缺项的户")
    page.locator(".desk-saved").get_by_role("button", name="保存").click()
    expect(page.locator(".alert")).to_contain_text("已保存")
    page.get_by_role("button", name="已存筛选").click()
    expect(page.get_by_role("link", name="缺项的户")).to_be_visible()

    assert window.complaints == []
    assert window.elsewhere == []


def test_a_grid_is_handed_over_to_a_neighbour_found_by_typing(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    leaves = desk.phone("W1", "g1").device.worker_id
    others = [desk.town.worker(f"N{place:02}", "g2") for place in range(11)]
    with reading(desk.town.services.engine) as conn:
        [duty] = assignments(conn, desk.town.who, leaves)
    window.sign_in("town")
    page = window.page

    window.open(f"/hand-over/{leaves}/{duty.id}")
    page.get_by_placeholder("按姓名、工号或网格查找").fill("n07")
    expect(page.locator("#hand-over-to label:visible")).to_have_count(1)
    page.locator("#hand-over-to input:visible").check()
    page.locator("main button.btn-primary").click()

    expect(page).to_have_url(re.compile(f"/workers/{leaves}$"))
    with reading(desk.town.services.engine) as conn:
        taken = assignments(conn, desk.town.who, others[7])
        ended = assignments(conn, desk.town.who, leaves)
    assert desk.town.areas["g1"] in {each.area_id for each in taken}
    assert ended[0].valid_to is not None
    assert window.complaints == []


def test_a_household_is_seen_as_it_was_on_a_day(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone, tenure="own")
    day = desk.now // 1000
    desk.town.clock.at += 3 * DAY
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    changed = {"tenure": "rented"}
    phone.set(household, desk.town.areas["g1"], changed, desk.now, base=record.version)
    window.sign_in("town")
    page = window.page

    window.open(f"/households/detail?pk={household}")
    expect(page.locator("main")).to_contain_text("租住")
    page.get_by_role("link", name="按日期查看").click()
    page.locator("input[type=date]").fill(
        page.evaluate("at => new Date(at * 1000 + 8 * 36e5).toISOString().slice(0, 10)", day)
    )
    page.get_by_role("button", name="查看").last.click()

    expect(page.locator("main")).to_contain_text("自有")
    expect(page.locator("main")).not_to_contain_text("租住")
    assert window.complaints == []


def test_the_board_goes_on_paper_with_one_thing_below_the_other(
    desk: Desk,  # noqa: F811
    window: Window,  # noqa: F811
) -> None:
    phone = desk.phone("W1", "g1")
    for number in range(2):
        where = {"lat": 31.57 + number / 300, "lon": 120.3 + number / 300, "accuracy": 5}
        said = {"code": f"3-1-02-20{number}", "status": "occupied", "location": where}
        phone.create("dwelling", desk.town.areas["g1"], said, desk.now)
    window.sign_in("town")
    window.open("/board")
    window.page.wait_for_load_state("load")

    sheets = PdfDocument(window.page.pdf(format="A4"))

    places = [
        _place(sheets, words) for words in ("未办结事件分布", "圆圈里是", "各级办结（按类别）")
    ]
    assert places == sorted(places), "the map is whole, its words below it, then what follows"
    assert places[1][1] - places[0][1] > 80 * MM, "room for the map"
    assert window.complaints == []


def _place(sheets: PdfDocument, words: str) -> tuple[int, float]:
    """On which sheet words stand, and how far down."""
    for number, sheet in enumerate(sheets):
        text = sheet.get_textpage()
        at = text.get_text_range().find(words)
        if at >= 0:
            return number, sheet.get_height() - text.get_charbox(at)[3]
    raise AssertionError(words)
