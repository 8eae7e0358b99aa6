"""Dates and times written out by a pattern, in the reader's language."""

from collections.abc import Callable
from datetime import datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def format_moment(moment: datetime, pattern: str, language: str) -> str:
    """The moment by a pattern of ODK's letters: %Y %y %m %n %b %d %e %a %H %h %M %S %3."""
    written, chars = [], iter(pattern)
    for char in chars:
        letter = next(chars, "%") if char == "%" else None
        if letter is None:
            written.append(char)
        elif letter in _LETTERS:
            written.append(_LETTERS[letter](moment, language))
        else:
            written.append("%" if letter == "%" else f"%{letter}")
    return "".join(written)


def _month(moment: datetime, language: str) -> str:
    return f"{moment.month}月" if language.startswith("zh") else MONTHS[moment.month - 1]


def _weekday(moment: datetime, language: str) -> str:
    names = WEEKDAYS_ZH if language.startswith("zh") else WEEKDAYS
    return names[moment.weekday()]


_LETTERS: dict[str, Callable[[datetime, str], str]] = {
    "Y": lambda moment, _: f"{moment.year:04}",
    "y": lambda moment, _: f"{moment.year % 100:02}",
    "m": lambda moment, _: f"{moment.month:02}",
    "n": lambda moment, _: str(moment.month),
    "b": _month,
    "d": lambda moment, _: f"{moment.day:02}",
    "e": lambda moment, _: str(moment.day),
    "a": _weekday,
    "H": lambda moment, _: f"{moment.hour:02}",
    "h": lambda moment, _: str(moment.hour),
    "M": lambda moment, _: f"{moment.minute:02}",
    "S": lambda moment, _: f"{moment.second:02}",
    "3": lambda moment, _: f"{moment.microsecond // 1000:03}",
}
