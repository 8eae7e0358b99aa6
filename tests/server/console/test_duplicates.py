"""Two records that may be one: found, side by side, merged value by value, parted, kept apart."""

from server.db.engine import reading
from server.duplicates.finder import Finder
from server.office.audit import trail
from shared.merge import shown
from shared.records import Record
from tests.server.console.world import Browser, Desk, Page

CLOSE = {"head_name": "张玮", "phone": "13900001112", "plate": "3-1-201"}
"""Another character of the same sound, a digit off, the same door."""


def twice(desk: Desk, **units: str) -> tuple[str, str]:
    """One household that two workers registered."""
    first = desk.household(desk.phone("W1", "g1"))
    second = desk.household(desk.phone("W2", "g1"), **{**CLOSE, **units})
    return first, second


def record(desk: Desk, id: str) -> Record:
    found = desk.register.record(desk.town.who.town, id)
    assert found is not None
    return found


def answers(desk: Desk, id: str) -> dict[str, object]:
    return dict(shown(record(desk, id), desk.register.rules(desk.town.who.town, "household")))


def merge(browser: Browser, stands: str, goes: str, **take: str) -> Page:
    page = browser.get(f"/console/duplicates/{stands}/{goes}")
    bases = {
        name: page.html.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("stands", "goes")
    }
    chosen = {f"take:{unit}": side for unit, side in take.items()}
    return browser.post(f"/console/duplicates/{stands}/{goes}/merge", bases | chosen)


def waits(browser: Browser, one: str, other: str) -> bool:
    first, second = sorted((one, other))
    page = browser.get("/console/review", kind="duplicate")
    return f"/duplicates/{first}/{second}" in page.html


def test_a_household_registered_twice_waits_in_the_inbox_with_the_reasons(desk: Desk) -> None:
    first, second = twice(desk)
    browser = desk.signed_in("leader")

    page = browser.get("/console/review", kind="duplicate")

    assert waits(browser, first, second)
    assert "姓名同音" in page.text
    assert "电话只差一两位" in page.text


def test_a_person_with_the_same_id_number_is_found_under_another_name(desk: Desk) -> None:
    twice(desk, head_name="欧阳青", phone="13700009999")
    browser = desk.signed_in("leader")

    assert "身份证号相同" in browser.get("/console/review", kind="duplicate").text


def test_two_different_households_are_no_pair(desk: Desk) -> None:
    first = desk.household(desk.phone("W1", "g1"))
    other = desk.household(
        desk.phone("W2", "g1"), head_name="李芳", phone="13766667777", plate="5-2-402"
    )

    assert not waits(desk.signed_in("leader"), first, other)


def test_what_was_changed_so_that_it_is_alike_no_more_leaves_the_inbox(desk: Desk) -> None:
    first, second = twice(desk)
    browser = desk.signed_in("leader")
    assert waits(browser, first, second)
    phone = desk.phone("W3", "g1")
    version = record(desk, second).version
    units = {"head_name": "李芳", "phone": "13766667777"}
    phone.set(second, desk.town.areas["g1"], units, desk.now, base=version)

    assert not waits(browser, first, second)


def test_the_pair_is_shown_side_by_side_without_any_id_number(desk: Desk) -> None:
    first, second = twice(desk)

    page = desk.signed_in("leader").get(f"/console/duplicates/{first}/{second}")

    assert "13900001111" in page.html
    assert "13900001112" in page.html
    assert "张伟" in page.text
    assert "11010519491231002X" not in page.html


def test_merging_keeps_what_was_chosen_value_by_value(desk: Desk) -> None:
    first, second = twice(desk, emergency_contact="王大妈")
    browser = desk.signed_in("leader")

    page = merge(browser, first, second, phone="other", head_name="own", emergency_contact="other")

    assert "已合并" in page.text
    assert record(desk, second).alias_of == first
    told = answers(desk, first)
    assert (told["phone"], told["head_name"]) == ("13900001112", "张伟")
    assert told["emergency_contact"] == "王大妈"
    assert not waits(browser, first, second)
    for twin in (first, second):
        shown_there = browser.get(f"/console/households/detail?pk={twin}").html
        assert f"/duplicates/{first}/{second}" in shown_there


def test_a_merge_can_be_parted_and_both_stand_again_as_they_were(desk: Desk) -> None:
    first, second = twice(desk)
    before = (answers(desk, first), answers(desk, second))
    browser = desk.signed_in("leader")
    merge(browser, first, second, phone="other")

    page = browser.post(f"/console/duplicates/{first}/{second}/part")

    assert "两份档案都已恢复" in page.text
    assert record(desk, second).alias_of is None
    assert (answers(desk, first), answers(desk, second)) == before
    assert waits(browser, first, second)


def test_a_pair_that_is_not_the_same_is_never_shown_again(desk: Desk) -> None:
    first, second = twice(desk)
    browser = desk.signed_in("leader")
    assert waits(browser, first, second)

    browser.post(f"/console/duplicates/{first}/{second}/apart")
    browser.post("/console/duplicates/again")
    browser.get("/console/duplicates")

    assert not waits(browser, first, second)
    assert "确认不是同一份" in browser.get(f"/console/duplicates/{first}/{second}").text
    browser.post(f"/console/duplicates/{first}/{second}/apart", back="yes")
    assert waits(browser, first, second)
    with reading(desk.town.services.engine) as conn:
        deeds = {entry.action for entry in trail(conn, desk.town.who.town)}
    assert {"not_the_same", "maybe_the_same"} <= deeds


def test_what_must_be_decided_first_is_said_and_is_not_offered(desk: Desk) -> None:
    stands, _, phone = desk.contested()
    goes = desk.household(phone, **CLOSE)
    browser = desk.signed_in("leader")

    page = browser.get(f"/console/duplicates/{stands}/{goes}")
    after = merge(browser, stands, goes, phone="other")

    assert "这一项还有两个答案，请先裁定" in page.text
    assert 'name="take:phone"' not in page.html
    assert 'name="take:head_name"' in page.html
    assert "请先裁定，再合并" in after.text
    assert record(desk, goes).alias_of is None


def test_what_changed_since_it_was_shown_is_not_merged(desk: Desk) -> None:
    first, second = twice(desk)
    browser = desk.signed_in("leader")
    old = str(record(desk, first).version)
    phone = desk.phone("W3", "g1")
    phone.set(first, desk.town.areas["g1"], {"people_count": 5}, desk.now, base=int(old))

    sent = {"stands": old, "goes": str(record(desk, second).version)}
    page = browser.post(f"/console/duplicates/{first}/{second}/merge", sent)

    assert "内容刚刚有变化" in page.text
    assert record(desk, second).alias_of is None


def test_nobody_sees_a_pair_of_which_one_lies_elsewhere(desk: Desk) -> None:
    first = desk.household(desk.phone("W1", "g1"))
    foreign = desk.household(desk.phone("W9", "g3"), "g3", **CLOSE)
    leader, town = desk.signed_in("leader"), desk.signed_in("town")

    assert not waits(leader, first, foreign)
    assert leader.get(f"/console/duplicates/{first}/{foreign}").status == 404
    assert leader.post(f"/console/duplicates/{first}/{foreign}/apart").status == 404
    assert town.get(f"/console/duplicates/{first}/{foreign}").status == 200


def test_who_may_not_decide_sees_nothing_whole(desk: Desk) -> None:
    first, second = twice(desk)

    html = desk.signed_in("auditor").get(f"/console/duplicates/{first}/{second}").html

    for whole in ("张伟", "张玮", "13900001111", "13900001112", "/merge"):
        assert whole not in html.replace(f"{first}/{second}/merge", ""), whole


def test_a_whole_pass_finds_what_the_steps_found(desk: Desk) -> None:
    first, second = twice(desk)
    services = desk.town.services
    finder = Finder(services.engine, services.keys.id_hash, services.clock)
    town = desk.town.who.town
    finder.begin_again(town)
    assert not finder.progress(town).up_to_date

    while not finder.step(town).up_to_date:
        pass

    assert waits(desk.signed_in("leader"), first, second)
    assert finder.progress(town).percent == 100
