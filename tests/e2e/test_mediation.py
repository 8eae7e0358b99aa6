"""A dispute is opened at the door, mediated at three levels, settled, and asked after again.

The levels have the names that the place gave them. Nobody beside sees anything of it.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.casework import (
    HOME,
    OFFICES,
    PIN,
    House,
    a_house,
    looks,
    looks_at_desk,
    open_case,
    register_household,
    takes,
)
from tests.e2e.test_shared import enrols

SETTINGS = 3
STATION, SLICE, CENTRE = "老街调解站", "东片调解室", "镇联调中心"
"""What the levels are called here."""
DISPUTE, HARM = "楼上漏水，两家争执", "夜里有哭喊声"
VISITS = (7, 30, 90)
"""Days after the agreement on which somebody asks again (R46)."""
STEPS = (
    ("调解", STATION, "工W1"),
    ("上报上一级", STATION, "工W1"),
    ("受理", SLICE, "community"),
    ("调解", SLICE, "community"),
    ("上报上一级", SLICE, "community"),
    ("调解", CENTRE, "admin1"),
    ("核实", CENTRE, "admin2"),
    *[("回访", STATION, "工W1")] * len(VISITS),
)
"""What the timeline tells at the end: the step, its level, and who took it."""
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_dispute_is_mediated_at_three_levels_and_asked_after_for_three_months(
    browser: Browser, tmp_path: Path
) -> None:
    with a_house(browser, tmp_path, OFFICES) as house:
        register_household(house.town, {"head_name": "李芳", "people_count": 2})
        _the_levels_get_the_names_of_the_place(house)
        house.app.sync()

        _she_tells_of_harm_apart_from_the_dispute(house)
        _she_mediates_at_the_door_and_hands_it_up(house)
        _harm_is_for_the_community_alone(house)
        _the_community_holds_a_joint_session_and_hands_it_up(house)
        _the_town_brings_them_to_an_agreement(house)
        _she_asks_again_after_a_week_a_month_and_three(house)
        _the_timeline_tells_every_step(house)
        _nobody_beside_sees_anything(house)


def _the_levels_get_the_names_of_the_place(house: House) -> None:
    desk = house.desk("community")
    desk.go(f"work-reports/rules?grid={house.town.areas['g1']}")
    looks_at_desk(desk, "levels")
    for level, name in (("grid", STATION), ("community", SLICE), ("town", CENTRE)):
        desk.page.locator(f"[name='mediation_{level}']").fill(name)
    desk.page.locator(f"button[name=grid][value='{house.town.areas['g1']}']").click()
    expect(desk.page.locator("[name='mediation_town']")).to_have_value(CENTRE)


def _she_tells_of_harm_apart_from_the_dispute(house: House) -> None:
    app = house.app
    app.go_to(f"/report/{HOME}")
    app.choose("report-protection")
    app.write("情况", HARM)
    looks(app, "harm")
    house.saves()
    app.sync()
    app.go_to(f"/households/{HOME}")
    assert HARM not in app.text()


def _she_mediates_at_the_door_and_hands_it_up(house: House) -> None:
    app = house.app
    app.tap("report")
    app.choose("report-dispute")
    app.write("情况", DISPUTE)
    app.write("当事人", "李芳、楼上住户")
    house.saves()
    app.says(STATION)
    looks(app, "mediation-opened")
    app.choose("step-session")
    app.choose("q-session_place-home")
    app.write("参加人和身份", "双方、网格员")
    app.choose("q-outcome-failed")
    looks(app, "mediation-session")
    house.saves()
    app.choose("step-escalate")
    app.write("原因", "楼上不认可漏点")
    house.saves()
    app.says(SLICE)
    app.sync()
    open_case(app)
    looks(app, "mediation-handed-up")
    assert "step-session" not in app.text(), "the community has it now"


def _harm_is_for_the_community_alone(house: House) -> None:
    seen = {}
    for login in ("leader", "community"):
        desk = house.desk(login)
        desk.go("casework/cases")
        seen[login] = "家中有人受到伤害" in desk.page.locator("table").inner_text()
        assert HARM not in desk.text()
    assert seen == {"leader": False, "community": True}


def _the_community_holds_a_joint_session_and_hands_it_up(house: House) -> None:
    takes(house.opens("community", DISPUTE), "accept", {})
    joint = {
        "session_place": "community",
        "participants": "双方、人民调解员、社区民警、司法所",
        "joint": "yes",
        "outcome": "failed",
    }
    desk = house.opens("community", DISPUTE)
    takes(desk, "session", joint)
    expect(desk.page.locator("#content")).to_contain_text("社区民警")
    takes(house.opens("community", DISPUTE), "escalate", {"reason": "赔偿数额谈不拢"})
    looks_at_desk(desk, "mediation-community")


def _the_town_brings_them_to_an_agreement(house: House) -> None:
    desk = house.opens("admin1", DISPUTE)
    expect(desk.page.locator("#content")).to_contain_text("赔偿数额谈不拢")
    said = {
        "session_place": "town",
        "participants": "双方、镇调解员",
        "outcome": "agreed",
        "agreement": "楼上十日内修好，各担一半",
    }
    takes(desk, "session", said)
    takes(house.opens("admin2", DISPUTE), "verify", {"result": "ok"})
    looks_at_desk(house.desk("admin2"), "mediation-agreed")
    house.app.sync()
    open_case(house.app)
    house.app.says("楼上十日内修好")
    looks(house.app, "mediation-agreed")


def _she_asks_again_after_a_week_a_month_and_three(house: House) -> None:
    app, passed = house.app, 3
    _opens_her_phone_after(house, 3)
    assert DISPUTE not in app.text(), "four days before the first visit nothing is due"
    for day in VISITS:
        _opens_her_phone_after(house, day - passed)
        passed = day
        app.says(DISPUTE)
        looks(app, f"mediation-day-{day}")
        app.tap_first("case-")
        app.choose("step-return_visit")
        app.choose("q-result-ok")
        house.saves()
        app.awaits("step-note")
    app.says("已办结")
    app.sync()


def _opens_her_phone_after(house: House, days: int) -> None:
    """It has locked itself by then."""
    house.time_passes(days)
    house.app.type_pin(PIN)
    house.app.go_to("/")


def _the_timeline_tells_every_step(house: House) -> None:
    open_case(house.app)
    newest_first = ".*?".join(".*?".join(step) for step in reversed(STEPS))
    assert re.search(newest_first, house.app.text(), re.DOTALL), house.app.text()
    looks(house.app, "mediation-end")
    house.desk("community").sign_in("community")  # so long ago was the last time
    desk = house.opens("community", DISPUTE)
    told = desk.page.locator("ul.list-group-flush > li").all_inner_texts()
    assert [text.split("\n")[:3] for text in told] == [list(step) for step in reversed(STEPS)]
    assert desk.pale() == []
    looks_at_desk(desk, "mediation-end")


def _nobody_beside_sees_anything(house: House) -> None:
    desk, case = house.desk("elsewhere"), house.desk("community").page.url
    desk.go("casework/cases?state=all")
    assert DISPUTE not in desk.text()
    reply = desk.page.goto(case)
    assert reply is not None
    assert reply.status == 404
    app = house.app
    app.go(SETTINGS)
    app.choose("lock-now")
    app.choose("enrol-another")
    enrols(app, house.town, ("W2", PIN), house.line.url, "g2")
    app.sync()
    app.go_to("/tasks")
    app.says("没有待办的事件")
    assert DISPUTE not in app.text()
