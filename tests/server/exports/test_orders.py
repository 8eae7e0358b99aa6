"""Who may take a file: purpose and reason always, a second person above a bound, a mark in it."""

from io import BytesIO

import pandas as pd
import pytest

from server.clock import new_id
from server.exports.orders import A_DAY_MAX, ROWS_ALONE
from server.forms.builtin import every_form
from server.office.audit import AuditEntry, trail
from server.office.roles import Role
from server.register.edits import Edit
from shared.changes import ChangeKind
from tests.server.console.world import Browser, Desk, Page

ASKED = {"purpose": "check", "reason": "年度核查", "format": "csv", "words": "codes"}
DAY = 24 * 3600 * 1000


@pytest.fixture
def full(desk: Desk) -> Desk:
    """One record more than one person may take alone."""
    dwellings(desk, ROWS_ALONE + 1)
    desk.town.account("second", Role.TOWN_ADMIN)
    return desk


def dwellings(desk: Desk, count: int) -> None:
    grid = desk.town.areas["g1"]
    edits = [
        Edit(
            kind=ChangeKind.CREATE,
            record=new_id(),
            record_kind="dwelling",
            grid=grid,
            units={"plate": f"1-1-{n}"},
        )
        for n in range(count)
    ]
    desk.register.commit(desk.accounts["town"], edits)


def entries(desk: Desk, count: int = 1) -> list[AuditEntry]:
    with desk.town.act() as act:
        return trail(act.conn, desk.town.who.town, limit=count)


@pytest.fixture(autouse=True)
def _forms_of_the_work(desk: Desk) -> None:
    for kind, form in every_form().items():
        if kind in ("case", "protection"):
            desk.register.publish_form(desk.town.who.town, form)


def is_file(page: Page) -> bool:
    return "attachment" in page.response.headers.get("content-disposition", "")


def order_in(page: Page, act: str) -> str:
    return page.html.split(f"/{act}")[0].rsplit("/", 1)[1]


def test_more_than_the_bound_waits_for_a_second_person(full: Desk) -> None:
    first, second = full.signed_in("town"), full.signed_in("second")
    asked = first.post("/console/exports/new", ASKED, kind="dwelling")
    assert not is_file(asked)
    assert "等待另一位同事批准" in asked.text
    order = order_in(second.get("/console/exports"), "decide")
    assert not is_file(first.post(f"/console/exports/{order}/file"))

    agreed = second.post(f"/console/exports/{order}/decide", agree="1")
    file = first.post(f"/console/exports/{order}/file")

    assert "已批准" in agreed.text
    assert is_file(file)
    table = pd.read_csv(BytesIO(file.response.content))
    assert len(table) == ROWS_ALONE + 1
    told = [(entry.action, entry.reason) for entry in entries(full, 3)]
    assert told == [
        (deed, "check: 年度核查") for deed in ("exported", "export_agreed", "export_asked")
    ]
    assert table.export_mark[0] in entries(full)[0].object


def test_as_many_as_the_bound_leave_at_once(desk: Desk) -> None:
    dwellings(desk, ROWS_ALONE)

    page = desk.signed_in("town").post("/console/exports/new", ASKED, kind="dwelling")

    assert is_file(page)


def test_nobody_agrees_to_their_own_file_and_nobody_outside_their_area(full: Desk) -> None:
    first, community = full.signed_in("town"), full.signed_in("community")
    first.post("/console/exports/new", ASKED, kind="dwelling")
    order = order_in(full.signed_in("second").get("/console/exports"), "decide")

    own = first.post(f"/console/exports/{order}/decide", agree="1")
    smaller = community.post(f"/console/exports/{order}/decide", agree="1")

    assert "不能批准自己" in own.text
    assert smaller.status == 404
    assert "年度核查" not in community.get("/console/exports").text
    assert not is_file(first.post(f"/console/exports/{order}/file"))


def test_what_was_declined_or_has_expired_is_not_given(full: Desk) -> None:
    first, second = full.signed_in("town"), full.signed_in("second")
    taken: list[Page] = []
    for agree, later in (("0", 0), ("1", 8 * DAY)):
        first.post("/console/exports/new", ASKED, kind="dwelling")
        order = order_in(second.get("/console/exports"), "decide")
        second.post(f"/console/exports/{order}/decide", agree=agree)
        full.town.clock.at += later
        first = full.signed_in("town")
        taken.append(first.post(f"/console/exports/{order}/file"))

    assert [is_file(page) for page in taken] == [False, False]
    assert "未获批准" in taken[0].text
    assert "已过期" in taken[1].text


def test_a_file_that_grew_after_it_was_agreed_to_is_asked_for_again(full: Desk) -> None:
    first, second = full.signed_in("town"), full.signed_in("second")
    first.post("/console/exports/new", ASKED, kind="dwelling")
    order = order_in(second.get("/console/exports"), "decide")
    second.post(f"/console/exports/{order}/decide", agree="1")
    dwellings(full, ROWS_ALONE // 5)

    page = first.post(f"/console/exports/{order}/file")

    assert not is_file(page)
    assert "请重新申请" in page.text


def test_whole_numbers_always_need_a_second_person_and_are_whole_then(desk: Desk) -> None:
    desk.household(desk.phone("W1", "g1"))
    desk.town.account("second", Role.TOWN_ADMIN)
    first, second = desk.signed_in("town"), desk.signed_in("second")

    asked = first.post("/console/exports/new", ASKED, kind="resident", clear="1")
    order = order_in(second.get("/console/exports"), "decide")
    second.post(f"/console/exports/{order}/decide", agree="1")
    table = pd.read_csv(
        BytesIO(first.post(f"/console/exports/{order}/file").response.content), dtype=str
    )

    assert not is_file(asked)
    assert (table.phone[0], table.birth_date[0]) == ("13900001111", "1968-03-04")
    assert "11010519491231002X" not in table.to_csv()


def test_what_only_the_office_may_see_leaves_in_no_file(desk: Desk) -> None:
    browser = desk.signed_in("town")

    page = browser.get("/console/exports")
    taken = browser.post("/console/exports/new", ASKED, kind="protection")

    assert 'value="case"' in page.html
    assert 'value="protection"' not in page.html
    assert not is_file(taken)
    assert "没有类型为 protection 的表单" in taken.text


@pytest.mark.parametrize("reason", ["", "  ", "要", "x" * 201])
def test_without_a_reason_there_is_no_file(desk: Desk, reason: str) -> None:
    page = desk.signed_in("town").post(
        "/console/exports/new", ASKED | {"reason": reason}, kind="dwelling"
    )

    assert not is_file(page)
    assert "请写明导出的理由" in page.text
    assert "exported" not in [entry.action for entry in entries(desk, 3)]


def test_a_file_holds_only_what_lies_in_the_area(desk: Desk) -> None:
    for staff, grid, name in (("W1", "g1", "张内"), ("W3", "g3", "林外")):
        desk.household(desk.phone(staff, grid), grid, head_name=name)

    page = desk.signed_in("community").post("/console/exports/new", ASKED, kind="household")

    assert list(pd.read_csv(BytesIO(page.response.content)).head_name) == ["张内"]


def test_only_so_many_files_a_day(desk: Desk) -> None:
    dwellings(desk, 1)
    browser = desk.signed_in("town")

    pages = [_one(browser) for _ in range(A_DAY_MAX + 1)]
    desk.town.clock.at += DAY
    tomorrow = _one(desk.signed_in("town"))

    assert [is_file(page) for page in pages] == [True] * A_DAY_MAX + [False]
    assert "请明天再来" in pages[-1].text
    assert is_file(tomorrow)


def _one(browser: Browser) -> Page:
    return browser.post("/console/exports/new", ASKED, kind="dwelling")
