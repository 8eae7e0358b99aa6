"""What pages, lists, searches and exports never show."""

import pytest

from server.office.audit import trail
from tests.server.console.world import Desk

PHONE = "13900001111"
ID_NUMBER = "11010519491231002X"
ASKED = {"purpose": "report", "reason": "三季度统计"}
BIRTH = ("1968-03-04", "1968年3月4日", "4 Mar 1968")


@pytest.fixture
def household(desk: Desk) -> str:
    return desk.household(desk.phone("W1", "g1"), emergency_contact="王大妈 13700009999")


def pages(desk: Desk, login: str, household: str) -> dict[str, str]:
    """All that an account can read of a household, by address."""
    browser = desk.signed_in(login)
    record = desk.register.history(desk.town.who.town, household, with_children=True)
    resident = next(entry.record for entry in record if entry.record_kind == "resident")
    paths = (
        "/households/list",
        "/households/list?q=张伟",
        f"/households/detail?pk={household}",
        "/residents/list",
        f"/residents/detail?pk={resident}",
        "/",
        "/conflicts",
        f"/_api/residents/inline-edit/row?pk={resident}",
        "/_api/households/relation-lookup",
    )
    return {path: browser.get(f"/console{path}").response.text for path in paths}


@pytest.mark.parametrize("login", ["town", "community", "leader", "auditor"])
def test_phone_id_number_and_birth_date_are_never_shown_whole(
    desk: Desk, household: str, login: str
) -> None:
    for path, html in pages(desk, login, household).items():
        assert PHONE not in html, path
        assert ID_NUMBER not in html, path
        assert ID_NUMBER[-4:] not in html, path
        assert not any(written in html for written in BIRTH), path


def test_who_works_with_people_sees_their_names_and_who_audits_does_not(
    desk: Desk, household: str
) -> None:
    leader, auditor = (pages(desk, login, household) for login in ("leader", "auditor"))

    assert "张伟" in leader[f"/households/detail?pk={household}"]
    for path, html in auditor.items():
        assert "张伟" not in html.replace("q=张伟", "").replace('value="张伟"', ""), path
        assert "王大妈" not in html, path
    assert "张*" in auditor[f"/households/detail?pk={household}"]


@pytest.mark.parametrize(
    "question", ["phone__contains=1390", "birth_date__contains=1968", "search__contains=1"]
)
def test_what_is_masked_cannot_be_asked_for_by_a_filter(
    desk: Desk, household: str, question: str
) -> None:
    browser = desk.signed_in("town")

    masked = browser.get("/console/residents/list", filter=question)
    open_to_all = browser.get("/console/residents/list", filter="name__contains=张")

    assert masked.status == 400
    assert open_to_all.status == 200
    assert "共 1 条" in open_to_all.text


def test_what_is_masked_orders_nothing(desk: Desk, household: str) -> None:
    other = desk.phone("W2", "g1")
    desk.household(other, head_name="阿青", plate="1-1-101", phone="13000000000")
    browser = desk.signed_in("town")

    def listed(sort: str) -> list[str]:
        text = browser.get("/console/households/list", sort=sort).text
        return sorted(("张伟", "阿青"), key=text.index)

    assert listed("phone__asc") == listed("phone__desc")
    assert listed("head_name__asc") != listed("head_name__desc")


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_an_export_is_as_masked_as_the_list(desk: Desk, household: str, format: str) -> None:
    file = desk.signed_in("town").post(
        "/console/exports/new", ASKED, list="residents", format=format
    )

    content = file.response.content
    assert file.status == 200
    assert PHONE.encode() not in content
    assert ID_NUMBER.encode() not in content
    assert "attachment" in file.response.headers["content-disposition"]


def test_an_export_turns_no_cell_into_a_formula(desk: Desk) -> None:
    desk.household(desk.phone("W3", "g1"), head_name="=1+1", plate="@SUM(A1)")

    file = desk.signed_in("town").post(
        "/console/exports/new", ASKED, list="households", format="csv"
    )

    cells = file.response.content.decode("utf-8-sig").splitlines()[1].split(",")
    assert [cell for cell in cells if cell[:1] in "=+-@" and cell] == []
    assert "'=1+1" in cells


def test_the_values_of_a_conflict_are_whole_only_for_who_decides(desk: Desk) -> None:
    _, conflict, _ = desk.contested()

    decider = desk.signed_in("leader").get(f"/console/conflicts/{conflict}")
    auditor = desk.signed_in("auditor").get(f"/console/conflicts/{conflict}")

    assert "13900002222" in decider.text
    assert "13900003333" in decider.text
    assert "13900002222" not in auditor.html
    assert "139****2222" in auditor.text
    assert "采用这个值" not in auditor.text


def test_every_export_is_written_down(desk: Desk, household: str) -> None:
    desk.signed_in("town").post("/console/exports/new", ASKED, list="households", format="csv")

    with desk.town.act() as act:
        newest = trail(act.conn, desk.town.who.town, limit=1)[0]
    assert newest.action == "exported"
    assert newest.object.endswith("household.csv 1")
    assert newest.reason == "report: 三季度统计"
