"""What is printed of a grid: forms for every door, its diary, its map, a building's cover."""

import re
from collections.abc import Sequence

import pytest
from pypdfium2 import PdfDocument
from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.office_tables import AuditRow
from server.forms.builtin import work_forms
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, FieldPhone, Page
from tests.server.paper.reading import pages

INK_MIN = 400
"""Dark points of a page at 36 dpi: fewer is a page on which hardly anything was drawn."""


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    for form in work_forms().values():
        desk.register.publish_form(desk.town.who.town, form)
    return desk.phone("W1", "g1")


@pytest.fixture
def homes(desk: Desk, phone: FieldPhone) -> Sequence[str]:
    found = []
    for n in (101, 102, 201):
        plate = f"和安路8号3栋1单元{n}室"
        found.append(desk.household(phone, "g1", plate=plate, head_name=f"赵{n}"))
    spot = {"lat": 31.2301, "lon": 121.4701, "accuracy": 5}
    door = {"plate": "和安路8号4栋", "code": "4-1-01-101", "status": "occupied", "location": spot}
    phone.create("dwelling", desk.town.areas["g1"], door, desk.now - MINUTE)
    return found


def written(page: Page) -> list[str]:
    assert page.response.headers["content-type"] == "application/pdf", page.text
    return pages(page.response.content)


def ink(page: Page) -> list[int]:
    """How many points of each page are dark, drawn as a picture."""
    drawn = [
        sheet.render(scale=0.5).to_pil().convert("L")
        for sheet in PdfDocument(page.response.content)
    ]
    return [
        sum(count for tone, count in enumerate(each.histogram()) if tone < 160) for each in drawn
    ]


def test_a_blank_form_for_every_door_bears_its_name_and_a_number_of_its_own(
    desk: Desk, homes: Sequence[str]
) -> None:
    page = desk.signed_in("leader").get("/console/grid-papers/blank", grid=desk.town.areas["g1"])

    text = "".join(written(page))

    for door in ("1单元101室", "1单元102室", "1单元201室", "4栋"):
        assert door in text
    assert len(set(re.findall(r"\d{6}-[0-9A-F]{6}", text))) == 4
    assert "赵" not in text
    assert min(ink(page)) > INK_MIN


def test_forms_filled_in_go_from_door_to_door_with_each_person_and_a_reason(
    desk: Desk, homes: Sequence[str]
) -> None:
    community, grid = desk.signed_in("community"), desk.town.areas["g1"]
    asked = {"grid": grid, "people": "yes", "reason": "秋季核对"}

    text = "".join(written(community.post("/console/grid-papers/filled", asked)))
    without = community.post("/console/grid-papers/filled", {**asked, "reason": " "})
    only_homes = written(community.post("/console/grid-papers/filled", {**asked, "people": ""}))

    serials = [f"{home.replace('-', '')[-8:].upper()}" for home in homes]
    places = [text.index(f"{serial[:4]}-{serial[4:]}") for serial in serials]
    assert places == sorted(places)
    assert all(f"赵{n}" in text for n in (101, 102, 201))
    assert "13900001111" not in text
    assert "11010519491231002X" not in text
    assert "请写明打印用途" in without.text
    assert "公民身份号码" not in "".join(only_homes)
    with reading(desk.town.services.engine) as conn:
        rows = conn.execute(
            select(col(AuditRow.reason)).where(col(AuditRow.object) == "grid-forms")
        )
        assert any("秋季核对" in reason for reason in rows.scalars())


def test_a_building_can_be_printed_alone_and_another_grid_cannot(
    desk: Desk, homes: Sequence[str]
) -> None:
    leader, areas = desk.signed_in("leader"), desk.town.areas
    chosen = leader.get("/console/grid-papers", grid=areas["g1"]).html
    building = re.findall(r'<option value="([^"*]+)">[^<]*1 户', chosen)

    one = written(leader.get("/console/grid-papers/blank", grid=areas["g1"], building=building[0]))

    assert len(set(re.findall(r"\d{6}-[0-9A-F]{6}", "".join(one)))) == 1
    assert leader.get("/console/grid-papers/blank", grid=areas["g3"]).status == 404
    assert leader.get("/console/grid-papers", grid=areas["g3"]).status == 404
    assert leader.get("/console/grid-papers/diary", grid=areas["g3"]).status == 404
    assert leader.post("/console/grid-papers/filled", {"grid": areas["g1"]}).status == 403


def test_a_month_of_the_diary_has_its_days_in_order_and_no_others(
    desk: Desk, phone: FieldPhone
) -> None:
    grid = desk.town.areas["g1"]
    for day, text in (
        ("2026-09-20", "希望装扶手"),
        ("2026-09-02", "路灯不亮"),
        ("2026-08-31", "上月"),
    ):
        units = {"day": day, "topic": "services", "text": text, "action": "已联系物业 13900001111"}
        phone.create("diary", grid, units, desk.now)
    leader = desk.signed_in("leader")

    shown = leader.get("/console/grid-papers", grid=grid, month="2026-09")
    paper = leader.get("/console/grid-papers/diary", grid=grid, month="2026-09")

    text = "".join(written(paper))
    assert text.index("路灯不亮") < text.index("希望装扶手")
    assert "上月" not in text
    assert "2026年9月民情日志" in text
    assert "13900001111" not in text
    assert "希望装扶手" in shown.text
    assert min(ink(paper)) > INK_MIN


def test_the_cover_of_a_building_says_who_answers_for_it_and_names_no_resident(
    desk: Desk, homes: Sequence[str], browser_of_leader: Browser
) -> None:
    leader, grid = browser_of_leader, desk.town.areas["g1"]
    found = re.findall(
        rf"/buildings/{grid}\?name=([^\"]+)\"", leader.get("/console/buildings").html
    )
    [address] = {name for name in found if name == "3"}

    paper = leader.get(f"/console/picture-papers/cover/{grid}?name={address}")

    text = "".join(written(paper))
    for said in ("档案", "工W1", "楼长", "单元长", "201", "变动记录"):
        assert said in text
    assert "赵" not in text
    assert min(ink(paper)) > INK_MIN


def test_the_map_of_a_grid_shows_its_buildings_by_number_and_not_how_doors_stand(
    desk: Desk, homes: Sequence[str], browser_of_leader: Browser
) -> None:
    leader, areas = browser_of_leader, desk.town.areas

    paper = leader.get(f"/console/picture-papers/map/{areas['g1']}")

    [text] = written(paper)
    for said in ("区域g1 网格图", "户数", "4 栋", "N", "米"):
        assert said in text, text
    assert "3 栋（未定位" in text
    assert "未登记" not in text
    assert ink(paper)[0] > INK_MIN
    assert leader.get(f"/console/picture-papers/map/{areas['g3']}").status == 404


@pytest.fixture
def browser_of_leader(desk: Desk) -> Browser:
    return desk.signed_in("leader")
