"""Looking closer: a masked answer with a reason, and a record as it was known on a day."""

import re
from random import Random

import pytest

from server.console.as_of import fold
from server.db.engine import reading
from server.office.audit import AuditEntry, trail
from server.office.revealing import A_DAY_MAX
from shared.merge import same, shown
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page

DAY = 24 * 60 * MINUTE


def reveal(browser: Browser, household: str, reason: str, unit: str = "phone") -> Page:
    path = f"/console/look-closer/household/{household}/reveal"
    return browser.post(path, unit=unit, reason=reason)


def revealed(desk: Desk) -> list[AuditEntry]:
    with reading(desk.town.services.engine) as conn:
        return [e for e in trail(conn, desk.town.who.town) if e.action == "revealed"]


def on_day(browser: Browser, household: str, day: str) -> str:
    return browser.get(f"/console/look-closer/household/{household}/as-of", day=day).text


def test_a_masked_answer_is_shown_whole_for_a_reason_that_is_kept(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    assert "13900001111" not in browser.get(f"/console/households/detail?pk={household}").html

    page = reveal(browser, household, "预约入户时间")

    assert "13900001111" in page.text
    [entry] = revealed(desk)
    assert (entry.actor, entry.reason) == (desk.accounts["leader"].id, "预约入户时间")
    assert entry.object == f"{household} phone"


@pytest.mark.parametrize("reason", ["", "  x  ", "看"])
def test_nothing_is_shown_without_a_reason(desk: Desk, reason: str) -> None:
    household = desk.household(desk.phone("W1", "g1"))

    page = reveal(desk.signed_in("leader"), household, reason)

    assert "请写明查看的原因" in page.text
    assert "13900001111" not in page.html
    assert revealed(desk) == []


def test_only_so_many_answers_are_shown_within_a_day(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    for _ in range(A_DAY_MAX):
        assert "13900001111" in reveal(browser, household, "预约入户时间").html

    refused = reveal(browser, household, "预约入户时间")

    assert "24 小时内最多查看" in refused.text
    assert "13900001111" not in refused.html
    assert "13900001111" in reveal(desk.signed_in("town"), household, "核对冲突内容").html
    desk.town.clock.at += DAY + 1
    assert "13900001111" in reveal(desk.signed_in("leader"), household, "预约入户时间").html


def test_neither_an_auditor_nor_another_area_gets_to_see_it(desk: Desk) -> None:
    here = desk.household(desk.phone("W1", "g1"))
    foreign = desk.household(desk.phone("W9", "g3"), "g3")

    assert reveal(desk.signed_in("auditor"), here, "看看是什么").status == 403
    assert reveal(desk.signed_in("leader"), foreign, "看看是什么").status == 404
    assert reveal(desk.signed_in("leader"), here, "看看是什么", unit="@grid").status == 404
    assert revealed(desk) == []


def test_a_household_is_shown_as_it_was_known_at_the_end_of_a_day(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    desk.town.clock.at += 2 * DAY
    grid, seen = desk.town.areas["g1"], desk.register.record(desk.town.who.town, household)
    assert seen is not None
    phone.set(household, grid, {"people_count": 7}, desk.now, base=seen.version)
    browser = desk.signed_in("leader")

    then, now = on_day(browser, household, "2026-09-21"), on_day(browser, household, "2026-09-23")
    before = on_day(browser, household, "2026-09-20")

    assert "常住人数 3" in then
    assert "张伟 户主" in then or "张伟" in then
    assert "常住人数 7" in now
    assert "这一天还没有这份档案" in before


def test_what_a_phone_kept_back_was_not_known_before_it_came(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    written = desk.now
    desk.town.clock.at += 2 * DAY
    grid, seen = desk.town.areas["g1"], desk.register.record(desk.town.who.town, household)
    assert seen is not None
    phone.set(household, grid, {"people_count": 7}, written, base=seen.version)

    assert "常住人数 3" in on_day(desk.signed_in("leader"), household, "2026-09-22")


@pytest.mark.parametrize("seed", range(4))
def test_the_fold_of_the_whole_journal_is_what_the_register_shows(desk: Desk, seed: int) -> None:
    random = Random(seed)
    phones = [desk.phone("W1", "g1"), desk.phone("W2", "g1")]
    household, grid = desk.household(phones[0]), desk.town.areas["g1"]
    town = desk.town.who.town
    first = desk.register.record(town, household)
    assert first is not None
    for _ in range(12):
        desk.town.clock.at += MINUTE
        now = desk.register.record(town, household)
        assert now is not None
        unit, value = random.choice(
            [("phone", f"139000{random.randrange(99999):05}"), ("people_count", 4), ("needs", "灯")]
        )
        base = random.choice([first.version, now.version])
        random.choice(phones).set(household, grid, {unit: value}, desk.now, base=base)

    folded = fold(desk.register.history(town, household))[household]

    record = desk.register.record(town, household)
    assert record is not None
    stands = shown(record, desk.register.rules(town, "household"))
    told = {unit: stand.value for unit, stand in folded.items() if not unit.startswith("@")}
    assert told.keys() == stands.keys()
    assert all(same(told[unit], stands[unit]) for unit in stands)


def test_a_day_on_which_two_answers_stood_shows_both(desk: Desk) -> None:
    household, _, _ = desk.contested("people_count", 4, 5)

    page = desk.signed_in("leader").get(f"/console/look-closer/household/{household}/as-of")

    assert re.search(r"常住人数 5 有冲突 4|常住人数 4 有冲突 5", page.text), page.text
