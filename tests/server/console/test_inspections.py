"""Weekly inspections: drawn by lot, noted item by item, answered on the phone, closed at last."""

import pytest

from server.clock import new_id
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.inspections.drawing import Inspection, inspections
from server.inspections.findings import Finding, Findings
from server.office.people import AccountIdentity
from server.work.reading import Sought, WorkBook
from shared.changes import ChangeKind
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone, Page
from tests.server.paper.reading import pages


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    for form in work_forms().values():
        desk.register.publish_form(desk.town.who.town, form)
    return desk.phone("W1", "g1", "g3")


@pytest.fixture
def homes(desk: Desk, phone: FieldPhone) -> list[str]:
    return [
        desk.household(phone, "g1", plate=f"3-1-{n}", head_name=f"赵{n}") for n in range(101, 109)
    ]


def draw(browser: Browser, desk: Desk, area: str = "c1", **more: str) -> Page:
    desk.town.clock.at += MINUTE
    fields = {"area": desk.town.areas[area], "households": "3", "cases": "2", **more}
    return browser.post("/console/inspections/draw", fields)


def all_of(desk: Desk, login: str = "town") -> list[Inspection]:
    with reading(desk.town.services.engine) as conn:
        return inspections(conn, desk.accounts[login])


def findings(desk: Desk, who: AccountIdentity, one: Inspection) -> dict[str, Finding]:
    services = desk.town.services
    return Findings(services.register, services.engine, desk.town.clock).of(who, one.id)


def note(browser: Browser, one: Inspection, item: int, severity: str, **more: str) -> Page:
    fields = {"item": str(item), "severity": severity, **more}
    return browser.post(f"/console/inspections/{one.id}/finding", fields)


def settled(desk: Desk, phone: FieldPhone, text: str = "楼道堆物") -> str:
    found = {"case_kind": "hazard", "text": text, "discovered_at": "2026-09-20T09:00:00+08:00"}
    case = phone.create("case", desk.town.areas["g1"], found, desk.now - 9 * MINUTE)
    close(desk, phone, case)
    return case


def close(desk: Desk, phone: FieldPhone, case: str) -> None:
    step = {"case": case, "action": "close", "level": "grid", "turn": "0"}
    phone.create("case_step", desk.town.areas["g1"], step, desk.now - 5 * MINUTE)


def test_the_same_seed_draws_the_same_sample_and_the_page_shows_it(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    case, town = settled(desk, phone), desk.signed_in("town")

    page = draw(town, desk, seed="LOT-7")
    draw(town, desk, seed="LOT-7")
    draw(town, desk, seed="LOT-8")

    third, second, first = all_of(desk)
    assert first.items == second.items != third.items
    assert [item.kind for item in first.items] == ["household"] * 3 + ["case"]
    assert first.items[-1].id == case
    assert {item.id for item in first.items[:3]} < set(homes)
    assert "种子 LOT-7，从 8 户、1 件事件中抽取" in page.text
    assert "3-1-10" in page.text


def test_without_a_seed_it_is_drawn_by_lot_and_can_be_drawn_again_to_check(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    browser = desk.signed_in("community")
    draw(browser, desk)
    draw(browser, desk)
    one, other = all_of(desk)

    again = browser.get(f"/console/inspections/{one.id}?again=1")
    for n in range(109, 140):
        desk.household(phone, "g1", plate=f"3-1-{n}", head_name="新来")
    later = browser.get(f"/console/inspections/{one.id}?again=1")

    assert one.seed != other.seed
    assert "样本相同" in again.text
    assert "样本不完全相同" in later.text


def test_a_finding_reaches_the_grid_is_answered_there_and_its_task_is_a_case(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    browser, leader = desk.signed_in("community"), desk.signed_in("leader")
    draw(browser, desk, cases="0")
    [one] = all_of(desk)
    home = one.items[0].id
    note(browser, one, 0, "major", text="登记三人，实住五人", task="重新核对人口")
    found = findings(desk, desk.accounts["leader"], one)[home]

    phone.push(
        ChangeKind.SET,
        (found.id, "finding", desk.town.areas["g1"]),
        {"reply": "新来的两人已补登"},
        desk.now,
        base=1,
    )
    shown = leader.get(f"/console/inspections/{one.id}")

    with reading(desk.town.services.engine) as conn:
        [case] = WorkBook(conn, desk.accounts["leader"], desk.now).cases(Sought(household=home))
    assert case.id == found.task
    for said in ("较重问题", "登记三人，实住五人", "新来的两人已补登", "工W1", "待受理"):
        assert said in shown.text
    assert "填写结果" not in shown.text


def test_it_is_closed_only_when_all_is_looked_at_and_settled(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    browser = desk.signed_in("community")
    draw(browser, desk, households="2", cases="0")
    [one] = all_of(desk)
    address = f"/console/inspections/{one.id}/close"
    note(browser, one, 0, "minor", text="门牌脱落", task="补挂门牌")
    early = browser.post(address)
    note(browser, one, 1, "not_met", text="两次无人")
    unsettled = browser.post(address)
    task = findings(desk, desk.accounts["town"], one)[one.items[0].id].task
    close(desk, phone, task)

    done = browser.post(address)

    assert "还有 1 件没有填写结果" in early.text
    assert "还有 1 项整改没有办结" in unsettled.text
    assert "督查已办结" in done.text
    assert "已经办结" in note(browser, one, 0, "fine").text
    assert all_of(desk)[0].closed_at == desk.now


def test_a_finding_can_be_put_right_and_says_what_was_wrong(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    browser = desk.signed_in("community")
    draw(browser, desk, households="1", cases="0")
    [one] = all_of(desk)

    nothing_said = note(browser, one, 0, "serious")
    note(browser, one, 0, "serious", text="灶具漏气")
    note(browser, one, 0, "fine")

    [found] = findings(desk, desk.accounts["town"], one).values()
    assert "发现的情况" in nothing_said.text
    assert (found.severity, found.text) == ("fine", "")


def test_the_sheet_on_paper_has_every_item_with_room_to_write(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    settled(desk, phone)
    browser = desk.signed_in("community")
    draw(browser, desk, seed="LOT-7")
    [one] = all_of(desk)

    written = "".join(pages(browser.get(f"/console/inspections/{one.id}/sheet").response.content))

    for said in ("督查表", "LOT-7", "1. 3-1-10", "4. 安全隐患", "未能核查", "整改要求", "督查人"):
        assert said in written


def test_whoever_is_not_concerned_sees_nothing_of_it(
    desk: Desk, phone: FieldPhone, homes: list[str]
) -> None:
    elsewhere = desk.household(phone, "g3", plate="9-9-901", head_name="林外人")
    town = desk.signed_in("town")
    draw(town, desk, "c2", cases="0")
    draw(town, desk, "c1", cases="0")
    mine, theirs = all_of(desk)

    listed = all_of(desk, "leader")
    community = desk.signed_in("community")

    assert [item.id for item in theirs.items] == [elsewhere]
    assert [one.id for one in listed] == [mine.id]
    assert community.get(f"/console/inspections/{theirs.id}").status == 404
    assert note(community, theirs, 0, "fine").status == 404
    assert draw(community, desk, "c2").status == 404
    assert desk.signed_in("leader").post("/console/inspections/draw").status == 403


def test_a_phone_writes_only_the_reply(desk: Desk, phone: FieldPhone, homes: list[str]) -> None:
    browser, grid = desk.signed_in("community"), desk.town.areas["g1"]
    draw(browser, desk, households="1", cases="0")
    [one] = all_of(desk)
    note(browser, one, 0, "minor", text="门牌脱落")
    [found] = findings(desk, desk.accounts["town"], one).values()
    where = (found.id, "finding", grid)

    with pytest.raises(AssertionError, match="not_yours"):
        phone.push(ChangeKind.SET, where, {"severity": "fine"}, desk.now, base=1)
    own = {"inspection": one.id, "household": homes[0], "severity": "fine"}
    with pytest.raises(AssertionError, match="not_yours"):
        phone.push(ChangeKind.CREATE, (new_id(), "finding", grid), own, desk.now)
    feedback = phone.create("feedback", grid, {"feedback_kind": "fault", "text": "闪退"}, desk.now)
    with pytest.raises(AssertionError, match="not_yours"):
        phone.push(ChangeKind.SET, (feedback, "feedback", grid), {"answer": "好"}, desk.now, base=1)
    assert [item.severity for item in findings(desk, desk.accounts["town"], one).values()] == [
        "minor"
    ]
