"""A case goes from a door to the town and back, and a report that said "nothing" is contradicted.

The worker's app and the console stand in windows of Chromium; the server is the real one.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from server.clock import now_ms, town_time
from server.db.engine import reading
from server.demo.processes import Children
from server.forms.builtin import work_forms
from server.office.audit import Deed
from server.office.roles import Role
from server.work.board import Boards
from shared.work.periods import period_of
from shared.work.rules import Rhythm
from tests.e2e.app import WorkerApp
from tests.e2e.desk import Desk
from tests.e2e.running import Phone
from tests.e2e.test_shared import a_town, enrols
from tests.server.a_town import ATown
from tests.server.listening import listening

PIN = "293847"
HAZARD = "三楼楼道堆满纸箱"
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()


@dataclass
class House:
    """The phone, the desks of two levels, and the town that they are of."""

    app: WorkerApp
    community: Desk
    town_desk: Desk
    town: ATown

    @property
    def week(self) -> str:
        """The week that the grid reports on."""
        period = period_of(town_time(now_ms()).date(), Rhythm.WEEKLY)
        assert period is not None
        return period.key

    def time_passes(self) -> None:
        """Sets the office's clock, which stands still: or all steps would be of one moment."""
        self.town.clock.at = now_ms()


def test_a_case_goes_to_the_town_and_back_and_contradicts_a_report(
    browser: Browser, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        town = a_town(tmp_path / "office")
        _work_by_the_week(town)
        url = stack.enter_context(listening(town.services))
        phone = Phone("phone", tmp_path / "phone", stack.enter_context(Children(tmp_path / "logs")))
        phone.start()
        desks = Desk(browser, url), Desk(browser, url)
        for desk, login in zip(desks, ("community", "admin1"), strict=True):
            desk.sign_in(login)
        app = WorkerApp(browser, phone.url)
        enrols(app, town, ("W1", PIN), url)
        house = House(app, *desks, town)
        app.sync()

        _she_reports_nothing(house)
        _she_finds_a_hazard_and_hands_it_up(house)
        _community_and_town_do_their_steps(house)
        _she_sees_that_it_is_settled(house)
        _the_board_shows_that_the_report_was_contradicted(house)
        assert app.foreign == desks[0].foreign == desks[1].foreign == []


def _work_by_the_week(town: ATown) -> None:
    """The forms of grid work; a grid that reports once a week; somebody of its community."""
    for form in work_forms().values():
        town.services.register.publish_form(town.who.town, form)
    who = town.account("community", Role.COMMUNITY_ADMIN, "c1")
    grid = town.areas["g1"]
    with reading(town.services.engine) as conn:
        boards = Boards(conn, who, town.clock.at)
        edit = boards.rules_edit(
            town.services.register, grid, {"rhythm": "weekly", "maternal": "no"}
        )
    town.services.register.deeds.edit(who, [edit], Deed.RULES_SET, grid)


def _she_reports_nothing(house: House) -> None:
    app = house.app
    app.go_to(f"/tasks/nil/{house.town.areas['g1']}/{house.week}")
    app.picture("nil-report")
    house.time_passes()
    app.tap("submit")
    app.rest()


def _she_finds_a_hazard_and_hands_it_up(house: House) -> None:
    app = house.app
    app.go_to("/report")
    app.tap("must-hazard")
    app.write("情况", HAZARD)
    house.time_passes()
    app.tap("save")
    app.rest()
    _open_case(app)
    app.choose("step-accept")
    house.time_passes()
    app.tap("save")
    app.rest()
    _open_case(app)
    app.choose("step-escalate")
    app.write("原因", "需要物业清运")
    house.time_passes()
    app.tap("save")
    app.rest()
    _open_case(app)
    app.picture("case-handed-up")
    app.sync()


def _open_case(app: WorkerApp) -> None:
    app.go_to("/tasks")
    app.tap_first("case-")
    app.rest()


def _community_and_town_do_their_steps(house: House) -> None:
    for desk, action, said in (
        (house.community, "escalate", {"reason": "社区没有清运车"}),
        (house.town_desk, "accept", {}),
        (house.town_desk, "close", {"text": "镇里已清运"}),
    ):
        desk.go("casework/cases")
        desk.page.get_by_role("link", name=re.compile(HAZARD)).first.click()
        expect(desk.page.locator("h1")).to_contain_text(HAZARD)
        house.time_passes()
        _takes(desk, action, said)
    expect(house.town_desk.page.locator("#content")).not_to_contain_text("留备查")
    house.town_desk.keep("case-at-the-desk")


def _takes(desk: Desk, action: str, said: Mapping[str, str]) -> None:
    """Opens the form of a step, fills it in and sends it."""
    desk.page.locator(f"[data-bs-target='#step-{action}']").click()
    # The form glides open: a press while its button still moves would miss it.
    expect(desk.page.locator(f"#step-{action}")).to_have_class(re.compile(r"\bshow\b"))
    form = desk.page.locator(f"#step-{action} form")
    for question, answer in said.items():
        form.locator(f"[name='{question}']").fill(answer)
    form.locator("button[type=submit]").click()
    expect(desk.page.locator(".alert").first).to_contain_text("已登记这一步")


def _she_sees_that_it_is_settled(house: House) -> None:
    app = house.app
    app.sync()
    _open_case(app)
    app.says("镇里已清运")
    app.picture("case-settled")


def _the_board_shows_that_the_report_was_contradicted(house: House) -> None:
    desk = house.community
    desk.go("work-reports")
    cell = desk.page.locator(f"a[href$='/{house.week}']")
    expect(cell).to_have_attribute("title", re.compile("后来发现有事"))
    desk.keep("nil-board")
    cell.click()
    desk.page.get_by_role("link", name="查看事件").click()
    expect(desk.page.locator("h1")).to_contain_text(HAZARD)
    desk.go("board")
    expect(desk.page.locator(".desk-tiles")).to_contain_text("与事件不符 1")
    desk.keep("board")
