"""Finding the header under titles and notes, and what its columns mean."""

from datetime import date

import pytest

from server.imports.fields import field_of, fields
from server.imports.headers import Header, check_columns, columns_of, find_header
from server.imports.lines import Line, understand
from server.imports.tables import read_table
from server.imports.words import WrongFile
from tests.server.imports.files import HEADER, ROW, Cells, workbook

TITLE: Cells = ("幸福社区第三网格住户信息登记表（2025年）",)
NOTES: Cells = ("填表说明：一户一行，户主姓名和门牌号必填。",)


def header_of(*rows: Cells, merged: tuple[str, ...] = ()) -> Header:
    return find_header(read_table(workbook(*rows, merged=merged)))[1]


def lines_of(*rows: Cells) -> list[Line]:
    sheet, header = find_header(read_table(workbook(*rows)))
    return understand(sheet.rows, header, date(2026, 1, 1))


def test_the_header_is_found_under_a_merged_title_and_notes() -> None:
    header = header_of(TITLE, NOTES, HEADER, ROW, merged=("A1:I1", "A2:I2"))

    assert header.row == 3
    assert header.columns == {
        "household.head_name": 1,
        "dwelling.plate": 2,
        "household.phone": 3,
        "household.people_count": 4,
        "household.tenure": 5,
        "resident.id_number": 6,
        "household.landlord_name": 7,
        "household.access_note": 8,
    }


def test_a_header_of_two_lines_is_read_as_one() -> None:
    header = header_of(
        TITLE,
        ("序号", "户主信息", None, "房屋信息", None, None),
        (None, "姓名", "联系电话", "楼栋", "单元", "房号"),
        (1, "张伟", "13800000000", "3", "1", "201"),
    )

    assert header.row == 3
    assert header.columns["household.head_name"] == 1
    assert header.columns["dwelling.room"] == 5


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("户主姓名", "household.head_name"),
        ("* 户 主 姓 名：", "household.head_name"),
        ("户主", "household.head_name"),
        ("姓名", "household.head_name"),
        ("Name", "household.head_name"),
        ("Head of household", "household.head_name"),
        ("门牌号", "dwelling.plate"),
        ("住址", "dwelling.plate"),
        ("联系电话（手机）", "household.phone"),
        ("手机号码", "household.phone"),
        ("Phone number", "household.phone"),
        ("房东联系电话", "household.landlord_phone"),
        ("Landlord phone", "household.landlord_phone"),
        ("房东", "household.landlord_name"),
        ("人口数(人)", "household.people_count"),
        ("常住人口", "household.people_count"),
        ("户主身份证号", "resident.id_number"),
        ("楼栋", "dwelling.building"),
        ("单元", "dwelling.unit_no"),
        ("楼层", "dwelling.floor"),
        ("房号", "dwelling.room"),
        ("房屋性质", "household.tenure"),
        ("备注", "household.access_note"),
        ("所属网格", "row.grid"),
        ("与户主关系", "row.relation"),
        ("序号", "row.ignored"),
        ("邮政编码", ""),
        ("", ""),
    ],
)
def test_a_header_means_what_people_mean_by_it(name: str, key: str) -> None:
    assert field_of(name)[0] == key


def test_no_header_means_two_things() -> None:
    names = [name for field in fields().values() for name in field.names]

    assert len(names) == len(set(names))


def test_of_two_columns_that_mean_the_same_the_surer_is_taken() -> None:
    assert columns_of(("紧急联系电话一栏", "联系电话")) == {"household.phone": 1}
    assert columns_of(("姓名", "户主")) == {"household.head_name": 0}


def test_three_names_that_nobody_knows_are_left_to_a_person_to_map() -> None:
    header = header_of(("甲", "乙", "丙"), ("1", "2", "3"))

    assert (header.names, header.columns) == (("甲", "乙", "丙"), {})


@pytest.mark.parametrize(
    "rows",
    [
        (("户主姓名", "联系电话"), ("张伟", "13800000000")),  # which door?
        (("门牌号", "联系电话"), ("3-1-201", "13800000000")),  # whose?
        (TITLE, NOTES),
    ],
)
def test_a_table_without_a_header_is_refused(rows: tuple[Cells, ...]) -> None:
    with pytest.raises(WrongFile) as refused:
        header_of(*rows)

    assert refused.value.code == "no_header"
    assert "户主姓名" in refused.value.words.zh


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"dwelling.plate": 1}, "needs_name"),
        ({"household.head_name": 1}, "needs_door"),
        ({"household.head_name": 1, "dwelling.building": 2}, "needs_door"),
        ({"household.head_name": 1, "dwelling.plate": 1}, "mapped_twice"),
    ],
)
def test_a_mapping_that_cannot_be_imported_is_refused(columns: dict[str, int], code: str) -> None:
    with pytest.raises(WrongFile) as refused:
        check_columns(columns)

    assert refused.value.code == code


def test_titles_footers_and_repeated_headers_are_no_rows() -> None:
    lines = lines_of(
        TITLE,
        HEADER,
        ROW,
        HEADER,
        (2, "李丽", "3-1-202"),
        (3,),
        ("合计", None, None, None, 5),
        ("填表人：王芳", None, None, None, None, "审核：李强"),
        ("备注：以上数据截至 2025 年底",),
    )

    assert [(line.number, line.name) for line in lines] == [(3, "张伟"), (5, "李丽")]
