"""The assessment on the console: off until it is switched on, frozen when it is signed."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from server.assessment.sheets import Snapshot, last_day, month_of, signed_sheets
from server.clock import beginning_of, town_time
from server.db.assessment_tables import AssessmentRow
from server.db.engine import reading
from server.office.audit import trail
from tests.server.a_town import MINUTE, NOW
from tests.server.console.world import Browser, Desk, FieldPhone, Page

DAY = 24 * 60 * MINUTE
WEIGHTS = {"cases": 30, "mediation": 20, "visits": 25, "quality": 15, "reports": 10}


def switch_on(desk: Desk, **weights: int) -> Page:
    fields = {part: str(weight) for part, weight in (WEIGHTS | weights).items()}
    return desk.signed_in("town").post("/console/assessments/scheme", {**fields, "active": "yes"})


MONTH = town_time(NOW).date().replace(day=1)


def address(desk: Desk, place: str = "g1") -> str:
    return f"/console/assessments/{desk.town.areas[place]}/{month_of(MONTH)}"


def month_ends(desk: Desk) -> None:
    """It is the first morning of the next one."""
    desk.town.clock.at = beginning_of(last_day(MONTH)) + DAY + 8 * 60 * MINUTE


def planned(desk: Desk, phone: FieldPhone, count: int) -> list[str]:
    """Visits that planned another one for this month; the households."""
    grid, homes = desk.town.areas["g1"], []
    day = town_time(desk.now).date().isoformat()
    for number in range(count):
        home = phone.create("household", grid, {"head_name": f"户{number}"}, desk.now - 9 * DAY)
        visit(desk, phone, home, 8, "done", next_visit=day)
        homes.append(home)
    return homes


def visit(
    desk: Desk, phone: FieldPhone, home: str, days_ago: int, outcome: str, **units: str
) -> None:
    at = desk.now - days_ago * DAY
    started = town_time(at).isoformat(timespec="seconds")
    said = {"household": home, "started": started, "outcome": outcome, **units}
    phone.create("visit", desk.town.areas["g1"], said, at)


def sign(browser: Browser, desk: Desk, **fields: str) -> Page:
    return browser.post(f"{address(desk)}/sign", {"adjustment": "0", **fields})


def test_nothing_is_assessed_until_the_town_switches_it_on(desk: Desk) -> None:
    community = desk.signed_in("community")

    assert "考核默认关闭" in community.get("/console/assessments").text
    assert community.get(address(desk)).status == 400
    assert "本镇没有启用考核" in sign(community, desk).text
    switch_on(desk)
    assert "考核默认关闭" not in community.get("/console/assessments").text


def test_refused_and_nobody_home_are_visits_that_were_made(desk: Desk) -> None:
    switch_on(desk)
    phone = desk.phone("W1", "g1")
    homes = planned(desk, phone, 10)
    for home, outcome in zip(homes, ("refused", "nobody_home", "done"), strict=False):
        visit(desk, phone, home, 0, outcome)

    page = desk.signed_in("community").get(address(desk))

    assert "30.0% 3 / 10" in page.text
    assert "数量太少" in page.text
    assert page.html.count("/visits/detail?pk=") == 10


def test_a_signed_month_stays_as_it_was_and_is_computed_again_to_the_same_number(
    desk: Desk,
) -> None:
    switch_on(desk)
    phone = desk.phone("W1", "g1")
    homes = planned(desk, phone, 10)
    visit(desk, phone, homes[0], 0, "done")
    month_ends(desk)
    community = desk.signed_in("community")
    first = sign(community, desk, adjustment="2", reason="暴雨值守")

    for home in homes:
        visit(desk, phone, home, 5, "done")
    switch_on(desk, cases=20, visits=35)
    again = community.get(address(desk))

    assert "数字已固定" in first.text
    assert "10.0% 1 / 10" in again.text
    assert "暴雨值守" in again.text
    assert "第 1 版" in again.text
    assert again.html.count("/visits/detail?pk=") == 10
    who = desk.accounts["community"]
    with reading(desk.town.services.engine) as conn:
        [signed] = signed_sheets(conn, who, MONTH).values()
        stored = conn.execute(
            select(col(AssessmentRow.total)).where(col(AssessmentRow.town_id) == who.town)
        ).scalar_one()
    assert isinstance(signed.snapshot, Snapshot)
    assert signed.snapshot.score(signed.adjustment).total == stored == signed.total
    assert len(signed.snapshot.parts["visits"].due) == 10
    assert "已经签字" in sign(community, desk).text


def test_a_month_that_is_not_over_cannot_be_signed(desk: Desk) -> None:
    switch_on(desk)
    community = desk.signed_in("community")

    assert "签字确认" not in community.get(address(desk)).text
    assert "结束后才能签字" in sign(community, desk).text
    month_ends(desk)
    community = desk.signed_in("community")
    assert "签字确认" in community.get(address(desk)).text
    assert "数字已固定" in sign(community, desk).text


def test_quality_opens_its_doors_and_says_what_it_is_made_of(desk: Desk) -> None:
    switch_on(desk)
    phone = desk.phone("W1", "g1")
    fresh = desk.household(phone, plate="1-101")
    desk.household(phone, plate="1-102")
    visit(desk, phone, fresh, 0, "done")

    page = desk.signed_in("community").get(address(desk))

    assert "180 天内核实 1 / 2 户" in page.text
    assert "查出重复 0 户" in page.text
    assert page.html.count("/dwellings/detail?pk=") == 2
    assert page.html.count("fa-circle-check") == 1


def test_points_up_or_down_want_a_reason_and_have_a_bound(desk: Desk) -> None:
    switch_on(desk)
    month_ends(desk)
    community = desk.signed_in("community")

    assert "须写明理由" in sign(community, desk, adjustment="3").text
    assert "不超过 5 分" in sign(community, desk, adjustment="9", reason="好").text
    assert "不超过 5 分" in sign(community, desk, adjustment="nan", reason="好").text


def test_an_objection_and_its_answer_stand_beside_the_sheet(desk: Desk) -> None:
    switch_on(desk)
    month_ends(desk)
    community, leader = desk.signed_in("community"), desk.signed_in("leader")
    sign(community, desk)

    leader.post(f"{address(desk)}/objection", words="两次走访漏记")
    community.post(f"{address(desk)}/answer", words="已核对，下月补记")

    shown = leader.get(address(desk)).text
    assert "两次走访漏记" in shown
    assert "已核对，下月补记" in shown
    with reading(desk.town.services.engine) as conn:
        deeds = [each.action for each in trail(conn, desk.town.who.town)]
    assert {"assessment_signed", "assessment_objected", "assessment_answered"} <= set(deeds)


def test_grids_are_listed_by_their_codes_and_never_by_points(desk: Desk) -> None:
    switch_on(desk)

    page = desk.signed_in("town").get(f"/console/assessments?month={month_of(MONTH)}")

    places = [page.html.index(desk.town.areas[grid]) for grid in ("g1", "g2", "g3")]
    assert places == sorted(places)
    assert "总分" not in page.text
    assert "得分" not in page.text


def test_weights_that_do_not_add_up_are_refused(desk: Desk) -> None:
    assert "合计应为 100" in switch_on(desk, cases=31).text


def test_a_month_lies_within_its_own_days(desk: Desk) -> None:
    switch_on(desk)
    phone = desk.phone("W1", "g1")
    planned(desk, phone, 3)
    elsewhere = (town_time(desk.now).date().replace(day=1) - timedelta(days=1)).isoformat()[:7]

    page = desk.signed_in("community").get(
        f"/console/assessments/{desk.town.areas['g1']}/{elsewhere}"
    )

    assert "0 / 3" not in page.text
