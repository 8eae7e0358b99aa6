"""Masking: what lists, searches and exports show of a person until a value is revealed.

Three rules, whatever the screen. An ID number shows its area and never a tail: beside area,
birth date and sex the last four digits give the whole number away. A birth date is shown as an
age band. An answer of class S is never shown as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from shared.changes import Answer
from shared.codes.id_numbers import normal_id_number
from shared.codes.phones import is_mobile, normal_phone
from shared.codes.surnames import split_name
from shared.forms.model import QuestionType
from shared.policies import PrivacyClass

HIDDEN = "***"
"""Stands for a value of which nothing is shown, not even its length."""

AGE_BANDS = (
    (7, "0–6"), (14, "7–13"), (18, "14–17"),
    (35, "18–34"), (60, "35–59"), (70, "60–69"), (80, "70–79"),
)  # fmt: skip
OLDEST_BAND = "80+"

HAN_NAME_LENGTH_MAX = 5
ID_AREA_SHOWN = 4
ID_LENGTHS = (15, 18)
LANDLINE_TAIL_SHOWN = 2
LANDLINE_LENGTH_MIN = 7

NON_ANSWERS: tuple[Mapping[str, str], ...] = ({"missing": "declined"}, {"missing": "not_known"})
"""Not values: they say that there is none, and spare the person a second asking."""


def mask_answer(
    value: Answer, *, question: str, type: QuestionType, privacy: PrivacyClass, today: date
) -> Answer:
    """`value` as someone may see it who has not been given leave to see it whole.

    Classes P and I are shown. Of class N, names, phones, ID numbers and birth dates are masked
    by their own rules, other words, places and files are hidden, and codes and numbers are
    shown. Of class S nothing is shown but what those own rules leave.
    """
    if value is None or value in NON_ANSWERS or privacy in _OPEN:
        return value
    if question in _BIRTH_DATES:
        return _mask_birth_date(value, today)
    if mask := _MASKS.get(question):
        return mask(value) if isinstance(value, str) else HIDDEN
    if privacy is PrivacyClass.PERSONAL and type in _SHOWN_TYPES:
        return value
    return HIDDEN


def mask_name(name: str) -> str:
    """张三 as 张*, 欧阳修文 as 欧阳**. Other scripts keep their first letter: Li Fang as L**."""
    plain = name.strip()
    if len(plain) <= HAN_NAME_LENGTH_MAX and _HAN.fullmatch(plain):
        surname, given = split_name(plain)
        return surname + "*" * len(given) if given else "*"
    return plain[0] + "**" if len(plain) > 1 else "*" * len(plain)


def mask_phone(phone: str) -> str:
    """139****9000; a landline keeps its area code and two digits; what is neither is hidden."""
    number = normal_phone(phone)
    if not _DIGITS.fullmatch(number) or len(number) < LANDLINE_LENGTH_MIN:
        return HIDDEN
    if is_mobile(number):
        return f"{number[:3]}****{number[-4:]}"
    area = number[: 3 if number[1] in "12" else 4] if number[0] == "0" else ""
    tail = number[-LANDLINE_TAIL_SHOWN:]
    stars = "*" * (len(number) - len(area) - len(tail))
    return f"{area}-{stars}{tail}" if area else stars + tail


def mask_id_number(number: str) -> str:
    """The first four digits (province and prefecture) and stars, never a tail."""
    plain = normal_id_number(number)
    if len(plain) not in ID_LENGTHS or not _ID_SHAPE.fullmatch(plain):
        return HIDDEN
    return plain[:ID_AREA_SHOWN] + "*" * (len(plain) - ID_AREA_SHOWN)


def mask_numbers(words: str) -> str:
    """Free words with the phone and ID numbers in them masked: 王芳 139****9000."""
    masked = _NUMBER.sub(lambda found: _masked_number(found[0]), words)
    return words if masked == words else masked


def age_band(born: date, today: date) -> str:
    """The age band that stands for a birth date: "60–69", "80+"."""
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return next((band for below, band in AGE_BANDS if age < below), OLDEST_BAND)


def _mask_birth_date(value: Answer, today: date) -> str:
    try:
        return age_band(date.fromisoformat(str(value)), today)
    except ValueError:
        return HIDDEN


def _masked_number(number: str) -> str:
    if _ID_SHAPE.fullmatch(normal_id_number(number)):
        return mask_id_number(number)
    return mask_phone(number)


_OPEN = frozenset({PrivacyClass.PUBLIC, PrivacyClass.INTERNAL})
_SHOWN_TYPES = frozenset(
    {
        QuestionType.INTEGER,
        QuestionType.DECIMAL,
        QuestionType.RANGE,
        QuestionType.DATE,
        QuestionType.TIME,
        QuestionType.DATE_TIME,
        QuestionType.SELECT_ONE,
        QuestionType.SELECT_MULTIPLE,
        QuestionType.RANK,
        QuestionType.REFERENCE,
        QuestionType.ACKNOWLEDGE,
    }
)
_BIRTH_DATES = frozenset({"birth_date"})
_MASKS: dict[str, Callable[[str], str]] = {
    "head_name": mask_name,
    "name": mask_name,
    "landlord_name": mask_name,
    "phone": mask_phone,
    "landlord_phone": mask_phone,
    "id_number": mask_id_number,
}

_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003FFFF]+")
_DIGITS = re.compile(r"[0-9]+")
_ID_SHAPE = re.compile(r"[0-9]{14,17}[0-9X]")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9](?:[ -]?[0-9]{4}){2}"
    r"|0[0-9]{2,3}-?[0-9]{7,8})(?![0-9A-Za-z])"
)
"""An ID number, a mobile or a landline with its area code, in the middle of words."""
