"""Whether a change's answers are as its form wants them, at the pace of a push.

`shared.forms.validation` decides. Most answers are plain texts and codes that came up a moment
ago, so those that are certainly good are told apart first and are not asked about again.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from functools import partial
from typing import TypeAlias

from shared.changes import Answer
from shared.forms.checks import fault_of
from shared.forms.model import Form, Question, QuestionType
from shared.forms.readers import TEXT_CHARS_MAX
from shared.forms.scope import Moment
from shared.forms.units import stands_alone
from shared.forms.validation import Problem, check_units

CHINA = timezone(timedelta(hours=8))
"""Whose day it is when a date is judged. China has one time zone and no summer time."""
REMEMBERED_MAX = 50_000
DATE_LENGTH = 10

Test: TypeAlias = Callable[[Answer, date], bool]
"""Whether an answer is certainly good; False says nothing."""


class Answers:
    """Judges the answers of one version of a form."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._tests = {
            unit: test
            for unit, members in form.units.items()
            if stands_alone(unit, members) and (test := _test_of(members[0])) is not None
        }
        self._day = date.min
        self._remembered: set[tuple[str, Answer]] = set()
        """Answers that were good on that day, by unit."""

    def problems(self, units: Mapping[str, Answer], at: int) -> list[Problem]:
        """What is wrong with answers that were given at that time, ms since the epoch."""
        now = datetime.fromtimestamp(at / 1000, CHINA)
        today = now.date()
        remembered = self._remembered_on(today)
        tests, asked = self._tests, self._form.units
        doubtful = {
            unit: value
            for unit, value in units.items()
            if unit in asked
            and value is not None
            and not (unit in tests and tests[unit](value, today))
            and (unit, _key(value)) not in remembered
        }
        if not doubtful:
            return []
        found = check_units(self._form, doubtful, Moment(now))
        if not found and len(remembered) < REMEMBERED_MAX:
            keys = ((unit, _key(value)) for unit, value in doubtful.items())
            remembered.update(key for key in keys if key[1] is not _NO_KEY)
        return found

    def _remembered_on(self, day: date) -> set[tuple[str, Answer]]:
        if day != self._day:  # what is good may depend on the day
            self._day, self._remembered = day, set()
        return self._remembered


def _test_of(question: Question) -> Test | None:
    if question.constraint:
        return None
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
