"""One row of somebody's table, understood: answers by kind and unit, or why it cannot be."""

import re
from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from server.imports.cells import half_width, header_key
from server.imports.doors import dwelling_code, floor_of
from server.imports.fields import (
    ADDRESS,
    BUILDING,
    CODE,
    FLOOR,
    GRID,
    ID_NUMBER,
    NAME,
    NUMBER,
    PLATE,
    RELATION,
    ROOM,
    UNIT,
)
from server.imports.headers import Header
from server.imports.readers import read_cell
from server.imports.tables import Row
from server.imports.words import Remark, remark
from shared.changes import Answer
from shared.codes import birth_date_of, sex_of

HEAD = "0"
"""GB/T 4761: the head of household."""

_FOOTER = re.compile(
    "合计|总计|小计|共计|填表|制表|审核|负责人|备注|注|说明|填报|登记人|以上"
    "|total|sum|note|preparedby|checkedby"
)
_HEAD_WORD = re.compile(
    "户主|(?:户主)?本人(?:或户主)?|(?:self)?(?:or)?head(?:ofhousehold)?|self|0[12]?"
)


class Line(Struct, frozen=True):
    """A row as it was understood."""

    number: int
    answers: dict[str, dict[str, Answer]]
    """By kind, then by unit."""
    grid: str = ""
    """What the row itself says of its grid; empty when it says nothing."""
    problems: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def name(self) -> str:
        """The head of household's name, as far as it could be read."""
        return str(self.answer(NAME) or "")

    @property
    def door(self) -> str:
        """The door as the table has it."""
        return str(self.answer(PLATE) or self.answer(CODE) or self.answer(ADDRESS) or "")

    def answer(self, key: str) -> Answer:
        """The answer of `kind.unit`, None when the row has none."""
        kind, _, unit = key.partition(".")
        return self.answers.get(kind, {}).get(unit)


def understand(rows: tuple[Row, ...], header: Header, today: date) -> list[Line]:
    """The rows below the header, understood; footers, notes and repeated headers left out."""
    named = {header_key(name) for name in header.names if name}
    return [
        _line(row, header.columns, today)
        for row in rows
        if row.number > header.row and not _is_layout(row, header, named)
    ]


def _is_layout(row: Row, header: Header, named: set[str]) -> bool:
    keys = [header_key(cell) for cell in row.cells if cell]
    if len(keys) > 1 and all(key in named for key in keys):
        return True  # the header once more, at the top of a printed page
    if not any(row.cell(column) for column in header.columns.values()):
        return True  # a number in the margin and nothing else
    name = row.cell(header.columns[NAME])
    return bool(_FOOTER.match(keys[0])) and (not name or len(keys) <= 2)


def _line(row: Row, columns: Mapping[str, int], today: date) -> Line:
    texts = {key: row.cell(column) for key, column in columns.items()}
    said = {
        key: read_cell(key, text, today)
        for key, text in texts.items()
        if text and not key.startswith("row.")
    }
    found = {key: value for key, value in said.items() if not isinstance(value, Remark)}
    problems = [value for value in said.values() if isinstance(value, Remark)]
    problems += _missing(texts, found)
    notes = [remark("from_id_number")] if _fill_from_id_number(found) else []
    _fill_door(found)
    if found.get(NAME):
        found |= {"resident.name": found[NAME], "resident.relation": HEAD}
    return Line(
        number=row.number,
        answers=_by_kind(found),
        grid=half_width(texts.get(GRID, "")),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _missing(texts: Mapping[str, str], found: Mapping[str, Answer]) -> list[Remark]:
    problems = []
    if not texts.get(NAME):
        problems.append(remark("no_name"))
    if not any(found.get(key) for key in (PLATE, CODE, ADDRESS, NUMBER)) and not (
        found.get(BUILDING) and found.get(ROOM)
    ):
        problems.append(remark("no_door"))
    relation = texts.get(RELATION, "")
    if relation and not _HEAD_WORD.fullmatch(header_key(relation)):
        problems.append(remark("not_head", value=relation))
    return problems


def _fill_from_id_number(found: dict[str, Answer]) -> bool:
    """Sex and birth date where the table leaves them out; whether anything was filled in."""
    number = str(found.get(ID_NUMBER) or "")
    born, sex = birth_date_of(number), sex_of(number)
    if born is None or sex is None:
        return False
    missing = {"resident.birth_date": born.isoformat(), "resident.sex": sex.value}
    missing = {key: value for key, value in missing.items() if key not in found}
    found.update(missing)
    return bool(missing)


def _fill_door(found: dict[str, Answer]) -> None:
    """Plate, code and floor where the table has building, unit and room apart."""
    building, unit, room = (str(found.get(key) or "") for key in (BUILDING, UNIT, ROOM))
    if FLOOR not in found and (stated := floor_of(room)) is not None:
        found[FLOOR] = stated
    floor = found.get(FLOOR)
    code = dwelling_code(building, unit, floor if isinstance(floor, int) else None, room)
    if code:
        found.setdefault(CODE, code)
    if building and room:
        found.setdefault(PLATE, "-".join(part for part in (building, unit, room) if part))


def _by_kind(found: Mapping[str, Answer]) -> dict[str, dict[str, Answer]]:
    answers: dict[str, dict[str, Answer]] = {}
    for key, value in found.items():
        kind, _, unit = key.partition(".")
        answers.setdefault(kind, {})[unit] = value
    return answers
