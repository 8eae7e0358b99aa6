"""One cell of a known column as an answer, or what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from server.imports.cells import day_of, half_width, name_of, whole_number
from server.imports.choices import TABLES, code_of, offered
from server.imports.doors import part_of
from server.imports.fields import BUILDING, FLOOR, ID_NUMBER, NAME, PEOPLE, ROOM, UNIT, fields
from server.imports.words import Remark, remark
from shared.changes import Answer
from shared.codes import (
    Fault,
    IdNumberFault,
    check_id_number,
    check_phone,
    message_of,
    normal_id_number,
    normal_phone,
)
from shared.wire import Words

PEOPLE_MAX = 200
"""A dormitory may be one household; more is a slip of the hand."""
NAME_MAX = 40
ROUNDED_FROM = 15
"""Excel keeps 15 digits of a number and makes zeros of the rest."""

_NOT_IN_NAMES = re.compile(r"[0-9@*#=<>{}]")
_SEVERAL = re.compile(r"[/、,;|\s]+|或")
_PARTS = MappingProxyType(
    {BUILDING: "号楼|楼栋|栋|幢|座|楼", UNIT: "单元", FLOOR: "层|楼", ROOM: "室|号房|房|号"}
)


def read_cell(key: str, text: str, today: date) -> Answer | Remark:
    """What the cell of column `key` says; a `Remark` when that cannot be taken."""
    if key == ID_NUMBER:
        return _id_number(text, today)
    return _READERS.get(key, _text)(key, text)


def _text(_: str, text: str) -> Answer | Remark:
    return half_width(text)


def _name(_: str, text: str) -> Answer | Remark:
    name = name_of(text)
    if len(name) > NAME_MAX or _NOT_IN_NAMES.search(name):
        return remark("name_wrong", value=name[:NAME_MAX])
    return name


def _part(key: str, text: str) -> Answer | Remark:
    return part_of(text, _PARTS[key])


def _floor(_: str, text: str) -> Answer | Remark:
    floor = whole_number(part_of(text, _PARTS[FLOOR]))
    return remark("floor_wrong", value=text) if floor is None else floor


def _people(_: str, text: str) -> Answer | Remark:
    count = whole_number(text)
    if count is None or not 0 <= count <= PEOPLE_MAX:
        return remark("people_wrong", value=text, most=PEOPLE_MAX)
    return count


def _phone(key: str, text: str) -> Answer | Remark:
    parts = [part for part in _SEVERAL.split(half_width(text)) if part]
    if len(parts) > 1 and all(check_phone(part) is None for part in parts):
        return remark("two_phones", field=fields()[key].words)
    fault = check_phone(text)
    return normal_phone(text) if fault is None else _fault(key, fault)


def _code(key: str, text: str) -> Answer | Remark:
    code = code_of(key, text)
    if code is not None:
        return code
    return remark("code_unknown", field=fields()[key].words, value=text, choices=offered(key))


def _day(key: str, text: str) -> Answer | Remark:
    day = day_of(text)
    return remark("date_wrong", field=fields()[key].words, value=text) if day is None else day


def _id_number(text: str, today: date) -> Answer | Remark:
    number = normal_id_number(text)
    fault = check_id_number(number, today)
    if fault is None:
        return number
    if fault is IdNumberFault.CHECKSUM and number[ROUNDED_FROM:] == "000":
        return remark("id_rounded")
    return _fault(ID_NUMBER, fault)


def _fault(key: str, fault: Fault) -> Remark:
    said = message_of(fault)
    found = remark("form_says", field=fields()[key].words, reason=Words(said.zh, said.en))
    return Remark(f"{fields()[key].unit}_{fault.value}", found.words)


_READERS: Mapping[str, Callable[[str, str], Answer | Remark]] = MappingProxyType(
    {
        NAME: _name,
        PEOPLE: _people,
        BUILDING: _part,
        UNIT: _part,
        ROOM: _part,
        FLOOR: _floor,
        "household.phone": _phone,
        "household.landlord_phone": _phone,
        "household.lease_until": _day,
        "household.living_since": _day,
        "resident.birth_date": _day,
        **dict.fromkeys(TABLES, _code),
    }
)
