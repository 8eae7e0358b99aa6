"""Filters that are kept under a name, what is missing of a household, and how it prints."""

import pytest

from tests.server.console.world import Desk, FieldPhone


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    return desk.phone("W1", "g1")


def test_a_filter_is_kept_under_a_name_for_its_account_only(desk: Desk, phone: FieldPhone) -> None:
    desk.household(phone, tenure="own")
    desk.household(phone, tenure="rented", head_name="欧阳小红")
    leader, town = desk.signed_in("leader"), desk.signed_in("town")
    query = "filter=tenure__in%3Drented&page=3&csrftoken=x"

    kept = leader.post("/console/saved-lists/households/save", name="租住户", query=query)
    mine, theirs = (b.get("/console/households/list") for b in (leader, town))
    [address] = [part.split('"')[0] for part in mine.html.split('href="') if "rented" in part[:99]]
    opened = leader.get(address.replace("&amp;", "&"))

    assert "已保存" in kept.text
    assert "租住户" in mine.text
    assert "租住户" not in theirs.text
    assert "page=3" not in address
    assert "csrftoken" not in address
    assert "张伟" not in opened.text
    assert "欧阳" in opened.text


def test_a_kept_filter_is_forgotten_by_its_owner_and_by_nobody_else(desk: Desk) -> None:
    leader, town = desk.signed_in("leader"), desk.signed_in("town")
    leader.post("/console/saved-lists/households/save", name="租住户", query="q=li")
    html = leader.get("/console/households/list").html
    address = html.split('action="')[1:]
    [drop] = [part.split('"')[0] for part in address if part.split('"')[0].endswith("/drop")]

    assert town.post(drop).status == 404
    assert "已删除" in leader.post(drop).text
    assert "租住户" not in leader.get("/console/households/list").text


def test_nothing_is_kept_without_a_filter_or_for_no_list(desk: Desk) -> None:
    leader = desk.signed_in("leader")

    assert "请先设置筛选" in leader.post("/console/saved-lists/households/save", name="空").text
    assert leader.post("/console/saved-lists/nothing/save", name="空", query="q=a").status == 404


def test_a_households_page_says_what_is_missing_of_it_and_its_people(
    desk: Desk, phone: FieldPhone
) -> None:
    household = desk.household(phone, household_kind="floating")

    page = desk.signed_in("auditor").get("/console/households/detail", pk=household)

    assert "医疗保险" in page.text
    assert '<span class="badge bg-orange-lt me-1">医疗保险' in page.html
    assert "张*" in page.text
    assert "张伟" not in page.text


def test_a_household_prints_as_masked_as_it_is_shown(desk: Desk, phone: FieldPhone) -> None:
    household = desk.household(phone)

    html = desk.signed_in("leader").get("/console/households/detail", pk=household).html
    printed = html.split("desk-print-head")[1]

    assert "打印：leader" in printed
    assert "13900001111" not in html
    assert "11010519491231002X" not in html
