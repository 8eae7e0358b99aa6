"""A case goes from a door to the town and back, and a report that said "nothing" is contradicted.

The worker's app and the console stand in windows of Chromium; the server is the real one.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.clock import now_ms, town_time
from server.db.engine import reading
from server.office.audit import Deed
from server.office.roles import Role
from server.work.board import Boards
from shared.work.periods import period_of
from shared.work.rules import Rhythm
from tests.e2e.casework import House, a_house, open_case, takes

HAZARD = "三楼楼道堆满纸箱"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_case_goes_to_the_town_and_back_and_contradicts_a_report(
    browser: Browser, tmp_path: Path
) -> None:
    accounts = {"community": (Role.COMMUNITY_ADMIN, "c1")}
    with a_house(browser, tmp_path, accounts) as house:
        _work_by_the_week(house)
        house.app.sync()

        _she_reports_nothing(house)
        _she_finds_a_hazard_and_hands_it_up(house)
        _community_and_town_do_their_steps(house)
        _she_sees_that_it_is_settled(house)
        _the_board_shows_that_the_report_was_contradicted(house)


def _work_by_the_week(house: House) -> None:
    """The grid reports once a week."""
    town, who = house.town, house.who["community"]
    grid = town.areas["g1"]
    with reading(town.services.engine) as conn:
        boards = Boards(conn, who, town.clock.at)
        said = {"rhythm": "weekly", "maternal": "no"}
        edit = boards.rules_edit(town.services.register, grid, said)
    town.services.register.deeds.edit(who, [edit], Deed.RULES_SET, grid)


def _week() -> str:
    """The week that the grid reports on."""
    period = period_of(town_time(now_ms()).date(), Rhythm.WEEKLY)
    assert period is not None
    return period.key


def _she_reports_nothing(house: House) -> None:
    app = house.app
    app.go_to(f"/tasks/nil/{house.town.areas['g1']}/{_week()}")
    app.picture("nil-report")
    house.time_passes()
    app.tap("submit")
    app.rest()


def _she_finds_a_hazard_and_hands_it_up(house: House) -> None:
    app = house.app
    app.go_to("/report")
    app.tap("must-hazard")
    app.write("情况", HAZARD)
    house.saves()
    open_case(app)
    app.choose("step-accept")
    house.saves()
    open_case(app)
    app.choose("step-escalate")
    app.write("原因", "需要物业清运")
    house.saves()
    open_case(app)
    app.picture("case-handed-up")
    app.sync()


def _community_and_town_do_their_steps(house: House) -> None:
    for login, action, said in (
        ("community", "escalate", {"reason": "社区没有清运车"}),
        ("admin1", "accept", {}),
        ("admin1", "close", {"text": "镇里已清运"}),
    ):
        takes(house.opens(login, HAZARD), action, said)
    desk = house.desk("admin1")
    expect(desk.page.locator("#content")).not_to_contain_text("留备查")
    desk.keep("case-at-the-desk")


def _she_sees_that_it_is_settled(house: House) -> None:
    app = house.app
    app.sync()
    open_case(app)
    app.says("镇里已清运")
    app.picture("case-settled")


def _the_board_shows_that_the_report_was_contradicted(house: House) -> None:
    desk = house.desk("community")
    desk.go("work-reports")
    cell = desk.page.locator(f"a[href$='/{_week()}']")
    expect(cell).to_have_attribute("title", re.compile("后来发现有事"))
    desk.keep("nil-board")
    cell.click()
    desk.page.get_by_role("link", name="查看事件").click()
    expect(desk.page.locator("h1")).to_contain_text(HAZARD)
    desk.go("board")
    expect(desk.page.locator(".desk-tiles")).to_contain_text("与事件不符 1")
    desk.keep("board")
