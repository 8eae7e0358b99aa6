"""Many areas at once, from a table: first what every row would do, then all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from server.clock import beginning_of, new_id
from server.errors import ServerError
from server.imports.cells import day_of, half_width, header_key
from server.imports.tables import Row, read_table
from server.office.act import Act
from server.office.area_edits import checked_code, checked_name, insert_area, rename_area
from server.office.areas import Area, Level, areas
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from shared.codes.areas import GRID_CODE_LENGTH, short_area_code
from shared.wire import Words

ROWS_MAX = 2_000
_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "编码": "code", "区域编码": "code", "网格编码": "code", "代码": "code", "code": "code",
        "名称": "name", "区域名称": "name", "网格名称": "name", "name": "name",
        "启用日期": "since", "生效日期": "since", "since": "since", "valid from": "since",
        "validfrom": "since", "valid_from": "since",
    }
)  # fmt: skip


class Doing(StrEnum):
    """What a row would do."""

    ADD = "add"
    RENAME = "rename"
    SAME = "same"
    WRONG = "wrong"


class AreaLine(Struct, frozen=True):
    """One row of the table, and what becomes of it."""

    number: int
    """The row as the program that made the file numbers it."""
    code: str
    name: str
    doing: Doing
    since: int = 0
    """From when a new area stands, ms."""
    before: str = ""
    """Of a renamed area, what it was called."""
    fault: Words | None = None


def read_areas(content: bytes) -> list[tuple[int, str, str, str]]:
    """The rows of a table: number, code, name, and since when. Raises WrongFile, OfficeRefused."""
    for sheet in read_table(content):
        for place, row in enumerate(sheet.rows[:5]):
            columns = _columns(row)
            if {"code", "name"} <= columns.keys():
                return [
                    _told(each, columns) for each in sheet.rows[place + 1 : place + 1 + ROWS_MAX]
                ]
    raise refused(
        "area_table",
        "没有找到表头。需要“编码”和“名称”两列，可另加“启用日期”。",
        "No header was found. It takes the columns code and name, and may have valid from.",
    )


def plan_areas(
    rows: Iterable[tuple[int, str, str, str]], tree: Sequence[Area], now: int
) -> list[AreaLine]:
    """What each row would do to the tree. Communities may stand below or above their grids."""
    known = {area.code: area for area in tree}
    lines: list[AreaLine] = []
    for number, code, name, since in sorted(rows, key=lambda row: (len(row[1]), row[0])):
        line = _planned((number, code, name, since), known, now)
        if line.doing in (Doing.ADD, Doing.RENAME) and line.code in {each.code for each in lines}:
            fault = Words("表中有两行是同一编码。", "Two rows have this code.")
            line = AreaLine(number, code, name, Doing.WRONG, fault=fault)
        if line.doing is Doing.ADD:
            level = Level.GRID if len(line.code) == GRID_CODE_LENGTH else Level.COMMUNITY
            known[line.code] = Area("", None, level, line.code, line.name, line.since)
        lines.append(line)
    return sorted(lines, key=lambda line: line.number)


def take_areas(act: Act, lines: Sequence[AreaLine]) -> int:
    """Does what was planned; how many areas were added or renamed. Raises OfficeRefused."""
    act.require(Action.MANAGE_AREAS)
    known = {area.code: area for area in areas(act.conn, act.who.town)}
    done = 0
    for line in sorted(lines, key=lambda line: len(line.code)):
        if line.doing is Doing.ADD:
            above = known[_above(line.code)]
            level = Level.GRID if len(line.code) == GRID_CODE_LENGTH else Level.COMMUNITY
            area = Area(new_id(act.now), above.id, level, line.code, line.name, line.since)
            insert_area(act, area)
            act.note(Deed.AREA_ADDED, area.id)
            known[area.code] = area
        elif line.doing is Doing.RENAME:
            rename_area(act, known[line.code].id, line.name)
        done += line.doing in (Doing.ADD, Doing.RENAME)
    return done


def _columns(row: Row) -> dict[str, int]:
    keys = {_HEADERS.get(header_key(cell).casefold(), ""): at for at, cell in enumerate(row.cells)}
    return {name: at for name, at in keys.items() if name}


def _told(row: Row, columns: Mapping[str, int]) -> tuple[int, str, str, str]:
    cells = [half_width(row.cell(columns.get(name, -1))) for name in ("code", "name", "since")]
    return row.number, cells[0].replace(" ", ""), cells[1], cells[2]


def _planned(row: tuple[int, str, str, str], known: Mapping[str, Area], now: int) -> AreaLine:
    number, code, name, since = row
    try:
        begins = _since(since, now)
        area = known.get(code)
        if area is not None:
            name = checked_name(name)
            doing = Doing.SAME if area.name == name else Doing.RENAME
            return AreaLine(number, code, name, doing, before=area.name)
        above = known.get(_above(code))
        level = Level.GRID if len(code) == GRID_CODE_LENGTH else Level.COMMUNITY
        if above is None or not above.stands(max(now, begins)):
            raise refused(
                "area_parent",
                f"没有上级区域 {_above(code)}，请先建立或写在表中。",
                f"There is no area {_above(code)} above it: add it, or put it into the table.",
            )
        code = checked_code(level, code, above.code)
        return AreaLine(number, code, checked_name(name), Doing.ADD, begins)
    except ServerError as error:
        return AreaLine(number, code, name, Doing.WRONG, fault=error.words)


def _above(code: str) -> str:
    """The code of the area that one with this code lies in."""
    if len(code) == GRID_CODE_LENGTH:
        return code[:12]
    return f"{short_area_code(code)[:9]}000" if len(code) == 12 else ""


def _since(text: str, now: int) -> int:
    if not text:
        return now
    day = day_of(text)
    if day is None:
        raise refused("area_since", f"日期“{text}”看不懂。", f"“{text}” is no date.")
    return beginning_of(date.fromisoformat(day))
