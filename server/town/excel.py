"""An existing table of households as an office keeps it: real-shaped, uneven, with bad rows.

For trying the import: the file has a merged title, notes above the header and a signature below
the rows, numbers as text and as numbers, full-width digits, stray blanks. Which rows cannot be
right, and why, is returned.
"""

from datetime import date
from enum import StrEnum
from io import BytesIO
from itertools import islice
from random import Random

import msgspec
from msgspec import Struct
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from server.town.chance import happens
from server.town.dwellings import Door, Use, doors_of
from server.town.ground import Field
from server.town.households import make_household
from server.town.kin import age_of
from server.town.names import person_name
from server.town.numbers import AREA_HERE, Numbers
from server.town.surroundings import Surroundings
from server.town.values import DEMO, Area, AreaKind
from shared.codes import check_character, code_table

HEADERS = (
    "序号", "户主姓名", "门牌号", "楼栋", "单元", "楼层", "房号", "房屋性质", "联系电话", "人口数",
    "身份证号", "备注",
)  # fmt: skip
WIDTHS = (6, 12, 34, 8, 8, 8, 10, 10, 16, 8, 22, 24)
TITLE_ROW, NOTES_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
PLACE = 95
"""After the 94 grids of the largest town: these people's numbers are nobody else's."""
PLACE_IN_COMMUNITY = 4

Cell = str | int | float | None


class BadReason(StrEnum):
    """Why a row cannot be taken as it is."""

    MISSING_NAME = "missing_name"
    PEOPLE_NOT_A_NUMBER = "people_not_a_number"
    IMPOSSIBLE_ID_NUMBER = "impossible_id_number"
    PHONE_TOO_SHORT = "phone_too_short"
    DUPLICATE_DOOR = "duplicate_door"
    UNKNOWN_TENURE = "unknown_tenure"


class TablePlan(Struct, frozen=True, kw_only=True):
    """What makes one table: the same plan gives the same rows."""

    today: date
    households: int = 60
    bad_of_each: int = 1
    """How many rows are spoilt for each reason."""
    community: str = "春和社区"
    grid: str = "第五网格"
    seed: int = 1


class BadRow(Struct, frozen=True):
    """A row that cannot be right, by its number in the file."""

    number: int
    reason: BadReason
    same_door_as: int | None = None
    """For a duplicate door: the earlier row that has it."""


class HouseholdTable(Struct, frozen=True, kw_only=True):
    """The file, and what is known of it."""

    content: bytes
    """An .xlsx file."""
    first_row: int
    last_row: int
    bad_rows: tuple[BadRow, ...]

    @property
    def good(self) -> int:
        """How many rows can be imported."""
        return self.last_row - self.first_row + 1 - len(self.bad_rows)


class Line(Struct, frozen=True, kw_only=True):
    """One row as its cells have it."""

    name: Cell
    plate: Cell
    building: Cell
    unit: Cell
    floor: Cell
    room: Cell
    tenure: Cell
    phone: Cell
    people: Cell
    id_number: Cell
    remark: Cell = None


def household_table(plan: TablePlan) -> HouseholdTable:
    """A community's table of the households of one grid."""
    around = _surroundings(plan)
    homes = (door for door in doors_of(around) if door.use is Use.HOME)
    lines = [_line(around, door) for door in islice(homes, plan.households)]
    bad = list(_spoil(lines, plan, around.random))
    return HouseholdTable(
        content=_workbook(plan, lines, around.random),
        first_row=FIRST_ROW,
        last_row=FIRST_ROW + len(lines) - 1,
        bad_rows=tuple(sorted(bad, key=lambda row: row.number)),
    )


def _surroundings(plan: TablePlan) -> Surroundings:
    random = Random(f"{plan.seed}/{plan.community}/{plan.grid}")
    code = f"{DEMO.code}001"
    return Surroundings(
        today=plan.today,
        town=Area(code=DEMO.code + "000", name=DEMO.name, kind=AreaKind.TOWN),
        community=Area(code=code, name=plan.community, kind=AreaKind.COMMUNITY),
        grid=Area(code=f"{code}005", name=plan.grid, kind=AreaKind.GRID, parent=code),
        place=PLACE,
        place_in_community=PLACE_IN_COMMUNITY,
        field=Field(DEMO.code, PLACE + 1, PLACE),
        workers=(),
        random=random,
        numbers=Numbers(random, PLACE),
    )


def _line(around: Surroundings, door: Door) -> Line:
    random = around.random
    household = make_household(around)
    head = household.family.head
    known = happens(random, 0.3)
    tenure = code_table("tenure").get(household.tenure)
    return Line(
        name=_untidy_name(random, head.name),
        plate=_untidy(random, str(door.answers["plate"])),
        building=random.choice((door.building, int(door.building), f"{door.building}栋")),
        unit=random.choice((door.unit, int(door.unit), f"{door.unit}单元")),
        floor=_untidy_number(random, str(door.answers["floor"])),
        room=_untidy_number(random, str(door.answers["room"])),
        tenure=_untidy(random, tenure.zh if tenure else ""),
        phone=_untidy_phone(random, household.phone) if isinstance(household.phone, str) else None,
        people=_untidy_number(random, str(len(household.family.members))),
        id_number=around.numbers.id_number(AREA_HERE, head.born, head.sex) if known else None,
        remark="独居老人" if age_of(head, around.today) > 75 and happens(random, 0.3) else None,
    )


def _untidy(random: Random, text: str) -> str:
    return text + " " * random.choice((0, 0, 0, 0, 0, 1, 2))


def _untidy_name(random: Random, name: str) -> str:
    if len(name) == 2 and happens(random, 0.3):
        return f"{name[0]}　{name[1]}"
    return _untidy(random, name)


def _untidy_number(random: Random, number: str) -> Cell:
    return random.choice((number, int(number), int(number), float(number), _full_width(number)))


def _untidy_phone(random: Random, phone: str) -> Cell:
    spaced = f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    return random.choice(
        (phone, phone, phone + " ", int(phone), float(phone), spaced, _full_width(phone))
    )


def _full_width(digits: str) -> str:
    return digits.translate({ord("0") + digit: ord("０") + digit for digit in range(10)})


def _spoil(lines: list[Line], plan: TablePlan, random: Random) -> list[BadRow]:
    """Spoil some of `lines` in place; none of them before the rows that they repeat."""
    reasons = list(BadReason) * plan.bad_of_each
    places = random.sample(range(2, len(lines)), len(reasons))
    bad = []
    for place, reason in zip(places, reasons, strict=True):
        earlier = next(row for row in range(place) if row not in places)
        same = earlier if reason is BadReason.DUPLICATE_DOOR else None
        lines[place] = _spoilt(lines[place], reason, lines[earlier])
        bad.append(BadRow(FIRST_ROW + place, reason, None if same is None else FIRST_ROW + same))
    return bad


def _spoilt(line: Line, reason: BadReason, earlier: Line) -> Line:
    if reason is BadReason.MISSING_NAME:
        return msgspec.structs.replace(line, name=None)
    if reason is BadReason.PEOPLE_NOT_A_NUMBER:
        return msgspec.structs.replace(line, people="三四人")
    if reason is BadReason.IMPOSSIBLE_ID_NUMBER:
        return msgspec.structs.replace(line, id_number=_impossible_id_number())
    if reason is BadReason.PHONE_TOO_SHORT:
        return msgspec.structs.replace(line, phone="1540026")
    if reason is BadReason.UNKNOWN_TENURE:
        return msgspec.structs.replace(line, tenure="待定")
    return msgspec.structs.replace(
        line,
        plate=earlier.plate,
        building=earlier.building,
        unit=earlier.unit,
        floor=earlier.floor,
        room=earlier.room,
    )


def _impossible_id_number() -> str:
    first17 = f"{AREA_HERE}19710230001"
    return first17 + check_character(first17)


def _workbook(plan: TablePlan, lines: list[Line], random: Random) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "住户登记表"
    _write_head(sheet, plan)
    for place, line in enumerate(lines):
        cells = (place + 1, *msgspec.structs.astuple(line))
        _write_row(sheet, FIRST_ROW + place, cells)
    _write_foot(sheet, FIRST_ROW + len(lines) + 1, person_name(random, (1970, 1998)), plan.today)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _write_head(sheet: Worksheet, plan: TablePlan) -> None:
    last = len(HEADERS)
    for row in (TITLE_ROW, NOTES_ROW):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=last)
    title = sheet.cell(TITLE_ROW, 1, f"{plan.community}{plan.grid}住户登记表")
    title.font = Font(size=16, bold=True)
    title.alignment = Alignment(horizontal="center")
    sheet.cell(NOTES_ROW, 1, "填表说明：一户一行；联系电话填户主手机；身份证号自愿填写。")
    _write_row(sheet, HEADER_ROW, HEADERS)
    for column, width in enumerate(WIDTHS, start=1):
        sheet.cell(HEADER_ROW, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{FIRST_ROW}"


def _write_row(sheet: Worksheet, row: int, cells: tuple[Cell, ...]) -> None:
    thin = Side(style="thin")
    for column, value in enumerate(cells, start=1):
        cell = sheet.cell(row, column, value)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)


def _write_foot(sheet: Worksheet, row: int, name: str, today: date) -> None:
    sheet.cell(row, 1, f"填表人：{name}")
    sheet.cell(row, 9, f"填表日期：{today.year}年{today.month}月{today.day}日")
