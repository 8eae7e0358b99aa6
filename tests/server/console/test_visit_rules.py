"""Visits against a rule: they wait in the inbox, are accepted, marked or sent back."""

from datetime import datetime

from msgspec import structs

from server.clock import TOWN_ZONE
from server.db.engine import reading
from server.office.audit import trail
from shared.visiting.rules import breaches
from shared.visiting.visits import Past
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone

DAY = 24 * 60 * MINUTE


def at(desk: Desk, day: int, hour: int) -> int:
    """A time of the town, so many days before today."""
    today = datetime.fromtimestamp(desk.now / 1000, TOWN_ZONE)
    noon = today.replace(hour=hour, minute=0, second=0, microsecond=0)
    return int(noon.timestamp() * 1000) - day * DAY


def visited(desk: Desk, phone: FieldPhone, household: str, when: int, **said: str) -> str:
    started = datetime.fromtimestamp(when / 1000, TOWN_ZONE).isoformat()
    units = {"household": household, "mode": "door", "outcome": "done", "started": started, **said}
    return phone.create("visit", desk.town.areas["g1"], units, desk.now)


def test_what_two_phones_could_not_know_of_each_other_is_seen_when_both_have_come(
    desk: Desk,
) -> None:
    one, other = desk.phone("W1", "g1"), desk.phone("W2", "g1")
    home = desk.household(one, head_name="张三")
    second = visited(desk, other, home, at(desk, 3, 10), reason="resident_asked")
    leader = desk.signed_in("leader")
    before = leader.get("/console/review", kind="breach").text
    first = visited(desk, one, home, at(desk, 8, 10))

    after = leader.get("/console/review", kind="breach")
    page = leader.get(f"/console/visit-rules/{second}")

    assert "没有待处理的内容" in before
    assert second in after.html
    assert first not in after.html
    assert "距上次走访不足 7 天" in after.text
    assert "填写的原因 住户要求" in page.text
    assert "工W2" in page.text


def test_the_office_and_the_phone_find_the_same_breaches(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    home = desk.household(phone, head_name="张三")
    made = {
        visited(desk, phone, home, at(desk, days, hour), outcome=outcome, reason=reason): Past(
            at=datetime.fromtimestamp(at(desk, days, hour) / 1000, TOWN_ZONE),
            mode="door", outcome=outcome, reason=reason,
        )
        for days, hour, outcome, reason in (
            (40, 21, "done", ""), (30, 10, "refused", ""), (25, 10, "nobody_home", ""),
            (20, 10, "done", "emergency"),
            (10, 10, "nobody_home", ""), (5, 6, "done", "resident_asked"), (2, 10, "done", ""),
        )
    }  # fmt: skip
    known = [structs.replace(past, id=visit) for visit, past in made.items()]
    expected = {
        visit: " ".join(each.rule for each in rules) for visit, rules in breaches(known).items()
    }

    desk.signed_in("leader").get("/console/visit-rules")

    with reading(desk.town.services.engine) as conn:
        rows = conn.exec_driver_sql("SELECT visit_id, rules FROM visit_breach").all()
    assert len(expected) >= 4  # else there would be nothing to compare
    assert dict(tuple(row) for row in rows) == expected


def test_accepting_takes_it_from_the_queue_and_marking_keeps_it_on_the_months_list(
    desk: Desk,
) -> None:
    phone, leader = desk.phone("W1", "g1"), desk.signed_in("leader")
    home = desk.household(phone, head_name="张三")
    early, late = (visited(desk, phone, home, at(desk, 20, 6)),
                   visited(desk, phone, home, at(desk, 1, 22)))  # fmt: skip
    leader.get("/console/review")

    done = leader.post(
        "/console/review/act", {"do": "accept", "key": [f"breach:{early}", "breach:nonsense"]}
    )
    marked = leader.post(f"/console/visit-rules/{late}", verdict="marked")
    month = f"{datetime.fromtimestamp(at(desk, 1, 22) / 1000, TOWN_ZONE):%Y-%m}"
    listed = leader.get("/console/visit-rules", month=month).text

    assert "已认可 1 次走访" in done.text
    assert "已标记" in marked.text
    assert "没有待处理的内容" in leader.get("/console/review", kind="breach").text
    assert "不应走访" in listed
    with reading(desk.town.services.engine) as conn:
        said = [(row.action, row.object) for row in trail(conn, "east", limit=2)]
    assert said == [("breach_marked", late), ("breach_accepted", early)]
    assert desk.signed_in("auditor").post(f"/console/visit-rules/{late}").status == 403


def test_a_verdict_stands_until_the_visit_breaks_other_rules(desk: Desk) -> None:
    phone, leader = desk.phone("W1", "g1"), desk.signed_in("leader")
    home = desk.household(phone, head_name="张三")
    late = visited(desk, phone, home, at(desk, 1, 22))
    leader.get("/console/review")
    leader.post(f"/console/visit-rules/{late}", verdict="accepted")
    visited(desk, phone, home, at(desk, 40, 10))
    same = leader.get("/console/review", kind="breach").text

    visited(desk, phone, home, at(desk, 4, 10))  # now it came too soon as well

    other = leader.get("/console/review", kind="breach")
    assert "没有待处理的内容" in same
    assert late in other.html


def test_it_is_sent_back_to_the_worker_and_a_correction_ends_it(desk: Desk) -> None:
    phone, leader = desk.phone("W1", "g1"), desk.signed_in("leader")
    home = desk.household(phone, head_name="张三")
    late = visited(desk, phone, home, at(desk, 1, 22))
    page = leader.get("/console/review")
    page = leader.get(f"/console/visit-rules/{late}")

    asked = leader.post(
        "/console/questions/ask",
        {"about": late, "kind": "visit", "worker": phone.device.worker_id,
         "comment:": "为什么晚上上门？", "back": f"/visit-rules/{late}"},
    )  # fmt: skip
    visited(desk, phone, home, at(desk, 1, 12), corrects=late)

    assert "退回核实" in page.text
    assert "为什么晚上上门？" in asked.text
    assert "没有待处理的内容" in leader.get("/console/review", kind="breach").text
    assert leader.get(f"/console/visit-rules/{late}").status == 404


def test_another_grids_visit_is_nobodys_business_here(desk: Desk) -> None:
    there = desk.household(desk.phone("W3", "g3"), "g3", head_name="林外人")
    units = {"household": there, "mode": "door", "outcome": "done"}
    started = datetime.fromtimestamp(at(desk, 1, 23) / 1000, TOWN_ZONE).isoformat()
    visit = desk.phone("W4", "g3").create(
        "visit", desk.town.areas["g3"], units | {"started": started}, desk.now
    )
    desk.signed_in("town").get("/console/visit-rules")

    leader = desk.signed_in("leader")

    assert desk.signed_in("town").get(f"/console/visit-rules/{visit}").status == 200
    assert leader.get(f"/console/visit-rules/{visit}").status == 404
    assert leader.post(f"/console/visit-rules/{visit}", verdict="marked").status == 404
