"""Cases at the console: who sees which, and what a step makes of them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.register_tables import RecordRow
from server.forms.builtin import work_forms
from server.office.area_edits import NewArea, add_area
from server.work.counting import overdue, settled_between, shares
from server.work.reading import Seen, Sought, WorkBook
from shared.changes import Answer, ChangeKind
from shared.wire import Pull
from shared.work.values import Level, Phase
from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, FieldPhone, Page, a_desk

DAY = 24 * 60 * MINUTE


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        for form in work_forms().values():
            desk.register.publish_form(desk.town.who.town, form)
        yield desk


def reported(desk: Desk, phone: FieldPhone, at: int = 0, **more: Answer) -> str:
    units = {"case_kind": "hazard", "text": "3 号楼楼道堆满杂物", "urgency": "normal"} | more
    return phone.create("case", desk.town.areas["g1"], units, at or desk.now - 60 * MINUTE)


def stepped(desk: Desk, phone: FieldPhone, case: str, action: str, **more: Answer) -> str:
    units = {"case": case, "action": action, "level": "grid", "turn": "0"} | more
    return phone.create("case_step", desk.town.areas["g1"], units, desk.now - 30 * MINUTE)


def seen(desk: Desk, case: str, login: str = "town") -> Seen | None:
    with reading(desk.town.services.engine) as conn:
        return WorkBook(conn, desk.accounts[login], desk.now).case(case)


def fill(desk: Desk, login: str, case: str, action: str, **said: str) -> Page:
    browser = desk.signed_in(login)
    page = browser.get(f"/console/casework/cases/{case}")
    turn = re.search(r'name="turn" value="(\d+)"', page.html)
    assert turn is not None, page.text
    return browser.post(
        f"/console/casework/cases/{case}/step", {"action": action, "turn": turn[1]} | said
    )


def test_a_case_from_the_grid_to_the_town_and_back(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    case = reported(desk, phone)
    stepped(desk, phone, case, "escalate", reason="网格内无法清运")

    leader = desk.signed_in("leader").get(f"/console/casework/cases/{case}")
    assert "上报上一级" in leader.text
    assert "网格内无法清运" in leader.text
    assert 'value="close"' not in leader.html  # the community has it now

    assert "已登记这一步" in fill(desk, "community", case, "escalate", reason="需要城管").text
    assert "已登记这一步" in fill(desk, "town", case, "transfer", to="police").text
    sent = seen(desk, case)
    assert sent is not None
    assert (sent.standing.level, sent.standing.post) == (Level.TOWN, "police")

    assert "已登记这一步" in fill(desk, "police", case, "close", text="已清理").text
    assert "已登记这一步" in fill(desk, "town", case, "verify", result="ok").text

    ended = seen(desk, case)
    assert ended is not None
    assert ended.standing.phase is Phase.CLOSED
    assert ended.standing.asides == ()
    assert desk.register.verify(desk.town.who.town).well


def test_what_is_urgent_stands_above_what_is_due_sooner(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    sooner = reported(desk, phone, at=desk.now - DAY)
    urgent = reported(desk, phone, case_kind="inflow", must_report="inflow", urgency="urgent")

    html = desk.signed_in("leader").get("/console/casework/cases").html

    assert html.index(urgent) < html.index(sooner)


def test_a_department_sees_only_what_was_sent_to_it(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    mine, other = reported(desk, phone), reported(desk, phone, text="路灯不亮")
    stepped(desk, phone, mine, "transfer", to="police")
    police = desk.signed_in("police")

    listed = police.get("/console/casework/cases")

    assert "杂物" in listed.text
    assert "路灯" not in listed.text
    assert police.get(f"/console/casework/cases/{other}").status == 404
    assert police.get("/console/households/list").status == 403
    assert police.get("/console/").url.endswith("/casework/cases")


def test_a_transfer_that_did_not_count_opens_nothing_to_the_department(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    case = reported(desk, phone)
    stepped(desk, phone, case, "escalate", reason="x")
    stepped(desk, phone, case, "transfer", to="police")

    assert seen(desk, case, "police") is None


def test_somebody_who_has_not_seen_the_newest_step_is_told_so(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    case = reported(desk, phone)
    browser = desk.signed_in("leader")
    browser.get(f"/console/casework/cases/{case}")
    stepped(desk, phone, case, "escalate", reason="x")

    page = browser.post(f"/console/casework/cases/{case}/step", {"action": "close", "turn": "0"})

    assert "刚刚有了新的办理环节" in page.text


def test_a_step_says_what_it_lacks(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    case = reported(desk, phone)

    page = fill(desk, "leader", case, "escalate")

    assert "原因" in page.text
    now = seen(desk, case)
    assert now is not None
    assert now.standing.level is Level.GRID


def test_a_browser_holds_back_a_step_that_lacks_what_every_such_step_needs(desk: Desk) -> None:
    case = reported(desk, desk.phone("W1", "g1"), case_kind="dispute")

    html = desk.signed_in("leader").get(f"/console/casework/cases/{case}").html

    held = set(re.findall(r'name="(\w+)"[^>]* required', html))
    assert {"participants", "outcome", "reason", "to"} <= held
    assert not held & {"agreement", "text"}  # only an agreement has words


def test_a_contested_case_is_shown_to_the_level_that_decides(desk: Desk) -> None:
    one, other = desk.phone("W1", "g1"), desk.phone("W2", "g1")
    case = reported(desk, one)
    stepped(desk, one, case, "close", text="已清理")
    stepped(desk, other, case, "escalate", reason="居民又堆")
    browser = desk.signed_in("community")

    listed = browser.get("/console/casework/cases", state="contested")
    page = browser.get(f"/console/casework/cases/{case}")

    assert "杂物" in listed.text
    assert "双方互不知情" in page.text
    assert "已登记这一步" in fill(desk, "community", case, "verify", result="ok").text
    assert "已办结" in browser.get(f"/console/casework/cases/{case}").text


def test_a_request_at_the_desk_gets_a_receipt_number_that_finds_it(desk: Desk) -> None:
    browser = desk.signed_in("leader")
    browser.get("/console/casework/cases/new")
    page = browser.post(
        "/console/casework/cases/new",
        {
            "grid": desk.town.areas["g1"],
            "case_kind": "service_request",
            "text": "申请安装扶手",
            "urgency": "normal",
            "asked_by": "钱某",
            "asked_how": "phone",
        },
    )
    number = re.search(r"受理编号 (\d{6}-[0-9A-Z]{6})", page.text)
    assert number is not None

    found = browser.get("/console/casework/cases", receipt=number[1])

    assert "申请安装扶手" in found.text
    assert (
        "申请安装扶手" not in browser.get("/console/casework/cases", receipt="261123-AAAAAA").text
    )


def test_harm_at_home_reaches_the_office_and_no_phone(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    grid = desk.town.areas["g1"]
    cursor = desk.register.page(phone.device, Pull())
    said = {"text": "夜里有哭喊声", "urgency": "urgent"}
    report = phone.create("protection", grid, said, desk.now)

    assert report not in desk.register.page(phone.device, Pull()).decode()
    assert report.encode() not in cursor
    assert desk.signed_in("leader").get(f"/console/casework/cases/{report}").status == 404
    asked = {"unit": "text", "reason": "想看"}
    leader = desk.signed_in("leader").post(
        f"/console/look-closer/protection/{report}/reveal", asked
    )
    assert leader.status == 404
    community = desk.signed_in("community")
    assert "夜里有哭喊声" not in community.get("/console/casework/cases").text
    assert "夜里有哭喊声" in community.get(f"/console/casework/cases/{report}").text
    assert "已登记这一步" in fill(desk, "community", report, "transfer", to="police").text
    assert "夜里有哭喊声" in desk.signed_in("police").get(f"/console/casework/cases/{report}").text
    assert desk.register.verify(desk.town.who.town).well
    with reading(desk.town.services.engine) as conn:
        body = conn.execute(
            select(col(RecordRow.body)).where(col(RecordRow.id) == report)
        ).scalar_one()
    assert "哭喊".encode() not in body


@pytest.mark.parametrize(
    ("kind", "units", "code"),
    [
        ("case_step", {"action": "close", "level": "town", "turn": "0"}, "not_yours"),
        ("case_step", {"action": "close", "level": "grid", "post": "police"}, "not_yours"),
        ("protection_step", {"action": "close", "level": "grid"}, "not_yours"),
        ("work_rules", {"rhythm": "none"}, "not_yours"),
        ("nil_report", {"period": "2026-11-23", "excuse": "leave"}, "not_yours"),
    ],
)
def test_a_phone_acts_for_its_grid_only(
    desk: Desk, kind: str, units: dict[str, Answer], code: str
) -> None:
    phone = desk.phone("W1", "g1")

    with pytest.raises(AssertionError, match=code):
        phone.create(kind, desk.town.areas["g1"], units, desk.now)


def test_a_step_is_written_once(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    case = reported(desk, phone)
    step = stepped(desk, phone, case, "close")
    where = (step, "case_step", desk.town.areas["g1"])

    for change in (ChangeKind.SET, ChangeKind.DELETE):
        with pytest.raises(AssertionError, match="already_written"):
            phone.push(change, where, {"action": "escalate"}, desk.now, base=2)


def test_every_count_has_its_list(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    old = reported(desk, phone, desk.now - 20 * DAY, text="旧")
    quick = reported(desk, phone, desk.now - 2 * DAY, text="快")
    stepped(desk, phone, quick, "close", on_spot="yes")
    with reading(desk.town.services.engine) as conn:
        cases = WorkBook(conn, desk.accounts["town"], desk.now).cases(Sought())

    late = overdue(cases, desk.now)
    settled = settled_between(cases, desk.now - DAY, desk.now)
    grid, community, _ = shares(settled.cases)

    assert [one.id for one in late.cases] == [old]
    assert [one.id for one in settled.cases] == [quick]
    assert (grid.settled.number, grid.of, community.settled.number) == (1, 1, 0)
    assert grid.days is not None
    assert 1.9 < grid.days < 2


def test_the_board_of_reports_has_its_grids_in_the_order_of_their_codes(desk: Desk) -> None:
    desk.town.clock.at += MINUTE  # the newest grid, whose code is not the last
    with desk.town.act() as act:
        add_area(act, NewArea(desk.town.areas["c1"], "329901100001003", "新增网格"))

    board = desk.signed_in("town").get("/console/work-reports").text

    names = re.findall("区域g[0-9]|新增网格", board)
    assert names == ["区域g1", "区域g2", "新增网格", "区域g3"]
