"""A door from the columns that some tables have for it: building, unit, floor, room."""

import re
from unicodedata import normalize

_SHORT_ROOM = 3
"""Digits from which a room's number states its floor: 201 is on the 2nd."""


def part_of(text: str, suffixes: str) -> str:
    """A building's, unit's, floor's or room's own name, without the word that says what it is."""
    plain = "".join(normalize("NFKC", text).split())
    return re.sub(rf"^第|(?:{suffixes})$", "", plain) or plain


def floor_of(room: str) -> int | None:
    """The floor that a room's number states: 1203 is on the 12th."""
    return int(room[:-2]) if room.isdecimal() and len(room) >= _SHORT_ROOM else None


def dwelling_code(building: str, unit: str, floor: int | None, room: str) -> str:
    """`building-unit-floor-room`, or "" when a part of it is not known."""
    if not building or not room or floor is None:
        return ""
    return f"{building}-{unit or '0'}-{floor:02d}-{room}"
