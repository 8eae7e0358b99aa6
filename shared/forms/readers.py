"""Reading one answer of each question type: what it must be, and how it is kept."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from unicodedata import normalize
from uuid import UUID

from msgspec import Struct

from shared.changes import Answer
from shared.files import file_ref
from shared.forms.model import Form, Question, QuestionType
from shared.forms.register_lists import COLUMNS

TEXT_CHARS_MAX = 10_000
INTEGER_MAX = 2**53 - 1
"""The greatest whole number that every JSON reader holds exactly."""
POINTS_MAX = 10_000
ACKNOWLEDGED = "OK"


class WrongAnswerError(ValueError):
    """An answer that its question cannot take; `key` names the sentence that says why."""

    def __init__(self, key: str, **names: object) -> None:
        super().__init__(key)
        self.key = key
        self.names = names


class Asked(Struct, frozen=True):
    """The question being read, in its form."""

    form: Form
    question: Question


def _text(_: Asked, raw: Answer) -> Answer:
    if not isinstance(raw, str):
        raise WrongAnswerError("not_text")
    if len(raw) > TEXT_CHARS_MAX:
        raise WrongAnswerError("too_long", most=TEXT_CHARS_MAX)
    return raw


def _integer(_: Asked, raw: Answer) -> Answer:
    number = _as_number(raw, "not_integer")
    if not number.is_integer() or abs(number) > INTEGER_MAX:
        raise WrongAnswerError("not_integer")
    return int(number)


def _decimal(_: Asked, raw: Answer) -> Answer:
    number = _as_number(raw, "not_decimal")
    return int(number) if number.is_integer() and abs(number) <= INTEGER_MAX else number


def _range(asked: Asked, raw: Answer) -> Answer:
    number = _as_number(raw, "not_decimal")
    limits = asked.question.parameters
    if "start" in limits and number < float(limits["start"]):
        raise WrongAnswerError("too_small", least=limits["start"])
    if "end" in limits and number > float(limits["end"]):
        raise WrongAnswerError("too_large", most=limits["end"])
    return int(number) if number.is_integer() else number


def _as_number(raw: Answer, fault: str) -> float:
    if isinstance(raw, str):
        plain = normalize("NFKC", raw).replace(" ", "")
        raw = float(plain) if _NUMBER.fullmatch(plain) else None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise WrongAnswerError(fault)
    if not math.isfinite(raw) or abs(raw) > _FLOAT_MAX:
        raise WrongAnswerError(fault)
    return float(raw)


def _date(_: Asked, raw: Answer) -> Answer:
    written = _DATE.fullmatch(normalize("NFKC", raw)) if isinstance(raw, str) else None
    if written is None:
        raise WrongAnswerError("not_date")
    try:
        return date(*(int(part) for part in written.groups())).isoformat()
    except ValueError as error:
        raise WrongAnswerError("not_date") from error


def _time(_: Asked, raw: Answer) -> Answer:
    try:
        read = time.fromisoformat(normalize("NFKC", raw)) if isinstance(raw, str) else None
    except ValueError:
        read = None
    if read is None:
        raise WrongAnswerError("not_time")
    return read.isoformat(timespec="milliseconds" if read.microsecond else "auto")


def _date_time(_: Asked, raw: Answer) -> Answer:
    try:
        read = datetime.fromisoformat(raw) if isinstance(raw, str) and len(raw) > 10 else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is None or not isinstance(raw, str):
        raise WrongAnswerError("not_date_time")
    return raw


def _choice(asked: Asked, raw: Answer) -> Answer:
    if asked.question.choice_nodes and isinstance(raw, str):
        return _text(asked, raw)  # another answer of this record: only the whole form knows
    if asked.question.choice_list in COLUMNS:
        return _reference(asked, raw)
    if not isinstance(raw, str) or asked.form.choice(asked.question, raw) is None:
        raise WrongAnswerError("not_choice", code=str(raw)[:40])
    return raw


def _choices(asked: Asked, raw: Answer) -> Answer:
    """In the order of the list, in whichever order they were ticked: they are a set."""
    chosen = dict.fromkeys(_codes(asked, raw))
    offered = asked.form.choices.get(asked.question.choice_list, ()) if len(chosen) > 1 else ()
    listed = dict.fromkeys(choice.name for choice in offered if choice.name in chosen)
    return list(listed | chosen)


def _ranking(asked: Asked, raw: Answer) -> Answer:
    return list(dict.fromkeys(_codes(asked, raw)))


def _codes(asked: Asked, raw: Answer) -> list[str]:
    codes = raw.split() if isinstance(raw, str) else raw
    if not isinstance(codes, list | tuple):
        raise WrongAnswerError("not_choice", code=str(raw)[:40])
    return [str(_choice(asked, code)) for code in codes]


def _reference(_: Asked, raw: Answer) -> Answer:
    if not isinstance(raw, str):
        raise WrongAnswerError("not_reference")
    try:
        return str(UUID(raw))
    except ValueError as error:
        raise WrongAnswerError("not_reference") from error


def _file(asked: Asked, raw: Answer) -> Answer:
    ref = file_ref(raw)
    if ref is None or not ref.type.startswith(_FILE_TYPES.get(asked.question.type, "")):
        raise WrongAnswerError("not_file")
    return ref.answer


def _point(_: Asked, raw: Answer) -> Answer:
    """A place; as text its latitude, longitude, and maybe height and accuracy."""
    if isinstance(raw, str):
        parts = normalize("NFKC", raw).replace(",", " ").split()
        raw = dict(zip(("lat", "lon", "alt", "accuracy"), parts, strict=False))
    if not isinstance(raw, Mapping) or not raw.keys() <= {"lat", "lon", "accuracy", "alt"}:
        raise WrongAnswerError("not_place")
    point = {name: _as_number(raw[name], "not_place") for name in raw if raw[name] is not None}
    if not (abs(point.get("lat", 91)) <= 90 and abs(point.get("lon", 181)) <= 180):
        raise WrongAnswerError("not_place")
    if point.get("accuracy", 0) < 0:
        raise WrongAnswerError("not_place")
    return {"lat": point["lat"], "lon": point["lon"], "accuracy": point.get("accuracy")} | {
        name: point[name] for name in ("alt",) if name in point
    }


def _points(asked: Asked, raw: Answer) -> Answer:
    if isinstance(raw, str):
        raw = [part for part in raw.split(";") if part.strip()]
    if not isinstance(raw, Sequence) or len(raw) > POINTS_MAX:
        raise WrongAnswerError("not_place")
    return [_point(asked, point) for point in raw]


def _acknowledged(_: Asked, raw: Answer) -> Answer:
    if raw is not True and raw != ACKNOWLEDGED:
        raise WrongAnswerError("not_text")
    return ACKNOWLEDGED


def _nothing(_: Asked, __: Answer) -> Answer:
    raise WrongAnswerError("not_answer")


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_NUMBER = re.compile(r"[-+]?(\d{1,20}\.?\d{0,20}|\.\d{1,20})", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_FLOAT_MAX = 1e300
_FILE_TYPES = {
    QuestionType.IMAGE: "image/",
    QuestionType.AUDIO: "audio/",
    QuestionType.VIDEO: "video/",
}
"""A question of type `file` takes any."""

READERS: dict[QuestionType, Callable[[Asked, Answer], Answer]] = {
    QuestionType.TEXT: _text,
    QuestionType.BARCODE: _text,
    QuestionType.METADATA: _text,
    QuestionType.INTEGER: _integer,
    QuestionType.DECIMAL: _decimal,
    QuestionType.RANGE: _range,
    QuestionType.DATE: _date,
    QuestionType.TIME: _time,
    QuestionType.DATE_TIME: _date_time,
    QuestionType.SELECT_ONE: _choice,
    QuestionType.SELECT_MULTIPLE: _choices,
    QuestionType.RANK: _ranking,
    QuestionType.REFERENCE: _reference,
    QuestionType.GEOPOINT: _point,
    QuestionType.GEOTRACE: _points,
    QuestionType.GEOSHAPE: _points,
    QuestionType.IMAGE: _file,
    QuestionType.AUDIO: _file,
    QuestionType.VIDEO: _file,
    QuestionType.FILE: _file,
    QuestionType.ACKNOWLEDGE: _acknowledged,
    QuestionType.NOTE: _nothing,
}
"""Types without a reader (calculate, hidden, unsupported) keep what they get."""

TYPE_FAULTS = {
    QuestionType.INTEGER: "not_integer",
    QuestionType.DECIMAL: "not_decimal",
    QuestionType.RANGE: "not_decimal",
}
