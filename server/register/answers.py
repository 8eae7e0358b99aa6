"""Whether a change's answers are as its form wants them, at the pace of a push.

`shared.forms.validation` decides. Most answers are plain texts and codes that came up a moment
ago, so those that are certainly good are told apart first and are not asked about again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import TypeAlias

from msgspec import Struct

from shared.changes import Answer
from shared.forms.checks import fault_of
from shared.forms.model import Form, QuestionType
from shared.forms.readers import TEXT_CHARS_MAX
from shared.forms.scope import Moment
from shared.forms.units import stands_alone
from shared.forms.validation import Problem, check_units

CHINA = timezone(timedelta(hours=8))
"""Whose day it is when a date is judged. China has one time zone and no summer time."""
REMEMBERED_MAX = 50_000
_DAY_MS = 24 * 60 * 60 * 1000
_CHINA_MS = 8 * 60 * 60 * 1000
DATE_LENGTH = 10

Test: TypeAlias = Callable[[Answer, date], bool]
"""Whether an answer is certainly good; False says nothing."""


class Answers:
    """Judges the answers of one version of a form."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._tests = {unit: _test_of(form, unit) for unit in form.units}
        self._today = _Today(-1, date.min, set())

    def problems(self, units: Mapping[str, Answer], at: int) -> list[Problem]:
        """What is wrong with answers that were given at that time, ms since the epoch."""
        today, tests = self._day_of(at), self._tests
        doubtful = {}
        for unit, value in units.items():
            if unit not in tests or value is None:
                continue  # a newer form asked for it, or nothing was said
            test = tests[unit]
            if test is not None and test(value, today.date):
                continue
            if (unit, _key(value)) not in today.remembered:
                doubtful[unit] = value
        return self._found(doubtful, at, today.remembered) if doubtful else []

    def _found(
        self, doubtful: dict[str, Answer], at: int, remembered: set[tuple[str, Answer]]
    ) -> list[Problem]:
        now = datetime.fromtimestamp(at / 1000, CHINA)
        found = check_units(self._form, doubtful, Moment(now))
        if not found and len(remembered) < REMEMBERED_MAX:
            keys = ((unit, _key(value)) for unit, value in doubtful.items())
            remembered.update(key for key in keys if key[1] is not _NO_KEY)
        return found

    def _day_of(self, at: int) -> "_Today":
        number, today = (at + _CHINA_MS) // _DAY_MS, self._today
        if number != today.number:  # what is good may depend on the day
            day = datetime.fromtimestamp(at / 1000, CHINA).date()
            today = self._today = _Today(number, day, set())
        return today


class _Today(Struct, frozen=True):
    """One day, and the answers that were good on it, by unit."""

    number: int
    date: date
    remembered: set[tuple[str, Answer]]


def _test_of(form: Form, unit: str) -> Test | None:
    members = form.units[unit]
    question = members[0]
    if question.constraint or not stands_alone(unit, members):
        return None
    if question.type is QuestionType.SELECT_ONE and not question.choice_nodes:
        codes = {choice.name for choice in form.choices.get(question.choice_list, ())}
        return partial(_is_among, frozenset(codes))
    if question.type is QuestionType.TEXT and question.check == "phone":
        return _is_mobile
    if question.type is QuestionType.TEXT:
        return partial(_is_checked_text, question.check) if question.check else _is_text
    return _TESTS.get(question.type)


def _key(value: Answer) -> Answer:
    """The answer to remember it by, or something that no answer is. 1 and true are two answers."""
    if type(value) is str or type(value) is int:
        return value
    if type(value) is list and all(type(code) is str for code in value):
        return tuple(value)
    return _NO_KEY


_NO_KEY = object()


def _is_among(codes: frozenset[str], value: Answer, _: date) -> bool:
    return type(value) is str and value in codes


def _is_text(value: Answer, _: date) -> bool:
    return type(value) is str and len(value) <= TEXT_CHARS_MAX and value.isprintable()


def _is_mobile(value: Answer, _: date) -> bool:
    return type(value) is str and _MOBILE.fullmatch(value) is not None


def _is_checked_text(check: str, value: Answer, today: date) -> bool:
    return _is_text(value, today) and not fault_of(check, str(value), today)


def _is_reference(value: Answer, _: date) -> bool:
    return type(value) is str and _UUID.fullmatch(value) is not None


def _is_date(value: Answer, _: date) -> bool:
    if type(value) is not str or len(value) != DATE_LENGTH:
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


_TESTS: Mapping[QuestionType, Test] = {
    QuestionType.REFERENCE: _is_reference,
    QuestionType.DATE: _is_date,
}
_MOBILE = re.compile("1[3-9][0-9]{9}")
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
