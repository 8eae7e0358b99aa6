"""Weekly meetings: the sheet says what is open, and what was agreed comes to the grids."""

import re

import pytest

from server.console.meeting_lines import LINES_MAX
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.office.areas import areas
from server.work.reading import Sought, WorkBook
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page
from tests.server.paper.reading import pages

DAY = 24 * 60 * MINUTE


@pytest.fixture
def leader(desk: Desk) -> Browser:
    for form in work_forms().values():
        desk.register.publish_form(desk.town.who.town, form)
    return desk.signed_in("leader")


def write(browser: Browser, desk: Desk, *tasks: str, **more: object) -> Page:
    fields = {
        "area": desk.town.areas["g1"],
        "held_on": "2026-09-21",
        "attendees": "网格长、王芳",
        "text": "通报本周情况。",
        "task": list(tasks),
        "task_grid": [desk.town.areas["g1"]] * len(tasks),
    }
    return browser.post("/console/meetings/minutes", {**fields, **more})


def test_the_sheet_names_what_is_open_and_in_conflict_on_screen_and_on_paper(
    desk: Desk, leader: Browser
) -> None:
    household, _, phone = desk.contested()
    found = {
        "case_kind": "hazard",
        "text": "楼道堆物",
        "discovered_at": "2026-09-20T09:00:00+08:00",
    }
    phone.create("case", desk.town.areas["g1"], found, desk.now - MINUTE)
    started = {"household": household, "started": "2026-09-21T09:00:00+08:00"}
    phone.create(
        "visit", desk.town.areas["g1"], {**started, "outcome": "refused"}, desk.now - MINUTE
    )

    page = leader.get("/console/meetings")
    [paper] = pages(leader.get("/console/meetings/sheet").response.content)

    for said in ("未结事件 1", "本周新增事件 1", "待裁定冲突 1", "本周婉拒 1", "安全隐患"):
        assert said in page.text
    for said in ("周例会", "待裁定冲突", "安全隐患", "议定事项", "主持人"):
        assert said in paper


def test_a_long_point_names_each_grid_and_says_how_many_more_there_are(
    desk: Desk, leader: Browser
) -> None:
    phone = desk.phone("W1", "g1")
    for hour in range(LINES_MAX + 2):
        found = {
            "case_kind": "environment",
            "text": "垃圾桶满溢",
            "discovered_at": f"2026-09-{18 + hour // 24:02}T{hour % 24:02}:00:00+08:00",
        }
        phone.create("case", desk.town.areas["g1"], found, desk.now - MINUTE)
    with reading(desk.town.services.engine) as conn:
        [grid] = [a.name for a in areas(conn, desk.town.who.town) if a.id == desk.town.areas["g1"]]

    page = leader.get("/console/meetings")
    paper = "".join(pages(leader.get("/console/meetings/sheet").response.content))
    [path] = re.findall(r'href="(/console/summary/behind/cases_found[^"]*)"', page.html)
    every = leader.get(path.replace("&amp;", "&"))

    assert f"本周新增事件 {LINES_MAX + 2}" in page.text
    assert page.text.count("另有 2 项") == paper.count("另有 2 项") == 2
    assert page.text.count(f" · {grid}") == 2 * LINES_MAX
    assert every.text.count(f" · {grid}") == LINES_MAX + 2


def test_what_was_agreed_is_a_case_that_the_grid_receives(desk: Desk, leader: Browser) -> None:
    page = write(leader, desk, "三号楼加装路灯", "", "清理楼道堆物")

    assert "议定事项已下达" in page.text
    with reading(desk.town.services.engine) as conn:
        cases = WorkBook(conn, desk.accounts["leader"], desk.now).cases(Sought())
    records = [desk.register.record(desk.town.who.town, one.id) for one in cases]
    texts = {str(r.units["text"][0].value) for r in records if r is not None}
    assert texts == {"三号楼加装路灯", "清理楼道堆物"}
    assert all(one.grid == desk.town.areas["g1"] for one in cases)
    shown = leader.get("/console/meetings")
    assert "通报本周情况。" in shown.text
    assert shown.html.count("待受理") == 2


def test_a_task_for_a_grid_elsewhere_keeps_nothing_of_the_meeting(
    desk: Desk, leader: Browser
) -> None:
    grids = [desk.town.areas["g1"], desk.town.areas["g3"]]

    page = write(leader, desk, "装灯", "清理", task_grid=grids)

    assert page.status == 404
    with reading(desk.town.services.engine) as conn:
        assert WorkBook(conn, desk.accounts["leader"], desk.now).cases(Sought()) == []
        assert conn.exec_driver_sql("SELECT count(*) FROM meeting").scalar_one() == 0


def test_minutes_that_are_refused_give_no_tasks(desk: Desk, leader: Browser) -> None:
    write(leader, desk, "装灯", text=" ")

    with reading(desk.town.services.engine) as conn:
        assert WorkBook(conn, desk.accounts["leader"], desk.now).cases(Sought()) == []


def test_minutes_lie_sealed_in_the_database(desk: Desk, leader: Browser) -> None:
    write(leader, desk)

    with reading(desk.town.services.engine) as conn:
        stored = conn.exec_driver_sql("SELECT minutes FROM meeting").scalar_one()
    assert "王芳".encode() not in bytes(stored)
    assert "通报".encode() not in bytes(stored)


@pytest.mark.parametrize(
    ("field", "said"), [("held_on", "请填写会议日期"), ("text", "请填写参加人和会议记录")]
)
def test_minutes_without_a_day_or_words_are_not_kept(
    desk: Desk, leader: Browser, field: str, said: str
) -> None:
    page = write(leader, desk, "装灯", **{field: ""})

    assert said in page.text
    assert "待受理" not in page.html


def test_nobody_writes_minutes_of_another_area(desk: Desk, leader: Browser) -> None:
    assert write(leader, desk, area=desk.town.areas["g3"]).status == 404
    assert leader.get(f"/console/meetings?area={desk.town.areas['g3']}").status == 404
