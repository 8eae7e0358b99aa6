"""The page of retention: what would go is shown before, holds keep, each night is told."""

import re

import pytest

from server.db.engine import reading
from server.office.audit import trail
from server.office.errors import OfficeRefused
from server.rights.erasing import Erasing
from server.rights.retention import Retention
from server.rights.rules import Period, Rule, Since, period_of, stated_rule
from tests.server.console.world import Desk
from tests.server.rights.test_erasing import NAME, Home

DAY = 24 * 3600 * 1000
WHY = "正在办理的诉讼需要"


@pytest.fixture
def home(desk: Desk) -> Home:
    return Home(desk)


def nights(home: Home) -> list[tuple[int, int]]:
    done = Retention(home.desk.town.services).run("east")
    return [(each.records, each.held) for each in done]


def test_a_rule_is_tried_shown_set_and_done_at_night(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    desk.town.clock.at += 400 * DAY
    admin = desk.signed_in("town")

    before = admin.get("/console/retention").text
    tried = admin.get("/console/retention/visit", since="updated", days="365")
    later = admin.get("/console/retention/visit", since="updated", days="401")
    admin.post("/console/retention/visit", since="updated", days="365")
    shown = admin.get("/console/retention").text
    night = nights(home)
    after = admin.get("/console/retention").text

    assert "尚未设置，不会删除" in before
    assert "现在会删除 1 条" in tried.text
    assert home.visit in tried.html  # its link to a hold
    assert "没有到期的资料" in later.text
    assert "最后修改后 365 天" in shown
    assert "还没有执行过" in shown
    assert night == [(1, 0)]
    assert "还没有执行过" not in after
    with reading(desk.town.services.engine) as conn:
        deeds = [(row.action, row.object) for row in trail(conn, "east", limit=2)]
    assert deeds == [("erased", "visit 1"), ("retention_set", "visit updated 365")]


def test_what_is_on_hold_outlives_rule_and_request_until_it_is_lifted(home: Home) -> None:
    desk = home.desk
    desk.signed_in("town").post("/console/retention/visit", since="updated", days="30")
    community = desk.signed_in("community")
    community.post(f"/console/retention/hold/{home.household}", reason=WHY, days="365")
    desk.town.clock.at += 60 * DAY

    kept = nights(home)
    with pytest.raises(OfficeRefused, match="hold"):
        Erasing(desk.town.services).erase(desk.accounts["town"], home.person, "r")
    page = desk.signed_in("town").get("/console/retention")
    (lift,) = re.findall(r'action="([^"]*/retention/lift/[^"]*)"', page.html)
    desk.signed_in("town").post(lift)

    assert kept == [(0, 1)]  # the visit belongs to the household
    assert WHY in page.text
    assert home.shown(home.person)["name"] == [NAME]
    assert nights(home) == [(1, 0)]
    Erasing(desk.town.services).erase(desk.accounts["town"], home.person, "r")
    with reading(desk.town.services.engine) as conn:
        deeds = {row.action for row in trail(conn, "east")}
    assert {"hold_put", "hold_lifted"} <= deeds


def test_a_hold_ends_by_itself_and_needs_a_reason(home: Home) -> None:
    desk, community = home.desk, home.desk.signed_in("community")
    desk.signed_in("town").post("/console/retention/visit", since="updated", days="30")

    for reason, days in (("x", "365"), (WHY, "4000"), (WHY, "")):
        page = community.post(
            f"/console/retention/hold/{home.visit}", {"reason": reason, "days": days}
        )
        assert "请写明保留的理由" in page.text
    community.post(f"/console/retention/hold/{home.visit}", reason=WHY, days="90")
    desk.town.clock.at += 90 * DAY - 1
    in_time = nights(home)
    desk.town.clock.at += 1

    assert in_time == [(0, 1)]
    assert nights(home) == [(1, 0)]
    assert WHY.encode() not in b"".join(
        file.read_bytes() for file in desk.town.services.settings.home.glob("doorstep.db*")
    )


def test_a_night_that_was_cut_short_is_seen(home: Home) -> None:
    desk, admin = home.desk, home.desk.signed_in("town")
    admin.post("/console/retention/visit", since="updated", days="30")
    desk.town.clock.at += 60 * DAY
    retention = Retention(desk.town.services)
    with desk.town.act() as act:  # the machine goes down after the night began
        act.conn.exec_driver_sql(
            "INSERT INTO retention_run VALUES ('east', '0', 'visit', 'updated', 30, 1, NULL, 0, 0,"
            " '', NULL)"
        )

    page = desk.signed_in("town").get("/console/retention").text

    assert "未完成" in page
    assert [each.records for each in retention.run("east")] == [1]


def test_a_stranger_to_the_grid_holds_nothing_there(home: Home) -> None:
    desk = home.desk
    there = desk.household(desk.phone("W3", "g3"), "g3", head_name="林外人")
    community = desk.signed_in("community")

    assert community.get(f"/console/retention/hold/{there}").status == 404
    page = community.post(f"/console/retention/hold/{there}", reason=WHY, days="90")
    assert page.status == 404


def test_what_a_form_states_is_read_as_a_rule() -> None:
    assert period_of("P3Y") == Period(3, "Y")
    assert stated_rule("visit", "P3Y") == Rule("visit", Since.UPDATED, 1095)
    assert stated_rule("x", "P6M") == Rule("x", Since.UPDATED, 180)
    assert stated_rule("resident", "while_registered") == Rule("resident", Since.DELETED, 30)
    for kind, stated in (("dwelling", "P3Y"), ("x", ""), ("x", "P0Y"), ("x", "P1D"), ("x", "P")):
        assert stated_rule(kind, stated) is None
