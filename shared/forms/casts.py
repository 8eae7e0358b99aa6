"""Conversions between the value types of expressions, with the meaning that XForms gives them.

A date is the number of days since 1970-01-01 wherever a number is wanted, so that
`today() - ${birth_date}` and `. <= today()` say what a form's author means.
"""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TypeAlias

from shared.forms.instance import Element

Value: TypeAlias = str | float | bool | tuple[Element, ...]
"""What an expression can yield: a text, a number, a truth or elements of the form."""

FALSE_TEXTS = frozenset({"", "0", "false"})
"""What an answer reads when it counts as false: nothing, the number 0, a false calculation."""


def to_text(value: Value) -> str:
    """The value as text; of several elements the first."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return value[0].value if value else ""
    return _number_text(value)


def texts(values: Iterable[Value]) -> Iterator[str]:
    """Every value as text, element by element."""
    for value in values:
        if isinstance(value, tuple):
            yield from (element.value for element in value)
        else:
            yield to_text(value)


def to_number(value: Value, zone: tzinfo) -> float:
    """The value as a number, NaN where it is none; a date counts its days."""
    if isinstance(value, bool | float):
        return float(value)
    text = to_text(value).strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    return days_of(text, zone)


def to_truth(value: Value) -> bool:
    """The value as a truth."""
    if isinstance(value, tuple):
        return bool(value) and value[0].value not in FALSE_TEXTS
    if isinstance(value, str):
        return value != ""
    return bool(value) and not math.isnan(value)


def days_of(text: str, zone: tzinfo) -> float:
    """An ISO date or dateTime as days since 1970-01-01 in `zone`, a time as the part of a day.

    NaN when it is none of them.
    """
    if _TIME.match(text):
        days = days_of(f"1970-01-01T{text}", zone)
        return days - math.floor(days) if math.isfinite(days) else math.nan
    if not _ISO.match(text):
        return math.nan
    try:
        if len(text) == _DATE_LENGTH:
            return float((date.fromisoformat(text) - _EPOCH.date()).days)
        return (_local(datetime.fromisoformat(text), zone) - _EPOCH) / timedelta(days=1)
    except ValueError:
        return math.nan


def moment_of(value: Value, zone: tzinfo) -> datetime | None:
    """The local date and time that a value stands for, None when it stands for none."""
    days = to_number(value, zone)
    if math.isnan(days) or abs(days) > _DAYS_MAX:
        return None
    return _EPOCH + timedelta(days=days)


def with_zone(text: str, zone: tzinfo) -> str:
    """A dateTime that names no time zone, in `zone`; any other text as it is."""
    if not _ISO.match(text):
        return text
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if read.tzinfo is not None else read.replace(tzinfo=zone).isoformat()


def zone_of(now: datetime) -> tzinfo:
    """The time zone of an aware datetime."""
    return now.tzinfo or UTC


_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(?![\d-])", re.ASCII)
_DATE_LENGTH = 10
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local wall time, as forms reckon
_DAYS_MAX = 700_000
"""Days from the epoch that a calendar of four-digit years can hold."""


def _local(when: datetime, zone: tzinfo) -> datetime:
    return when if when.tzinfo is None else when.astimezone(zone).replace(tzinfo=None)


def _number_text(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) < _EXACT_MAX:
        return str(int(number))
    return format(number, ".15g")


_EXACT_MAX = 1e15
"""Below it a float holds every whole number exactly."""
