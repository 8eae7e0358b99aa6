"""Answers: what was typed or sent, as the value that its question takes.

A value is JSON: text, number, ISO date, choice code, list of codes, place, record id, or an
explicit non-answer `{"missing": "declined"}` / `{"missing": "not_known"}`; None is no answer.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from shared.changes import Answer
from shared.forms.checks import normal_text
from shared.forms.model import Form, Question
from shared.forms.readers import READERS, TYPE_FAULTS, Asked, WrongAnswerError
from shared.forms.words import Words, sentence
from shared.records import is_missing


class Missing(StrEnum):
    """Why a question was left without an answer on purpose."""

    DECLINED = "declined"
    NOT_KNOWN = "not_known"


DECLINED: Mapping[str, str] = MappingProxyType({"missing": Missing.DECLINED.value})
NOT_KNOWN: Mapping[str, str] = MappingProxyType({"missing": Missing.NOT_KNOWN.value})


class Reading(Struct, frozen=True):
    """An answer as its question takes it, or what is wrong with it."""

    value: Answer = None
    fault: Words = {}
    """Empty when the answer can be taken."""
    key: str = ""
    """The fault's name, for those who count faults."""


def is_empty(raw: Answer) -> bool:
    """Whether it is no answer at all."""
    return raw is None or (isinstance(raw, str | list | tuple) and not raw)


def read_answer(form: Form, question: Question, raw: Answer) -> Reading:
    """`raw`, as a worker typed or chose it, as the value that the question takes."""
    reading = _typed(form, question, raw)
    if isinstance(reading.value, str) and question.check:
        return Reading(normal_text(question.check, reading.value))
    return reading


def read_sent(form: Form, question: Question, raw: Answer) -> Reading:
    """`raw`, as it came over the wire: a value of another JSON type is a fault.

    Nobody typed it, so nothing is guessed: "12" is not a number here.
    """
    reading = _typed(form, question, raw)
    if reading.fault or _alike(reading.value, raw):
        return reading
    key = TYPE_FAULTS.get(question.type, "not_text")
    return Reading(fault=sentence(key), key=key)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def _typed(form: Form, question: Question, raw: Answer) -> Reading:
    if isinstance(raw, str):
        raw = _clean(raw)
    if is_empty(raw):
        return Reading()
    if is_missing(raw):
        return _missing(question, raw)
    read = READERS.get(question.type)
    try:
        return Reading(raw if read is None else read(Asked(form, question), raw))
    except WrongAnswerError as wrong:
        return Reading(fault=sentence(wrong.key, **wrong.names), key=wrong.key)


def _clean(raw: str) -> str:
    """Without blanks around and without control characters, which no keyboard types."""
    return _CONTROL.sub("", raw).strip()


def _missing(question: Question, raw: Answer) -> Reading:
    why = raw.get("missing") if isinstance(raw, Mapping) else None
    if why == Missing.DECLINED:
        allowed, key = question.allow_declined, "no_decline"
    elif why == Missing.NOT_KNOWN:
        allowed, key = question.allow_not_known, "no_not_known"
    else:
        allowed, key = False, "not_text"
    return Reading({"missing": why}) if allowed else Reading(fault=sentence(key), key=key)


def _alike(value: Answer, raw: Answer) -> bool:
    if is_empty(value):
        return is_empty(raw) or (isinstance(raw, str) and not raw.strip())
    if isinstance(raw, bool) != isinstance(value, bool):
        return False
    if isinstance(value, list) and isinstance(raw, list | tuple):
        return sorted(map(str, value)) == sorted(map(str, raw))
    return value == (_clean(raw) if isinstance(raw, str) else raw)
