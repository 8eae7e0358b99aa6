"""Editing a record at the desk: an ordinary change, with the version that was shown as its base."""

import re

from sqlalchemy import select
from sqlmodel import col

from server.console.register_lists import About, desk_lists
from server.db.engine import reading
from server.db.office_tables import AuditRow
from server.db.register_tables import JournalRow
from server.forms.compiler import compile_form
from shared.changes import Answer
from shared.forms.model import Form
from shared.forms.register_lists import DWELLINGS, HOUSEHOLDS, MEMBERS
from shared.merge import conflicts, shown
from tests.server.console.world import Browser, Desk, Page
from tests.server.paper.reading import pages


def answers(desk: Desk, record_id: str) -> dict[str, Answer]:
    record = desk.register.record(desk.town.who.town, record_id)
    assert record is not None
    return shown(record, desk.register.rules(desk.town.who.town, record.kind))


def opened(browser: Browser, household: str) -> tuple[Page, str, str]:
    page = browser.get(f"/console/records/household/{household}/edit")
    base = re.search(r'name="base" value="(\d+)"', page.html)
    asked = re.search(r'name="asked" value="([^"]*)"', page.html)
    assert base
    assert asked
    return page, base.group(1), asked.group(1)


def save(browser: Browser, household: str, base: str, **fields: object) -> Page:
    path = f"/console/records/household/{household}/edit"
    return browser.post(path, {"base": base, "asked": " ".join(fields)} | fields)


def test_only_what_was_changed_is_written(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    before = desk.register.record(desk.town.who.town, household)
    browser = desk.signed_in("leader")
    _, base, _ = opened(browser, household)

    page = save(browser, household, base, people_count="4", tenure="own", head_name="张伟")

    record = desk.register.record(desk.town.who.town, household)
    assert before is not None
    assert record is not None
    changed = {name for name in record.units if record.units[name] != before.units[name]}
    assert "已保存" in page.text
    assert changed == {"people_count"}


def test_a_masked_answer_stays_when_nothing_is_typed_over_it(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    page, base, asked = opened(browser, household)

    save(browser, household, base, phone="", people_count="9")
    kept = answers(desk, household)
    _, base, _ = opened(browser, household)
    save(browser, household, base, phone="139-0000-7777")

    assert "13900001111" not in page.html
    assert "139****1111（不填则不改）" in page.html
    assert "phone" in asked.split()
    assert (kept["phone"], kept["people_count"]) == ("13900001111", 9)
    assert answers(desk, household)["phone"] == "13900007777"


def test_an_answer_that_is_not_masked_can_be_cleared(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"), tenure="rented", landlord_name="钱房东")
    browser = desk.signed_in("leader")
    _, base, _ = opened(browser, household)

    save(browser, household, base, landlord_name="")

    assert answers(desk, household)["landlord_name"] is None


def test_the_form_says_what_is_wrong_and_nothing_is_saved(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    _, base, _ = opened(browser, household)

    page = save(browser, household, base, phone="12", people_count="8")

    assert page.status == 400
    assert "电话号码位数不够" in page.text
    assert 'value="8"' in page.html  # what was typed is still there
    assert answers(desk, household)["people_count"] == 3


def test_two_who_edit_one_answer_at_once_are_both_kept(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    one, other = desk.signed_in("leader"), desk.signed_in("community")
    (_, base, _), (_, same, _) = opened(one, household), opened(other, household)

    save(one, household, base, people_count="4")
    late = save(other, household, same, people_count="5")

    record = desk.register.record(desk.town.who.town, household)
    assert record is not None
    assert "两个答案都保留" in late.text
    waiting = conflicts(record, desk.register.rules(desk.town.who.town, "household"))
    assert waiting == frozenset({"people_count"})


def test_nothing_changed_writes_nothing(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    _, base, _ = opened(browser, household)

    page = save(browser, household, base, people_count="3")

    assert "没有改动任何内容" in page.text
    assert opened(browser, household)[1] == base


def test_a_version_that_nobody_was_shown_is_refused(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")

    for base in ("", "0", "-4", "999999"):
        page = save(browser, household, base, people_count="7")
        assert "请再看一遍" in page.text

    assert answers(desk, household)["people_count"] == 3


def test_a_question_that_the_desk_does_not_ask_is_not_written(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    _, base, _ = opened(browser, household)
    before = answers(desk, household)

    save(browser, household, base, dwelling="other", **{"@deleted": "true", "nonsense": "1"})

    assert answers(desk, household) == before


def test_a_visit_is_never_edited(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    household = desk.household(phone)
    visit = phone.create(
        "visit", desk.town.areas["g1"], {"household": household, "outcome": "done"}, desk.now
    )
    browser = desk.signed_in("town")

    assert browser.get("/console/visits/detail", pk=visit).status == 200
    assert browser.get(f"/console/records/visit/{visit}/edit").status == 404


def printed(browser: Browser, path: str) -> str:
    page = browser.get(f"/console/form-papers/{path}")
    assert page.response.headers["content-type"] == "application/pdf"
    return "".join(pages(page.response.content))


def test_a_record_is_printed_as_its_reader_sees_it_and_that_is_written_down(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")

    paper = printed(browser, f"household/{household}")

    serial = household.replace("-", "")[-8:].upper()
    assert f"{serial[:4]}-{serial[4:]}" in paper
    assert "张伟" in paper
    assert "13900001111" not in paper
    with reading(desk.town.services.engine) as conn:
        deeds = conn.execute(select(col(AuditRow.action))).scalars().all()
    assert deeds.count("form_printed") == 1
    assert browser.get(f"/console/form-papers/resident/{household}").status == 404


def test_blank_copies_have_a_number_each(desk: Desk) -> None:
    browser = desk.signed_in("leader")

    paper = printed(browser, "household?copies=3")

    numbers = re.findall(r"\d{6}-[0-9A-F]{6}", paper)
    assert len(set(numbers)) == 3
    assert "张伟" not in paper


def test_what_was_written_on_paper_is_typed_in_on_behalf_of_who_wrote_it(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    browser = desk.signed_in("leader")
    page, base, _ = opened(browser, household)
    worker, name = re.findall(r'<option value="([^"]{36})">([^<]+)</option>', page.html)[-1]

    save(browser, household, base, people_count="7", on_behalf=worker)
    timeline = browser.get(f"/console/households/detail?pk={household}").html

    with reading(desk.town.services.engine) as conn:
        behalf = conn.execute(select(col(JournalRow.on_behalf_of))).scalars().all()
    assert worker in behalf
    assert f"代{name}录入" in timeline


def test_a_form_at_the_desk_may_ask_for_the_people_of_the_household(desk: Desk) -> None:
    household = desk.household(desk.phone("W1", "g1"))
    other = desk.household(desk.phone("W2", "g2"), "g2", head_name="李四")
    leader, form = desk.accounts["leader"], asking(MEMBERS, DWELLINGS)

    with reading(desk.town.services.engine) as conn:
        lists = desk_lists(conn, leader, form, About(desk.town.areas["g1"], household))
        elsewhere = desk_lists(conn, leader, form, About(desk.town.areas["g2"], other))

    assert [(one.label["default"], one.extra["sex"]) for one in lists[MEMBERS]] == [("张伟", "1")]
    assert [one.label["default"] for one in lists[DWELLINGS]] == ["3-1-201"]
    assert HOUSEHOLDS not in lists
    assert elsewhere == {}


def asking(*lists: str) -> Form:
    rows = "".join(f"| | select_one_from_file {name}.csv | {name} | Q |\n" for name in lists)
    document = f"| survey |\n| | type | name | label |\n{rows}"
    return compile_form(document.encode(), ".md", "care").form
