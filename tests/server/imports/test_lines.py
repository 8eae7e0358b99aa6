"""What a row says, however it was typed, and every reason why it cannot be taken."""

from datetime import date

import pytest

from server.imports.headers import Header, columns_of
from server.imports.lines import Line, understand
from server.imports.tables import Row
from shared.changes import Answer

TODAY = date(2026, 1, 1)
NAMES = (
    "户主姓名",
    "门牌号",
    "联系电话",
    "人口数",
    "房屋性质",
    "身份证号",
    "房东电话",
    "楼层",
    "居住起始",
    "与户主关系",
)
GOOD = {"户主姓名": "张伟", "门牌号": "3-1-201"}


def line_of(cells: dict[str, str], names: tuple[str, ...] = NAMES) -> Line:
    header = Header(1, names, columns_of(names))
    row = Row(2, tuple(cells.get(name, "") for name in names))
    (line,) = understand((row,), header, TODAY)
    return line


def answer(key: str, **cells: str) -> Answer:
    line = line_of(GOOD | cells)
    assert line.problems == ()
    return line.answer(key)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("张伟", "张伟"),
        ("张 伟", "张伟"),
        ("张　伟", "张伟"),
        (" Li  Fang ", "Li  Fang"),
        ("买买提·艾力", "买买提·艾力"),
    ],
)
def test_blanks_in_a_chinese_name_are_layout(name: str, kept: str) -> None:
    assert answer("household.head_name", 户主姓名=name) == kept
    assert answer("resident.name", 户主姓名=name) == kept


@pytest.mark.parametrize(
    "phone",
    ["13800000000", "138 0000 0000", "138-0000-0000", "１３８００００００００", "+86 13800000000"],
)
def test_a_phone_is_kept_in_one_form(phone: str) -> None:
    assert answer("household.phone", 联系电话=phone) == "13800000000"


@pytest.mark.parametrize("people", ["3", "3.0", "３", "3人", "三口", "三", " 3 "])
def test_a_number_of_people_is_a_number(people: str) -> None:
    assert answer("household.people_count", 人口数=people) == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("自有", "own"),
        ("自住", "own"),
        ("租赁", "rented"),
        ("出租", "rented"),
        ("公租房", "public_rental"),
        ("Own", "own"),
        ("rented", "rented"),
    ],
)
def test_a_tenure_is_known_by_its_usual_words(words: str, code: str) -> None:
    assert answer("household.tenure", 房屋性质=words) == code


@pytest.mark.parametrize("day", ["2019-03-05", "2019/3/5", "2019年3月5日", "20190305", "2019.3.5"])
def test_a_date_is_kept_as_iso(day: str) -> None:
    assert answer("household.living_since", 居住起始=day) == "2019-03-05"


def test_sex_and_birth_date_are_read_from_the_id_number() -> None:
    line = line_of(GOOD | {"身份证号": "１１０１０５１９４９１２３１００２ｘ"})

    assert line.answer("resident.id_number") == "11010519491231002X"
    assert line.answer("resident.birth_date") == "1949-12-31"
    assert line.answer("resident.sex") == "2"
    assert [note.code for note in line.notes] == ["from_id_number"]


def test_a_door_in_parts_makes_plate_code_and_floor() -> None:
    cells = {"户主姓名": "张伟", "楼栋": "3栋", "单元": "１单元", "房号": "1203室"}

    line = line_of(cells, tuple(cells))

    assert line.answer("dwelling.plate") == "3-1-1203"
    assert line.answer("dwelling.code") == "3-1-12-1203"
    assert line.answer("dwelling.floor") == 12


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"户主姓名": ""}, ["no_name"]),
        ({"户主姓名": "3"}, ["name_wrong"]),
        ({"户主姓名": "张" * 41}, ["name_wrong"]),
        ({"门牌号": ""}, ["no_door"]),
        ({"人口数": "三四人"}, ["people_wrong"]),
        ({"人口数": "-1"}, ["people_wrong"]),
        ({"人口数": "2.5"}, ["people_wrong"]),
        ({"人口数": "201"}, ["people_wrong"]),
        ({"身份证号": "110105194912310021"}, ["id_number_checksum"]),
        ({"身份证号": "11010519490230002X"}, ["id_number_birth_date"]),
        ({"身份证号": "1101051949"}, ["id_number_length"]),
        ({"身份证号": "110105194912310000"}, ["id_rounded"]),
        ({"联系电话": "1390"}, ["phone_too_short"]),
        ({"联系电话": "13900001111222"}, ["phone_too_long"]),
        ({"联系电话": "无"}, ["phone_characters"]),
        ({"联系电话": "13800000000/13900000000"}, ["two_phones"]),
        ({"房东电话": "12345"}, ["landlord_phone_too_short"]),
        ({"房屋性质": "待定"}, ["code_unknown"]),
        ({"楼层": "顶层"}, ["floor_wrong"]),
        ({"居住起始": "很久以前"}, ["date_wrong"]),
        ({"居住起始": "2019-02-30"}, ["date_wrong"]),
        ({"与户主关系": "配偶"}, ["not_head"]),
        (
            {"户主姓名": "", "人口数": "x", "联系电话": "1"},
            ["phone_too_short", "people_wrong", "no_name"],
        ),
    ],
)
def test_each_thing_that_is_wrong_is_named(cells: dict[str, str], codes: list[str]) -> None:
    line = line_of(GOOD | cells)

    assert sorted(problem.code for problem in line.problems) == sorted(codes)
    for problem in line.problems:
        assert problem.words.zh.endswith("。")
        assert problem.words.en.endswith(".")
        assert "{" not in problem.words.zh + problem.words.en


@pytest.mark.parametrize("relation", ["户主", "本人", "户主本人", "本人或户主", "Head", "01"])
def test_a_row_of_the_head_is_a_household(relation: str) -> None:
    assert line_of(GOOD | {"与户主关系": relation}).problems == ()


def test_an_empty_cell_says_nothing() -> None:
    line = line_of(GOOD)

    assert line.answers == {
        "household": {"head_name": "张伟"},
        "dwelling": {"plate": "3-1-201"},
        "resident": {"name": "张伟", "relation": "0"},
    }
