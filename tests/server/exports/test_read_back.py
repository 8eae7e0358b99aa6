"""Files of records as others read them: pandas, openpyxl and shapely find what was answered."""

import json
import zipfile
from datetime import datetime
from io import BytesIO

import pandas as pd
import pytest
from openpyxl import load_workbook
from shapely.geometry import shape

from tests.server.a_town import MINUTE
from tests.server.console.world import Desk, Page

ASKED = {"purpose": "report", "reason": "三季度统计"}
NASTY = '=HYPERLINK("http://x","点我"),\n第二行 "引号" 𠮷 ï\t+86'


@pytest.fixture
def town(desk: Desk) -> Desk:
    phone, area = desk.phone("W1", "g1"), desk.town.areas["g1"]
    at = desk.now - 30 * MINUTE
    location = {"lat": 30.5123456, "lon": 114.3056789, "accuracy": 5}
    dwelling = phone.create(
        "dwelling",
        area,
        {"plate": "1-1-101", "code": "1-1-01-101", "floor": 1, "location": location},
        at,
    )
    household = {
        "dwelling": dwelling,
        "head_name": "欧阳修文",
        "people_count": 3,
        "tenure": "own",
        "marks": ["building_leader", "floating"],
        "living_since": "1999-12-31",
        "needs": NASTY,
        "phone": {"missing": "declined"},
    }
    home = phone.create("household", area, household, at)
    phone.create(
        "visit",
        area,
        {"household": home, "outcome": "done", "started": "2026-09-21T09:30:00+08:00"},
        at,
    )
    phone.create("household", area, {"head_name": "Li Fang", "phone": "13900001111"}, at)
    return desk


def taken(desk: Desk, login: str = "town", **asked: object) -> Page:
    page = desk.signed_in(login).post("/console/exports/new", ASKED, **asked)
    assert page.status == 200
    assert "attachment" in page.response.headers["content-disposition"], page.text
    return page


def test_pandas_reads_every_answer_back_from_csv(town: Desk) -> None:
    file = taken(town, kind="household", format="csv", words="codes").response.content

    assert file.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(BytesIO(file), encoding="utf-8-sig", dtype_backend="numpy_nullable")
    first = table[table.head_name == "欧阳修文"].iloc[0]
    assert (first.people_count, first.tenure, first.marks) == (3, "own", "building_leader floating")
    assert (first.living_since, first.no_answer, first.door) == (
        "1999-12-31", "phone:declined", "1-1-101",
    )  # fmt: skip
    assert first.needs == "'" + NASTY  # a spreadsheet would have run it
    assert table.people_count.dtype == "Int64"
    assert pd.to_datetime(table.updated_at).dt.tz is not None
    assert table.export_mark.nunique() == 1


def test_openpyxl_reads_typed_cells_and_no_formula(town: Desk) -> None:
    file = taken(town, kind="household", format="xlsx", words="labels").response.content

    book = load_workbook(BytesIO(file))
    sheet, about = book.worksheets
    heads = [str(cell.value) for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    first = next(row for row in rows if row["户主姓名"].value == "欧阳修文")
    assert sheet.freeze_panes == "B2"
    assert (first["常住人数"].value, first["常住人数"].data_type) == (3, "n")
    assert isinstance(first["更新时间"].value, datetime)
    nasty = next(cell for cell in first.values() if str(cell.value).startswith("=HYPER"))
    assert (nasty.value, nasty.data_type) == (NASTY, "s")
    dates = [cell.value for cell in first.values() if isinstance(cell.value, datetime)]
    assert "1999-12-31T00:00:00" in [each.isoformat() for each in dates]
    told = {row[0].value: row[1].value for row in about.iter_rows()}
    assert (told["领取人"], told["理由"], told["条数"]) == ("town", "三季度统计", "2")
    assert told["标识"] == first["标识"].value == book.properties.keywords


def test_pandas_reads_the_workbook_as_it_reads_the_csv(town: Desk) -> None:
    csv = taken(town, kind="dwelling", format="csv", words="codes").response.content
    xlsx = taken(town, kind="dwelling", format="xlsx", words="codes").response.content

    one = pd.read_csv(BytesIO(csv)).drop(columns=["export_mark", "updated_at"])
    other = pd.read_excel(BytesIO(xlsx)).drop(columns=["export_mark", "updated_at"])
    pd.testing.assert_frame_equal(one, other)
    assert one.location_lat[0] == 30.5123456


def test_geojson_is_read_by_shapely_with_the_dwellings_place(town: Desk) -> None:
    file = json.loads(
        taken(town, kind=["dwelling", "household"], format="geojson").response.content
    )

    assert file["type"] == "FeatureCollection"
    by_name = {each["properties"].get("head_name", "home"): each for each in file["features"]}
    for name in ("home", "欧阳修文"):
        point = shape(by_name[name]["geometry"])
        assert (point.x, point.y) == (114.3056789, 30.5123456)
    assert by_name["Li Fang"]["geometry"] is None
    assert file["about"]["reason"] == "三季度统计"


def test_json_lines_have_types_and_the_answer_unchanged(town: Desk) -> None:
    file = taken(town, kind=["household", "visit"], format="jsonl", words="codes")

    lines = [json.loads(line) for line in file.response.content.splitlines()]
    first = next(line for line in lines if line.get("head_name") == "欧阳修文")
    visit = next(line for line in lines if line["kind"] == "visit")
    assert (first["needs"], first["people_count"], first["phone"]) == (NASTY, 3, None)
    assert visit["started"] == "2026-09-21T09:30:00+08:00"
    assert visit["recorded_by"] == "工W1"


def test_several_kinds_as_csv_are_a_zip(town: Desk) -> None:
    file = taken(town, kind=["household", "visit"], format="csv").response.content

    with zipfile.ZipFile(BytesIO(file)) as archive:
        assert archive.namelist() == ["household.csv", "visit.csv"]
        assert len(pd.read_csv(archive.open("household.csv"))) == 2


def test_a_list_gives_what_it_shows_in_its_order_and_the_columns_that_were_chosen(
    town: Desk,
) -> None:
    query = "list=households&sort=head_name__desc&q=&filter=head_name__contains%3Da"
    page = town.signed_in("town").get(f"/console/exports/new?{query}")
    assert "共 1 条" in page.text

    file = taken(
        town,
        list="households",
        query=query,
        column=["head_name", "door"],
        format="csv",
        words="codes",
    )

    table = pd.read_csv(BytesIO(file.response.content))
    assert list(table.columns) == ["door", "head_name", "export_mark"]
    assert list(table.head_name) == ["Li Fang"]


def test_the_same_question_in_english(town: Desk) -> None:
    browser = town.signed_in("town", language="en")

    page = browser.post("/console/exports/new", ASKED, kind="household", format="xlsx")

    heads = [cell.value for cell in load_workbook(BytesIO(page.response.content)).worksheets[0][1]]
    assert "Head of household" in heads
    assert len(set(heads)) == len(heads)


def test_a_birth_date_is_an_age_band_and_an_id_number_has_no_column(town: Desk) -> None:
    town.household(town.phone("W2", "g1"))

    file = taken(town, kind="resident", format="csv", words="codes").response.content

    table = pd.read_csv(BytesIO(file))
    assert list(table.birth_date) == ["35–59"]
    assert "id_number" not in table.columns
    assert table.phone[0] == "139****1111"
