"""A hazard is reported from the middle of something else, without a signal, in half a minute."""

import logging
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from server.clock import town_time
from server.work.steps import Steps
from tests.e2e.app import WorkerApp
from tests.e2e.casework import (
    HOME,
    OFFICES,
    House,
    a_house,
    looks,
    looks_at_desk,
    register_household,
)

logger = logging.getLogger(__name__)

TAP_S, CHARACTER_S = 2.0, 0.5
"""How long somebody needs for a tap or swipe, with finding what to tap, and for a character: a
keystroke-level model with the rates of a slow hand. The app's own time is measured beside it."""
HALF_A_MINUTE = 30.0
FIELD, BEGUN = "诉求与需要", "想在楼梯装扶手"
HAZARD, PLACE = "楼道煤气味很重", "3号楼2单元"
SCREENS = ("/", "/households", "/sync", "/settings", "/tasks", "/buildings")
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_hazard_is_reported_from_the_middle_of_a_form_and_seen_by_the_offices(
    browser: Browser, tmp_path: Path
) -> None:
    with a_house(browser, tmp_path, OFFICES) as house:
        register_household(house.town, {"head_name": "李芳", "people_count": 1})
        house.app.sync()

        house.line.down = True
        _the_way_is_on_every_screen(house.app)
        _she_notes_a_request(house)
        _she_begins_to_change_a_household(house.app)
        _she_reports_a_hazard_in_half_a_minute(house)
        _what_she_had_begun_is_still_there(house.app)
        _it_leaves_before_anything_else(house)
        _the_offices_have_it_on_top(house)


def _the_way_is_on_every_screen(app: WorkerApp) -> None:
    for address in SCREENS:
        app.go_to(address)
        assert app.part("report").count(), f"no way to report on {address}"


def _she_notes_a_request(house: House) -> None:
    """Something that is not urgent, and was noted down before."""
    house.app.go_to("/report")
    house.app.tap("report-environment")
    house.app.write("情况", "垃圾桶满了")
    house.saves()


def _she_begins_to_change_a_household(app: WorkerApp) -> None:
    app.find("lf")  # 李芳
    app.tap(f"household-{HOME}")
    app.tap("edit")
    app.write(FIELD, BEGUN)


def _she_reports_a_hazard_in_half_a_minute(house: House) -> None:
    app = house.app
    thumb, typed, began = app.taps + app.swipes, app.typed, time.monotonic()

    app.tap("report")
    app.awaits("must-hazard")
    looks(app, "must-report")
    app.tap("must-hazard")
    app.write("情况", HAZARD)
    app.choose("q-risk-high")
    app.write("地点", PLACE)
    looks(app, "must-hazard")
    house.time_passes()
    app.tap("save")
    app.says("受理编号")

    took = time.monotonic() - began
    thumb, typed = app.taps + app.swipes - thumb, app.typed - typed
    human = thumb * TAP_S + typed * CHARACTER_S
    said = f"{thumb} taps and swipes, {typed} characters: {human:.1f} s"
    logger.info("%s; the app and this test took %.1f s", said, took)
    assert human <= HALF_A_MINUTE, said
    app.says("已保存，一有信号立即上报")
    looks(app, "must-saved")


def _what_she_had_begun_is_still_there(app: WorkerApp) -> None:
    app.go_to("/")
    app.says("接着填写")
    app.tap_first("begun-")
    app.holds(FIELD, BEGUN)
    looks(app, "must-begun")


def _it_leaves_before_anything_else(house: House) -> None:
    house.line.requests.clear()
    house.line.down = False
    house.app.sync()
    assert house.line.requests[0] == "/v1/push", house.line.requests
    house.app.go_to("/")
    house.app.says(HAZARD)
    looks(house.app, "must-today")


def _the_offices_have_it_on_top(house: House) -> None:
    for login in ("leader", "community"):
        desk = house.desk(login)
        desk.go("casework/cases")
        first = desk.page.locator(".desk-row").first
        expect(first).to_contain_text(HAZARD)
        expect(first).to_contain_text("紧急")
        expect(first).to_contain_text(_deadline(house))
        assert desk.pale() == []
        looks_at_desk(desk, f"must-cases-{login}")
    desk = house.opens("leader", HAZARD)
    expect(desk.page.locator("#content")).to_contain_text(PLACE)
    looks_at_desk(desk, "must-case")
    house.desk("elsewhere").go("casework/cases")
    assert HAZARD not in house.desk("elsewhere").text()


def _deadline(house: House) -> str:
    """When the hazard is due, as the office's own rules have it."""
    services = house.town.services
    case = house.desk("leader").page.locator(".desk-row").first.get_attribute("data-href")
    assert case is not None
    seen = Steps(services.register, services.engine, services.clock).seen(
        house.who["leader"], case.rsplit("/", 1)[1]
    )
    due = town_time(seen.standing.deadline)
    return f"{due.month}月{due.day}日 {due:%H:%M}"
