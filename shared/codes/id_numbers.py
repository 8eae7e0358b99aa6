"""The citizen's ID number (GB 11643-1999): what is wrong with one, and what it says.

Area (6) + birth date (8) + sequence (3, odd for men) + check character (MOD 11-2).
"""

import re
from datetime import date
from enum import StrEnum
from unicodedata import normalize

from shared.codes.tables import code_table

ID_NUMBER_LENGTH = 18
AGE_MAX = 120
PERMIT_PREFIXES = frozenset({"83"})
"""Residence permits for Taiwan residents begin with 83, which is no province of GB/T 2260 (and is
not confirmed either): refusing the papers that people hold would be worse than taking a typo."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_STATED = "9"


class IdNumberFault(StrEnum):
    """The first thing that is wrong with an ID number; `id_number_fault` has its message."""

    LENGTH = "length"
    CHARACTERS = "characters"
    AREA = "area"
    BIRTH_DATE = "birth_date"
    IN_FUTURE = "in_future"
    TOO_OLD = "too_old"
    CHECKSUM = "checksum"


def normal_id_number(text: str) -> str:
    """`text` as it is kept: half-width digits, a capital X, no blanks."""
    return "".join(normalize("NFKC", text).upper().split())


def check_id_number(text: str, today: date) -> IdNumberFault | None:
    """What is wrong with the ID number, or None. Full width, blanks and a small x are no fault."""
    number = normal_id_number(text)
    if len(number) != ID_NUMBER_LENGTH:
        return IdNumberFault.LENGTH
    if not _SHAPE.fullmatch(number):
        return IdNumberFault.CHARACTERS
    if not _is_area(number[:6]):
        return IdNumberFault.AREA
    return _birth_fault(number, today) or _checksum_fault(number)


def check_character(first17: str) -> str:
    """The MOD 11-2 check character of 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def sex_of(text: str) -> Sex | None:
    """The sex that an ID number states, or None when it has not the shape of one."""
    number = normal_id_number(text)
    if not _SHAPE.fullmatch(number):
        return None
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def birth_date_of(text: str) -> date | None:
    """The birth date that an ID number states, or None when it states no real day."""
    number = normal_id_number(text)
    if not _SHAPE.fullmatch(number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _is_area(area: str) -> bool:
    # Counties come and go, and numbers keep the old ones: only the province can be checked.
    province = area[:2]
    known = code_table("province").get(province) is not None or province in PERMIT_PREFIXES
    return known and area[2:] != "0000"


def _birth_fault(number: str, today: date) -> IdNumberFault | None:
    born = birth_date_of(number)
    if born is None:
        return IdNumberFault.BIRTH_DATE
    if born > today:
        return IdNumberFault.IN_FUTURE
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return IdNumberFault.TOO_OLD if age > AGE_MAX else None


def _checksum_fault(number: str) -> IdNumberFault | None:
    return None if check_character(number[:17]) == number[17] else IdNumberFault.CHECKSUM
