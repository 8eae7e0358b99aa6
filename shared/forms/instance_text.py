"""Answers as the text that expressions see, and what expressions compute as answers."""

import math
from collections.abc import Mapping
from datetime import tzinfo

from shared.changes import Answer
from shared.files import file_ref
from shared.forms.casts import Value, moment_of, to_text
from shared.forms.model import Form, Question, QuestionType
from shared.forms.values import Reading, is_empty, read_answer
from shared.records import is_missing


def as_text(answer: Answer) -> str:
    """The answer as it stands in the instance; an explicit non-answer reads as empty."""
    if is_empty(answer) or is_missing(answer):
        return ""
    if isinstance(answer, bool | str):
        return to_text(answer)
    if isinstance(answer, int | float):
        return to_text(float(answer))
    if isinstance(answer, Mapping):
        ref = file_ref(answer)
        point = " ".join(as_text(answer.get(name) or 0) for name in _POINT)
        return point if ref is None else ref.file_name
    if isinstance(answer, list | tuple):
        between = "; " if any(isinstance(part, Mapping) for part in answer) else " "
        return between.join(as_text(part) for part in answer)
    return ""


def as_answer(form: Form, question: Question, value: Value, zone: tzinfo) -> Reading:
    """What an expression computed, as an answer to the question."""
    if isinstance(value, float) and not math.isfinite(value):
        return Reading()
    if question.type in {QuestionType.CALCULATE, QuestionType.HIDDEN}:
        return Reading(_plain(value))
    if question.type is QuestionType.DATE:
        moment = moment_of(value, zone)
        return Reading(None if moment is None else moment.date().isoformat())
    if question.type is QuestionType.INTEGER and isinstance(value, float):
        value = float(math.trunc(value))  # as in ODK: what is behind the point is left off
    text = to_text(value)
    if question.type is QuestionType.GEOPOINT:
        return read_answer(form, question, _point(text))
    return read_answer(form, question, text)


_POINT = ("lat", "lon", "alt", "accuracy")


def _plain(value: Value) -> Answer:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, float) else to_text(value) or None


def _point(text: str) -> Answer:
    parts = text.split()
    if len(parts) < 2:
        return None
    return dict(zip(_POINT, parts, strict=False))
