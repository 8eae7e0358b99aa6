"""Deciding a conflict: two clicks from the inbox, and never past what others have done."""

import re

import pytest

from server.register.edits import Edit
from shared.changes import ChangeKind
from shared.merge import shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page


def phone_of(desk: Desk, household: str) -> object:
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    return shown(record, desk.register.rules(desk.town.who.town, "household"))["phone"]


def base_of(page: Page) -> str:
    found = re.search(r'name="base" value="(\d+)"', page.html)
    assert found
    return found.group(1)


def choose(browser: Browser, conflict: str, value: str) -> Page:
    page = browser.get(f"/console/conflicts/{conflict}")
    return browser.post(f"/console/conflicts/{conflict}", base=base_of(page), choose=f'"{value}"')


def test_the_inbox_names_the_record_and_the_question(desk: Desk) -> None:
    _, conflict, _ = desk.contested()

    page = desk.signed_in("leader").get("/console/conflicts")

    assert f"/console/conflicts/{conflict}" in page.html
    assert "张伟" in page.text
    assert "联系电话" in page.text
    assert "区域g1" in page.text


def test_an_empty_inbox_says_that_all_is_merged(desk: Desk) -> None:
    assert "没有待处理的内容" in desk.signed_in("leader").get("/console/conflicts").text


def test_the_values_stand_side_by_side_with_where_each_came_from(desk: Desk) -> None:
    _, conflict, _ = desk.contested()

    page = desk.signed_in("leader").get(f"/console/conflicts/{conflict}")

    sides = re.findall(r'<section class="card desk-side.*?</section>', page.html, re.DOTALL)
    texts = [" ".join(re.sub(r"<[^>]+>", " ", side).split()) for side in sides]
    assert len(sides) == 3  # two values, and writing another
    assert "13900002222" in texts[0]
    assert "填写人 工W1" in texts[0]
    assert "13900003333" in texts[1]
    assert "填写人 工W2" in texts[1]
    assert all("设备 test" in text and "设备时间" in text and "收到" in text for text in texts[:2])
    assert all("填写前看到 13900001111" in text for text in texts[:2])
    assert "常住人数 3" in page.text  # the rest of the household
    assert "本人或户主" in page.text  # and who lives there


def test_a_wrong_clock_is_shown_with_the_corrected_time(desk: Desk) -> None:
    one, other = desk.phone("W1", "g1"), desk.phone("W2", "g1", clock_error=-365 * 24 * 60 * MINUTE)
    household = desk.household(one)
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    for phone, people in ((one, 4), (other, 5)):
        units = {"people_count": people}
        grid = desk.town.areas["g1"]
        phone.set(household, grid, units, desk.now - MINUTE, base=record.version)
    (waiting,) = desk.register.open_conflicts(desk.town.who.town, desk.accounts["leader"].grids)

    page = desk.signed_in("leader").get(f"/console/conflicts/{waiting.id}")

    assert "时钟不准" in page.text
    assert "2025年" in page.text
    assert "2026年" in page.text


def test_one_press_decides_and_the_conflict_is_gone(desk: Desk) -> None:
    household, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")

    after = choose(browser, conflict, "13900002222")

    assert "已裁定：张伟 的联系电话" in after.text
    assert phone_of(desk, household) == "13900002222"
    assert "没有待处理的内容" in after.text
    assert desk.register.verify(desk.town.who.town).well


def test_another_value_can_be_written_and_is_checked_by_the_form(desk: Desk) -> None:
    household, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/conflicts/{conflict}")

    wrong = browser.post(f"/console/conflicts/{conflict}", base=base_of(page), phone="1390")
    empty = browser.post(f"/console/conflicts/{conflict}", base=base_of(page), phone=" ")
    right = browser.post(
        f"/console/conflicts/{conflict}", base=base_of(page), phone="139 0000 4444"
    )

    assert "电话号码位数不够" in wrong.text
    assert "请先填写一个值" in empty.text
    assert "已裁定" in right.text
    assert phone_of(desk, household) == "13900004444"


def test_a_non_answer_can_be_decided_on(desk: Desk) -> None:
    household, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/conflicts/{conflict}")

    sent = {"base": base_of(page), "phone:missing": "declined"}
    browser.post(f"/console/conflicts/{conflict}", sent)

    assert phone_of(desk, household) == {"missing": "declined"}


def test_the_second_admin_sees_the_firsts_decision_and_overwrites_nothing(desk: Desk) -> None:
    household, conflict, _ = desk.contested()
    first, second = desk.signed_in("leader"), desk.signed_in("community")
    page = second.get(f"/console/conflicts/{conflict}")

    choose(first, conflict, "13900002222")
    late = second.post(f"/console/conflicts/{conflict}", base=base_of(page), choose='"13900003333"')

    assert "leader 已先一步裁定" in late.text
    assert "leader 已于" in late.text
    assert "裁定结果：" in late.text
    assert phone_of(desk, household) == "13900002222"
    assert "采用这个值" not in late.text


def test_a_conflict_in_a_household_that_was_deleted_meanwhile_is_nobodys_to_decide(
    desk: Desk,
) -> None:
    household, conflict, _ = desk.contested()
    leader = desk.signed_in("leader")
    page = leader.get(f"/console/conflicts/{conflict}")
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    delete = Edit(
        kind=ChangeKind.DELETE, record=household, record_kind="household", grid=record.grid,
        base=record.version,
    )  # fmt: skip

    desk.register.commit(desk.accounts["community"], [delete])
    late = leader.post(f"/console/conflicts/{conflict}", base=base_of(page), choose='"13900002222"')

    assert "community 于" in late.text
    assert "删除了这条记录" in late.text
    assert "裁定结果：" not in late.text
    assert "采用这个值" not in late.text
    assert conflict not in leader.get("/console/conflicts").html
    gone = desk.register.record(desk.town.who.town, household)
    assert gone is not None
    assert gone.deleted


def test_an_answer_that_came_in_meanwhile_keeps_the_conflict_open(desk: Desk) -> None:
    household, conflict, phone = desk.contested()
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/conflicts/{conflict}")
    base = int(base_of(page))

    phone.set(
        household,
        desk.town.areas["g1"],
        {"phone": "13900005555"},
        desk.now,
        base=base - 1,
    )
    after = browser.post(f"/console/conflicts/{conflict}", base=str(base), choose='"13900003333"')

    assert "又收到了新的不同答案" in after.text
    assert "13900005555" in after.text
    assert "13900003333" in after.text


@pytest.mark.parametrize("chosen", ['"13911112222"', "null", "{", '{"missing":"x"}', "1e999"])
def test_what_no_phone_wrote_cannot_be_chosen(desk: Desk, chosen: str) -> None:
    household, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")
    before = phone_of(desk, household)
    page = browser.get(f"/console/conflicts/{conflict}")

    after = browser.post(f"/console/conflicts/{conflict}", base=base_of(page), choose=chosen)

    assert "请再看一遍" in after.text
    assert phone_of(desk, household) == before


@pytest.mark.parametrize("base", ["", "-1", "x", "999999999999999999999"])
def test_a_decision_without_the_version_that_was_seen_is_none(desk: Desk, base: str) -> None:
    _, conflict, _ = desk.contested()
    browser = desk.signed_in("leader")

    after = browser.post(f"/console/conflicts/{conflict}", base=base, choose='"13900002222"')

    assert after.status in (200, 400)
    assert desk.register.count_conflicts(desk.town.who.town, desk.accounts["leader"].grids) == 1


def test_the_menu_counts_what_waits(desk: Desk) -> None:
    desk.contested()

    page = desk.signed_in("leader").get("/console/households/list")

    assert re.search(r'desk-count num">1<', page.html)
