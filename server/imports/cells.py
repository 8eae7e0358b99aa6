"""What a cell of somebody's table says, as text, and that text as an answer."""

import re
from datetime import date, datetime, time
from unicodedata import normalize

TEXT_MAX = 500
"""Characters of one cell; more is cut, nobody's name is that long."""

CellValue = str | int | float | bool | date | datetime | time | None

_BLANKS = re.compile(r"\s+")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|<[^>]*>")
_PUNCTUATION = re.compile(r"[\s*:#.,;'\"/\\_&+-]+")
_UNITS = re.compile(r"[人口个名位]+$")
_NUMBER = re.compile(r"-?[0-9]+(?:\.0+)?")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")

CHINESE_DIGITS = {name: number for number, name in enumerate("零一二三四五六七八九十")} | {"两": 2}


def text_of(value: object) -> str:
    """A cell as the text that a person sees in it: 13800000000.0 is 13800000000."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e18:
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return _BLANKS.sub(" ", str(value)).strip()[:TEXT_MAX]


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as half-width ones, blanks at the ends cut."""
    return normalize("NFKC", text).strip()


def header_key(text: str) -> str:
    """What two spellings of one header have in common: no blanks, brackets or stars."""
    plain = normalize("NFKC", text).casefold()
    return _PUNCTUATION.sub("", _IN_BRACKETS.sub("", plain)) or _PUNCTUATION.sub("", plain)


def name_of(text: str) -> str:
    """A person's name: blanks within a Chinese name are only layout (张 三)."""
    plain = half_width(text)
    return plain if plain.isascii() else "".join(plain.split())


def whole_number(text: str) -> int | None:
    """A count of people: 3, 3.0, ３, 3人, 三口; None when it is no whole number."""
    plain = _UNITS.sub("", half_width(text).replace(" ", ""))
    if plain in CHINESE_DIGITS:
        return CHINESE_DIGITS[plain]
    return int(float(plain)) if _NUMBER.fullmatch(plain) else None


def day_of(text: str) -> str | None:
    """A date as YYYY-MM-DD: 2024/3/5, 2024年3月5日, 20240305; None when it is no day."""
    plain = half_width(text).replace(" ", "")
    found = _DAY.match(plain) or _COMPACT_DAY.fullmatch(plain)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None
