"""Area codes: 12 digits from province to community, and our grids below them.

GB/T 2260 (6: province, prefecture, county) + GB/T 10114 (3: town) + the statistics bureau's 3
(community or village). A grid adds three digits of its own. A code of a higher level is padded
with zeros: `329901100000` is the town that `329901100001` lies in.
"""

import re
from enum import IntEnum, StrEnum

from shared.codes.tables import code_table

AREA_CODE_LENGTH = 12
GRID_CODE_LENGTH = 15

_DIGITS = re.compile(r"[0-9]+")


class AreaLevel(IntEnum):
    """A level of the tree; its value is the number of digits that name it."""

    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWN = 9
    COMMUNITY = 12
    GRID = 15


class TownKind(StrEnum):
    """What digits 7-9 say."""

    STREET = "street"
    TOWN = "town"
    TOWNSHIP = "township"
    SIMILAR = "similar"


class CommunityKind(StrEnum):
    """What digits 10-12 say."""

    RESIDENTS = "residents"
    VILLAGERS = "villagers"
    SIMILAR = "similar"


class AreaCodeFault(StrEnum):
    """The first thing that is wrong with an area code; `area_code_fault` has its message."""

    LENGTH = "length"
    CHARACTERS = "characters"
    PROVINCE = "province"
    GAP = "gap"
    TOWN = "town"
    COMMUNITY = "community"


class GridCodeFault(StrEnum):
    """The first thing that is wrong with a grid code; `grid_code_fault` has its message."""

    LENGTH = "length"
    COMMUNITY = "community"
    NUMBER = "number"


_TOWN_KINDS = (
    (range(1, 100), TownKind.STREET),
    (range(100, 200), TownKind.TOWN),
    (range(200, 400), TownKind.TOWNSHIP),
    (range(400, 600), TownKind.SIMILAR),
)
_COMMUNITY_KINDS = (
    (range(1, 200), CommunityKind.RESIDENTS),
    (range(200, 400), CommunityKind.VILLAGERS),
    (range(400, 600), CommunityKind.SIMILAR),
)


def check_area_code(code: str) -> AreaCodeFault | None:
    """What is wrong with a 12-digit code of any level, or None."""
    if len(code) != AREA_CODE_LENGTH:
        return AreaCodeFault.LENGTH
    if not _DIGITS.fullmatch(code):
        return AreaCodeFault.CHARACTERS
    if code_table("province").get(code[:2]) is None:
        return AreaCodeFault.PROVINCE
    return AreaCodeFault.GAP if _has_gap(code) else _range_fault(code)


def check_grid_code(code: str) -> GridCodeFault | None:
    """What is wrong with a grid's 15-digit code, or None."""
    if len(code) != GRID_CODE_LENGTH or not _DIGITS.fullmatch(code):
        return GridCodeFault.LENGTH
    community = code[:AREA_CODE_LENGTH]
    if check_area_code(community) or community_kind(community) is None:
        return GridCodeFault.COMMUNITY
    return GridCodeFault.NUMBER if code[AREA_CODE_LENGTH:] == "000" else None


def area_level(code: str) -> AreaLevel | None:
    """The level of a code, padded with zeros or cut short, or None when it is no code."""
    short = short_area_code(code)
    return next((level for level in AreaLevel if level == len(short)), None)


def area_parents(code: str) -> tuple[str, ...]:
    """The areas that `code` lies in, widest first, in their short form."""
    short = short_area_code(code)
    return tuple(short[:level] for level in AreaLevel if level < len(short))


def short_area_code(code: str) -> str:
    """`code` without the zeros that pad it to 12 digits: a prefix of all that lies in it.

    Text that is no code becomes the empty string, which is nobody's area.
    """
    if not _DIGITS.fullmatch(code) or len(code) not in tuple(AreaLevel):
        return ""
    short = code
    for level in sorted(AreaLevel, reverse=True):
        above = _above(level)
        if len(short) == level and not short[above:].strip("0"):
            short = short[:above]
    return short


def town_kind(code: str) -> TownKind | None:
    """What kind of town digits 7-9 name, or None."""
    number = _number(code, AreaLevel.TOWN)
    return next((kind for numbers, kind in _TOWN_KINDS if number in numbers), None)


def community_kind(code: str) -> CommunityKind | None:
    """What kind of committee digits 10-12 name, or None."""
    number = _number(code, AreaLevel.COMMUNITY)
    return next((kind for numbers, kind in _COMMUNITY_KINDS if number in numbers), None)


def _number(code: str, level: AreaLevel) -> int:
    part = code[_above(level) : level]
    return int(part) if len(code) >= level and _DIGITS.fullmatch(part) else 0


def _has_gap(code: str) -> bool:
    short = short_area_code(code)
    parts = [short[_above(level) : level] for level in AreaLevel if level <= len(short)]
    return any(not part.strip("0") for part in parts)


def _range_fault(code: str) -> AreaCodeFault | None:
    level = area_level(code) or AreaLevel.PROVINCE
    if level >= AreaLevel.TOWN and town_kind(code) is None:
        return AreaCodeFault.TOWN
    if level >= AreaLevel.COMMUNITY and community_kind(code) is None:
        return AreaCodeFault.COMMUNITY
    return None


def _above(level: AreaLevel) -> int:
    return max((other for other in AreaLevel if other < level), default=0)
