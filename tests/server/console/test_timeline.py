"""A household's timeline: who, when, when received, from which visit, before and after."""

import re

from tests.server.a_town import MINUTE
from tests.server.console.world import Desk


def steps(html: str) -> list[str]:
    found = re.findall(r'<li class="desk-step".*?</li>', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", step).split()) for step in found]


def test_every_step_of_a_household_is_told_newest_first(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    grid, at = desk.town.areas["g1"], desk.now - 30 * MINUTE
    visit = phone.create(
        "visit",
        grid,
        {
            "household": household,
            "started": "2026-09-21T20:30:00+08:00",
            "mode": "door",
            "outcome": "done",
            "note": "一切正常",
        },
        at,
    )
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    phone.set(
        household,
        grid,
        {"people_count": 5, "landlord_name": "钱房东"},
        at,
        base=record.version,
        old={"people_count": 3},
        visit=visit,
    )

    told = steps(desk.signed_in("leader").get("/console/households/detail", pk=household).html)

    changed, visited, head, registered = told
    assert changed.startswith("工W1 修改了 住户 张伟 已采用")
    assert "常住人数 3 5" in changed
    assert "房东姓名 （空） 钱房东" in changed
    assert "来自走访 2026年9月21日 20:30" in changed
    assert "设备时间 2026年9月21日 21:43" in changed
    assert "收到 2026年9月21日 22:13" in changed
    assert visited.startswith("工W1 登记了 走访")
    assert "走访结果 已完成" in visited
    assert head.startswith("工W1 登记了 居民")
    assert "姓名 张伟" in head
    assert registered.startswith("工W1 登记了 住户")
    assert "常住人数 3" in registered


def test_a_conflict_and_its_decision_are_steps_too(desk: Desk) -> None:
    household, conflict, _ = desk.contested("people_count", 4, 6)
    browser = desk.signed_in("leader")
    page = browser.get(f"/console/conflicts/{conflict}")
    base = re.search(r'name="base" value="(\d+)"', page.html)
    assert base
    browser.post(f"/console/conflicts/{conflict}", base=base.group(1), choose="4")

    told = steps(browser.get("/console/households/detail", pk=household).html)

    decided, second, first = told[:3]
    assert decided.startswith("leader 修改了 住户")
    assert "在后台操作" in decided
    assert "常住人数" in decided
    assert "6 4" in decided
    assert second.startswith("工W2 修改了")
    assert "有冲突" in second
    assert first.startswith("工W1 修改了")
    assert "常住人数 3 4" in first


def test_a_contested_answer_is_marked_on_the_page_and_leads_to_the_conflict(desk: Desk) -> None:
    household, conflict, _ = desk.contested("people_count", 4, 6)

    page = desk.signed_in("leader").get("/console/households/detail", pk=household)

    contested = re.search(r'<div class="is-contested">.*?</div>', page.html, re.DOTALL)
    assert contested
    assert f"/console/conflicts/{conflict}" in contested.group(0)
    assert "4" in contested.group(0)
    assert "6" in contested.group(0)


def test_a_console_edit_is_an_ordinary_step(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("community")
    page = browser.get(f"/console/records/household/{household}/edit")
    base = re.search(r'name="base" value="(\d+)"', page.html)
    assert base

    browser.post(
        f"/console/records/household/{household}/edit",
        base=base.group(1),
        asked="people_count tenure",
        people_count="4",
        tenure="own",
    )

    told = steps(browser.get("/console/households/detail", pk=household).html)
    assert told[0].startswith("community 修改了 住户 张伟 已采用")
    assert "常住人数 3 4" in told[0]
    assert "房屋性质" not in told[0]  # it was in the form and was not changed


def test_an_earlier_value_is_written_again_from_the_timeline(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    seen = desk.register.record(desk.town.who.town, household)
    assert seen is not None
    area = desk.town.areas["g1"]
    phone.set(household, area, {"phone": "13955556666"}, desk.now, base=seen.version)
    browser = desk.signed_in("leader")
    page = browser.get("/console/households/detail", pk=household)
    assert f'action="/console/restore/household/{household}"' in page.html

    done = browser.post(
        f"/console/restore/household/{household}",
        seq=str(seen.version),
        unit="phone",
        base=str(seen.version + 2),
    )

    assert "已恢复：联系电话" in done.text
    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    assert [each.value for each in record.units["phone"]] == ["13900001111"]
    path = f"/console/restore/household/{household}"
    auditor = desk.signed_in("auditor")
    assert auditor.post(path, seq="1", unit="phone", base="1").status == 403
    assert "/console/restore" not in auditor.get("/console/households/detail", pk=household).html
