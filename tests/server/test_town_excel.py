"""The invented table looks as an office keeps it, and says which of its rows are bad, and why."""

from collections import Counter
from datetime import date
from io import BytesIO
from unicodedata import normalize

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from server.town.excel import (
    FIRST_ROW,
    HEADER_ROW,
    HEADERS,
    BadReason,
    HouseholdTable,
    TablePlan,
    household_table,
)
from shared.codes import check_id_number, check_phone, code_table

TODAY = date(2026, 3, 1)
PLAN = TablePlan(today=TODAY, households=80, bad_of_each=2)
TABLE = household_table(PLAN)


def sheet_of(table: HouseholdTable) -> Worksheet:
    sheet = load_workbook(BytesIO(table.content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def column(header: str, table: HouseholdTable = TABLE) -> dict[int, object]:
    """The cells below a header, by row."""
    place = HEADERS.index(header) + 1
    sheet = sheet_of(table)
    return {row: sheet.cell(row, place).value for row in range(table.first_row, table.last_row + 1)}


def bad_rows(reason: BadReason) -> set[int]:
    return {row.number for row in TABLE.bad_rows if row.reason is reason}


def plain(value: object) -> str:
    text = str(int(value)) if isinstance(value, float) else str(value)
    return "".join(normalize("NFKC", text).split())


def test_a_title_and_notes_stand_above_the_header_and_a_signature_below_the_rows() -> None:
    sheet = sheet_of(TABLE)
    merged = {str(cells) for cells in sheet.merged_cells.ranges}

    assert merged == {"A1:L1", "A2:L2"}
    assert sheet["A1"].value == "春和社区第五网格住户登记表"
    assert tuple(cell.value for cell in sheet[HEADER_ROW]) == HEADERS
    assert str(sheet.cell(sheet.max_row, 1).value).startswith("填表人：")
    assert sheet.cell(sheet.max_row, 9).value == "填表日期：2026年3月1日"


def test_there_are_as_many_rows_as_asked_for_and_each_reason_spoils_its_share() -> None:
    assert TABLE.last_row - FIRST_ROW + 1 == PLAN.households
    assert Counter(row.reason for row in TABLE.bad_rows) == dict.fromkeys(BadReason, 2)
    assert TABLE.good == 80 - 12
    assert len({row.number for row in TABLE.bad_rows}) == 12


def test_names_are_missing_only_where_it_says_so() -> None:
    missing = {row for row, name in column("户主姓名").items() if not name}

    assert missing == bad_rows(BadReason.MISSING_NAME)


def test_people_are_counted_in_numbers_only_where_it_says_so() -> None:
    uncounted = {row for row, people in column("人口数").items() if not plain(people).isdigit()}

    assert uncounted == bad_rows(BadReason.PEOPLE_NOT_A_NUMBER)


def test_id_numbers_are_impossible_only_where_it_says_so() -> None:
    impossible = {
        row
        for row, number in column("身份证号").items()
        if number and check_id_number(str(number), TODAY)
    }

    assert impossible == bad_rows(BadReason.IMPOSSIBLE_ID_NUMBER)
    assert sum(number is not None for number in column("身份证号").values()) > 10


def test_phones_are_too_short_only_where_it_says_so() -> None:
    short = {
        row for row, phone in column("联系电话").items() if phone and check_phone(plain(phone))
    }

    assert short == bad_rows(BadReason.PHONE_TOO_SHORT)


def test_the_tenure_is_unknown_only_where_it_says_so() -> None:
    tenures = code_table("tenure")
    unknown = {
        row for row, tenure in column("房屋性质").items() if tenures.code_of(str(tenure)) is None
    }

    assert unknown == bad_rows(BadReason.UNKNOWN_TENURE)


def test_a_door_comes_twice_only_where_it_says_so() -> None:
    first: dict[str, int] = {}
    repeated: dict[int, int] = {}
    for row, plate in column("门牌号").items():
        if plain(plate) in first:
            repeated[row] = first[plain(plate)]
        first.setdefault(plain(plate), row)

    said = {row.number: row.same_door_as for row in TABLE.bad_rows if row.same_door_as}
    assert repeated == said
    assert said.keys() == bad_rows(BadReason.DUPLICATE_DOOR)
    assert not set(said.values()) & {row.number for row in TABLE.bad_rows}


@pytest.mark.parametrize("header", ["楼层", "房号", "联系电话", "人口数"])
def test_numbers_are_text_here_numbers_there_and_full_width_elsewhere(header: str) -> None:
    values = column(header).values()
    texts = [value for value in values if isinstance(value, str)]

    assert any(isinstance(value, int | float) for value in values)
    assert any(text.isascii() for text in texts)
    assert any(not text.isascii() for text in texts)


def test_texts_have_stray_blanks() -> None:
    assert any(str(plate).endswith(" ") for plate in column("门牌号").values())
    assert any("　" in str(name) for name in column("户主姓名").values())


def test_the_same_plan_makes_the_same_rows() -> None:
    again = household_table(PLAN)

    assert again.bad_rows == TABLE.bad_rows
    assert all(column(header, again) == column(header) for header in HEADERS)


def test_a_table_without_bad_rows_is_all_good() -> None:
    table = household_table(TablePlan(today=TODAY, households=5, bad_of_each=0))

    assert table.bad_rows == ()
    assert table.good == 5
