"""Boundaries, maps, pictures and the legend; areas from a table; how evenly work is shared."""

import json
import re
from urllib.parse import quote

import pytest

from server.db.engine import reading
from server.office.areas import areas
from server.office.boundaries import FILE_MAX
from tests.server.a_town import CODES
from tests.server.console.world import Desk, FieldPhone, Page

SQUARE = [[120.0, 31.2], [120.01, 31.2], [120.01, 31.21], [120.0, 31.21], [120.0, 31.2]]
PLACES = [("3-1-02-201", "occupied"), ("3-1-02-202", "vacant"), ("5-1-01-101", "unknown")]


@pytest.fixture
def phone(desk: Desk) -> FieldPhone:
    """A phone that registered three dwellings in two buildings, one with a household."""
    phone = desk.phone("W1", "g1")
    grid, at = desk.town.areas["g1"], desk.now - 60_000
    doors = [
        phone.create(
            "dwelling",
            grid,
            {
                "code": code, "status": status, "use": "residential",
                "location": {"lat": 31.205, "lon": 120.005, "accuracy": 5},
            },
            at,
        )
        for code, status in PLACES
    ]  # fmt: skip
    units = {"dwelling": doors[0], "head_name": "欧阳小红", "marks": ["floating"]}
    home = phone.create("household", grid, units, at)
    phone.create("resident", grid, {"household": home, "name": "欧阳小红"}, at)
    return phone


def geojson(desk: Desk, **properties: str) -> bytes:
    geometry = {"type": "Polygon", "coordinates": [SQUARE]}
    feature = {"type": "Feature", "properties": properties, "geometry": geometry}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def upload(desk: Desk, content: bytes, **fields: str) -> Page:
    files = {"file": ("grids.geojson", content, "application/geo+json")}
    return desk.signed_in("town").post("/console/boundaries/upload", fields, files=files)


def test_an_uploaded_boundary_is_on_the_map_and_comes_down_again(
    desk: Desk, phone: FieldPhone
) -> None:
    before = desk.signed_in("town").get("/console/map").html

    page = upload(desk, geojson(desk, code=CODES["g1"]))
    town = desk.signed_in("town")
    after = town.get("/console/map").html
    down = json.loads(town.get("/console/map/boundaries").response.content)

    assert "边界已保存" in page.text
    assert "desk-area is-guessed" in before
    assert "desk-area is-guessed" not in after
    assert [f["properties"]["code"] for f in down["features"]] == [CODES["g1"]]


def test_a_file_that_is_no_boundary_is_told_and_changes_nothing(desk: Desk) -> None:
    page = upload(desk, b"{}")
    stranger = upload(desk, geojson(desk, code="999999999999999"))

    assert "不是 GeoJSON 文件" in page.text
    assert "没有一个边界能对应" in stranger.text
    assert "边界已保存" not in page.text + stranger.text


def test_a_boundary_file_may_be_as_large_as_it_is_said(desk: Desk) -> None:
    boundary = geojson(desk, code=CODES["g1"])

    large = upload(desk, boundary + b" " * (FILE_MAX - len(boundary)))
    too_large = upload(desk, boundary + b" " * FILE_MAX)

    assert "边界已保存" in large.text
    assert "文件太大" in too_large.text


def test_a_grids_map_has_each_door_with_its_sign_and_no_names(
    desk: Desk, phone: FieldPhone
) -> None:
    page = desk.signed_in("leader").get("/console/map", area=desk.town.areas["g1"])

    assert len(re.findall(r'class="desk-dot', page.html)) == len(PLACES)
    assert "未走访" in page.text
    assert "欧阳" not in page.html


def test_a_building_is_drawn_floor_by_floor_with_signs_and_marks(
    desk: Desk, phone: FieldPhone
) -> None:
    leader = desk.signed_in("leader")
    grid = desk.town.areas["g1"]

    listed = leader.get("/console/buildings")
    picture = leader.get(f"/console/buildings/{grid}?name={quote('3')}")
    other = leader.get(f"/console/buildings/{desk.town.areas['g3']}?name=3")

    assert "3 栋" in listed.text
    assert "5 栋" in listed.text
    assert re.findall(r"<b>(.)</b><span>(\d+)</span>", picture.html) == [
        ("未", "201"),
        ("空", "202"),
    ]
    assert "流动" in picture.text
    assert "欧阳" not in picture.html
    assert other.status == 404


def test_the_legend_changes_everywhere_and_stays_within_its_rules(
    desk: Desk, phone: FieldPhone
) -> None:
    town, leader = desk.signed_in("town"), desk.signed_in("leader")
    shown = town.get("/console/legend").html
    signs = dict(re.findall(r'name="letter:([^"]+)" value="([^"]+)"', shown))
    chosen = {f"colour:{key}": "teal" for key in signs}
    letters = {f"letter:{key}": letter for key, letter in signs.items()}

    changed = town.post("/console/legend/change", letters | chosen | {"letter:state.empty": "闲"})
    grid = desk.town.areas["g1"]
    picture = leader.get(f"/console/buildings/{grid}?name=3").html
    twice = town.post("/console/legend/change", letters | chosen | {"letter:state.empty": "未"})
    ethnic = town.post("/console/legend/change", letters | chosen | {"letter:state.empty": "回族"})
    invented = town.post(
        "/console/legend/change", {"letter:mark.petitioner": "访", "colour:mark.petitioner": "teal"}
    )
    red = town.post("/console/legend/change", letters | chosen | {"colour:state.refused": "red"})

    assert "图例已修改" in changed.text
    assert "<b>闲</b>" in picture
    for refusal in (twice, ethnic, invented, red):
        assert "图例已修改" not in refusal.text
    assert "<b>闲</b>" in leader.get(f"/console/buildings/{grid}?name=3").html


def test_areas_come_from_a_table_after_a_dry_run_that_says_what_is_wrong(desk: Desk) -> None:
    town = desk.signed_in("town")
    table = "编码,名称,启用日期\n329901100003,新河社区,\n329901100003001,新河一网格,2026-01-05\n"
    table += f"{CODES['g1']},改了名,\n{CODES['g2']},区域g2,\n329901100009001,无上级,\n12,乱,\n"
    files = {"file": ("areas.csv", table.encode(), "text/csv")}

    dry = town.post("/console/area-table/check", files=files)
    [content] = re.findall(r'name="content" value="([^"]+)"', dry.html)
    with reading(desk.town.services.engine) as conn:
        untouched = {area.code for area in areas(conn, desk.town.who.town)}
    town.post("/console/area-table/take", content=content)
    with reading(desk.town.services.engine) as conn:
        now = {area.code: area for area in areas(conn, desk.town.who.town)}

    assert "新增 2 改名 1 不变 1 有误 2" in dry.text
    assert "没有上级区域 329901100009" in dry.text
    assert "329901100003" not in untouched
    assert now["329901100003001"].parent_id == now["329901100003"].id
    assert now["329901100003001"].valid_from < desk.now
    assert now[CODES["g1"]].name == "改了名"
    assert "329901100009001" not in now


def test_trying_to_move_a_building_shows_both_grids_and_moves_nothing(
    desk: Desk, phone: FieldPhone
) -> None:
    town = desk.signed_in("town")
    g1, g2 = desk.town.areas["g1"], desk.town.areas["g2"]

    plain = town.get("/console/balance").text
    tried = town.get("/console/balance", grid=g1, building="3", to=g2).text
    after = town.get("/console/balance").text

    assert "区域g1 3 1 1 1 1 1" in plain
    assert "区域g1 3 → 1 1 → 0 1 → 0 1 → 0 1 1 → 0" in tried
    assert "区域g2 0 → 2 0 → 1" in tried
    assert after == plain
