"""The inbox: one queue of all that waits, whose it is, and what is kept for later."""

import re
from html import unescape

import pytest

from server.db.engine import reading
from server.office.audit import trail
from server.review import bulk
from shared.changes import ALIAS
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone

DAY = 24 * 60 * MINUTE


def act(browser: Browser, do: str, *keys: str, **more: str) -> str:
    return browser.post("/console/review/act", {"do": do, "key": list(keys), **more}).text


def deeds(desk: Desk) -> list[str]:
    with reading(desk.town.services.engine) as conn:
        return [entry.action for entry in trail(conn, desk.town.who.town)]


def test_conflicts_and_new_households_wait_in_one_queue_with_counts(desk: Desk) -> None:
    household, conflict, _ = desk.contested()

    page = desk.signed_in("leader").get("/console/review")

    assert f"/console/conflicts/{conflict}" in page.html
    assert f"/console/households/detail?pk={household}" in page.html
    assert "2 项等待处理" in page.text
    assert "冲突 1" in page.text
    assert "新登记住户 1" in page.text


def test_the_queue_shows_only_what_a_filter_asks_for(desk: Desk) -> None:
    household, conflict, _ = desk.contested()
    desk.town.clock.at += 8 * DAY
    browser = desk.signed_in("town")

    by_kind = browser.get("/console/review", kind="registration").html
    young = browser.get("/console/review", age="day").html
    old = browser.get("/console/review", age="month").html
    elsewhere = browser.get("/console/review", grid=desk.town.areas["g3"]).html

    assert f"detail?pk={household}" in by_kind
    assert conflict not in by_kind
    assert conflict not in young
    assert conflict in old
    assert conflict not in elsewhere


def test_nobody_sees_or_touches_what_waits_in_another_area(desk: Desk) -> None:
    phone = desk.phone("W9", "g3")
    foreign = desk.household(phone, "g3")
    browser = desk.signed_in("leader")

    assert foreign not in browser.get("/console/review").html
    assert "没有勾选任何内容" in act(browser, "confirm", f"registration:{foreign}")
    assert foreign in desk.signed_in("town").get("/console/review").html


def test_what_is_assigned_is_its_reviewers_and_nobody_elses(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    town, leader = desk.signed_in("town"), desk.signed_in("leader")

    said = act(town, "assign", f"conflict:{conflict}", assignee=desk.accounts["leader"].id)

    assert "已分派 1 项" in said
    assert conflict in leader.get("/console/review", whose="mine").html
    assert conflict not in town.get("/console/review", whose="mine").html
    assert conflict not in town.get("/console/review", whose="nobodys").html
    assert "review_assigned" in deeds(desk)


def test_nothing_is_assigned_to_who_may_not_decide_it(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    browser = desk.signed_in("town")

    said = act(browser, "assign", f"conflict:{conflict}", assignee=desk.accounts["auditor"].id)

    assert "不能裁定" in said
    assert conflict in browser.get("/console/review", whose="nobodys").html


def test_what_is_kept_for_later_rests_and_asks_again(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")

    act(browser, "later", f"conflict:{conflict}", days="3")

    assert conflict not in browser.get("/console/review").html
    assert conflict in browser.get("/console/review", later="1").html
    desk.town.clock.at += 3 * DAY + 1
    assert conflict in desk.signed_in("leader").get("/console/review").html


def test_a_confirmed_registration_leaves_the_queue_for_everybody(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    leader = desk.signed_in("leader")

    said = act(leader, "confirm", f"registration:{household}")

    assert "已确认 1 户" in said
    assert household not in desk.signed_in("town").get("/console/review").html
    assert "registration_confirmed" in deeds(desk)


@pytest.mark.parametrize("back", ["//elsewhere.test/", "https://elsewhere.test", "/\\elsewhere"])
def test_the_way_back_never_leads_out_of_the_console(desk: Desk, back: str) -> None:
    browser = desk.signed_in("leader")

    page = browser.post("/console/review/act", {"do": "later", "key": [], "back": back})

    assert page.url.endswith("/console/review")


def visited(desk: Desk, phone: FieldPhone, household: str, value: str, *, minutes: int) -> None:
    """A phone number learnt on a visit."""
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    grid, at = desk.town.areas["g1"], desk.now - minutes * MINUTE
    visit = phone.create("visit", grid, {"household": household, "outcome": "done"}, at)
    phone.set(household, grid, {"phone": value}, at, base=1, visit=visit)


def test_the_newest_visit_wins_where_the_preview_said_so(desk: Desk) -> None:
    household, _, phone = desk.contested()
    visited(desk, phone, household, "13900005555", minutes=5)
    browser = desk.signed_in("leader")

    page = browser.get("/console/bulk", subject="household.phone", rule="newest_visit")
    seen = page.html.split('name="seen" value="')[1].split('"')[0]
    said = browser.post("/console/bulk/apply", {"rule": "newest_visit", "seen": [seen]})

    assert "1 项可以按此裁定" in page.text
    assert "已批量裁定 1 项" in said.text
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    rules = desk.register.rules(desk.town.who.town, "household")
    assert shown(record, rules)["phone"] == "13900005555"
    assert ALIAS not in record.units
    assert "decided_in_bulk" in deeds(desk)


def test_what_was_decided_together_is_shown_together_with_the_rule(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "NAMED_MAX", 1)  # two conflicts take two rows of the trail
    _, conflict, phone = desk.contested()
    other, grid = desk.phone("W3", "g1"), desk.town.areas["g1"]
    second = desk.household(phone, head_name="李芳", plate="3-1-301")
    for one, value, minutes in ((phone, "13900006666", 9), (other, "13900007777", 5)):
        one.set(second, grid, {"phone": value}, desk.now - minutes * MINUTE, base=3)
    browser = desk.signed_in("leader")
    page = browser.get("/console/bulk", subject="household.phone", rule="newest")

    seen = re.findall(r'name="seen" value="([^"]*)"', page.html)
    said = browser.post("/console/bulk/apply", {"rule": "newest", "seen": seen})

    assert "/bulk/done/" in said.url
    for told in (
        "已裁定 2 项",
        "以最后填写的答案为准",
        "13900003333",
        "13900007777",
        "张伟",
        "李芳",
    ):
        assert told in said.text, told
    assert "同批 2 项" in browser.get(f"/console/conflicts/{conflict}").text
    assert desk.signed_in("auditor").get(f"/console/bulk/done/{conflict}").status == 403


def test_a_decision_of_one_person_belongs_to_no_batch(desk: Desk) -> None:
    _, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/conflicts/{conflict}")
    chosen, base = (
        unescape(re.findall(rf'name="{name}" value="([^"]*)"', page.html)[0])
        for name in ("choose", "base")
    )

    browser.post(f"/console/conflicts/{conflict}", {"choose": chosen, "base": base})

    assert "同批" not in browser.get(f"/console/conflicts/{conflict}").text
    assert browser.get(f"/console/bulk/done/{conflict}").status == 404


def test_what_changed_after_the_preview_is_left_to_a_person(desk: Desk) -> None:
    household, _, phone = desk.contested()
    visited(desk, phone, household, "13900005555", minutes=5)
    browser = desk.signed_in("leader")
    page = browser.get("/console/bulk", subject="household.phone", rule="newest_visit")
    seen = page.html.split('name="seen" value="')[1].split('"')[0]
    phone.set(household, desk.town.areas["g1"], {"people_count": 5}, desk.now, base=1)

    said = browser.post("/console/bulk/apply", {"rule": "newest_visit", "seen": [seen]})

    assert "没有改动" in said.text
    assert desk.register.count_conflicts(desk.town.who.town, desk.accounts["leader"].grids) == 1


def test_a_rule_decides_nothing_where_no_value_comes_from_a_visit(desk: Desk) -> None:
    desk.contested()

    page = desk.signed_in("leader").get(
        "/console/bulk", subject="household.phone", rule="newest_visit"
    )

    assert "此规则不能判断" in page.text
    assert 'name="seen"' not in page.html
