"""Answers as people read them: the form's own labels, codes as words, and what is masked."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TypeAlias

from babel.support import LazyProxy
from msgspec import Struct
from starlette.requests import Request

from server.clock import now_ms
from server.console.desk import allowed
from server.console.words import TOWN_ZONE, date_and_time, day, language, millis, say, town_time
from server.office import sight
from server.office.roles import Action
from server.register.published import Published
from shared.changes import ALIAS, DELETED, GRID, Answer
from shared.files import FileRef, file_ref, files_named
from shared.forms.instances import repeat_name, rows_text
from shared.forms.model import Form, Question, QuestionType, Repeat
from shared.merge import Rules
from shared.privacy import NON_ANSWERS

NAMES = frozenset({"head_name", "name", "landlord_name"})
ALWAYS_MASKED = sight.ALWAYS_MASKED
RESERVED = {GRID: "unit.grid", DELETED: "unit.deleted", ALIAS: "unit.alias", "@note": "unit.note"}
NO_TITLES: Mapping[str, str] = MappingProxyType({})

_published: ContextVar[Mapping[str, Published]] = ContextVar("published")


Sight: TypeAlias = sight.Sight
"""How much of an answer its reader is shown."""


def sight_of(request: Request) -> Sight:
    """What the one who asks sees by default."""
    return Sight.DESK if allowed(request, Action.REVEAL) else Sight.MASKED


def use_forms(published: Mapping[str, Published]) -> None:
    """The forms that this request goes by: those of the reader's town, read once."""
    _published.set(published)


def form_of(kind: str) -> Form | None:
    """The current form of a kind, or None while none is published."""
    published = _published.get(NO_FORMS).get(kind)
    return published.form if published else None


def rules_of(kind: str) -> Rules:
    """How the answers of a kind merge, and which of them is shown."""
    published = _published.get(NO_FORMS).get(kind)
    return published.rules if published else Rules()


def question_of(kind: str, unit: str) -> Question | None:
    """The question that a unit is named after."""
    form = form_of(kind)
    members = form.units.get(unit, ()) if form is not None else ()
    return members[0] if members else None


def label(kind: str, unit: str) -> str:
    """What the form calls a unit."""
    if unit in RESERVED:
        return say(RESERVED[unit])
    form, question = form_of(kind), question_of(kind, unit)
    if form is not None and unit in form.repeats:
        return repeat_name(form, form.repeats[unit], language())
    if form is None or question is None:
        return unit
    return form.words(question.label, language()) or unit


def lazy_label(kind: str, unit: str) -> LazyProxy:
    """The same, for what is made once at the start."""
    return LazyProxy(label, kind, unit, enable_cache=False)


def choices(kind: str, unit: str) -> list[tuple[str, str]]:
    """The codes that a unit may have, each with its label."""
    form, question = form_of(kind), question_of(kind, unit)
    if form is None or question is None:
        return []
    listed = form.choices.get(question.choice_list, ())
    return [(choice.name, form.words(choice.label, language())) for choice in listed]


def kind_name(kind: str) -> str:
    """What a kind of record is called."""
    return say(f"kind.{kind}")


class Reader(Struct, frozen=True):
    """Someone who reads answers: how much they see, and the names of records referred to."""

    sight: Sight = Sight.MASKED
    titles: Mapping[str, str] = NO_TITLES

    def text(self, kind: str, unit: str, value: Answer) -> str:
        """An answer as this reader sees it."""
        if value is None or value in ("", []):
            return say("app.empty")
        if isinstance(value, Mapping) and value in NON_ANSWERS:
            return say(f"answer.{value['missing']}")
        if unit in RESERVED:
            return _reserved_text(unit, value, self.titles)
        seen, form = seen_answer(kind, unit, value, self.sight), form_of(kind)
        if form is not None and unit in form.repeats:
            return _rows(form, form.repeats[unit], seen)
        return self._one(kind, unit, seen, whole=seen is value)

    def _one(self, kind: str, unit: str, value: Answer, *, whole: bool) -> str:
        """The answer to a question; `whole`: nothing of it is masked."""
        question = question_of(kind, unit)
        if not whole or question is None:
            return _plain(value)
        if question.type is QuestionType.REFERENCE:
            return self.titles.get(str(value), say("answer.other_record"))
        write = _WRITERS.get(question.type)
        return write(kind, unit, value) if write is not None else _plain(value)


def seen_answer(kind: str, unit: str, value: Answer, seen_as: Sight) -> Answer:
    """The answer, or what stands for it where its reader may not see it whole."""
    today = town_time(now_ms()).date()
    return sight.seen_answer(form_of(kind), unit, value, sight=seen_as, today=today)


def seen_files(kind: str, unit: str, value: Answer, seen_as: Sight) -> tuple[FileRef, ...]:
    """The files that an answer names, as far as its reader may see it whole."""
    return tuple(files_named(value)) if seen_answer(kind, unit, value, seen_as) is value else ()


def _rows(form: Form, repeat: Repeat, rows: Answer) -> str:
    def said(question: Question, value: Answer) -> str:
        codes = value if isinstance(value, list | tuple) else [value]
        chosen = [form.choice(question, str(code)) for code in codes]
        labels = [form.words(choice.label, language()) for choice in chosen if choice]
        return say("app.comma").join(labels) if labels else _plain(value)

    return rows_text(form, repeat, rows, language=language(), said=said)


def _one_label(kind: str, unit: str, value: Answer) -> str:
    return dict(choices(kind, unit)).get(str(value), str(value))


def _many_labels(kind: str, unit: str, value: Answer) -> str:
    if not isinstance(value, list | tuple):
        return _plain(value)
    named = dict(choices(kind, unit))
    return say("app.comma").join(named.get(str(code), str(code)) for code in value)


def _place(_kind: str, _unit: str, value: Answer) -> str:
    if not isinstance(value, Mapping):
        return _plain(value)
    return f"{value.get('lat')}, {value.get('lon')} (±{value.get('accuracy')} m)"


def _date(_kind: str, _unit: str, value: Answer) -> str:
    try:
        on = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return day(millis(datetime.combine(on, time(), TOWN_ZONE)))


def _date_time(_kind: str, _unit: str, value: Answer) -> str:
    try:
        return date_and_time(millis(datetime.fromisoformat(str(value))))
    except ValueError:
        return str(value)


_WRITERS: Mapping[QuestionType, Callable[[str, str, Answer], str]] = MappingProxyType(
    {
        QuestionType.SELECT_ONE: _one_label,
        QuestionType.SELECT_MULTIPLE: _many_labels,
        QuestionType.GEOPOINT: _place,
        QuestionType.DATE: _date,
        QuestionType.DATE_TIME: _date_time,
    }
)


def _reserved_text(unit: str, value: Answer, titles: Mapping[str, str]) -> str:
    if unit == DELETED:
        return say("answer.deleted" if value is True else "answer.kept")
    if unit == GRID and isinstance(value, list | tuple):
        return titles.get(str(value[-1]), say("answer.other_grid"))
    return titles.get(str(value), _plain(value))


def _plain(value: Answer) -> str:
    if isinstance(value, bool):
        return say("app.yes" if value else "app.no")
    if isinstance(value, list | tuple):
        return say("app.comma").join(_plain(part) for part in value)
    ref = file_ref(value)
    if ref is not None:
        return say("record.file", name=ref.file_name, kilobytes=-(-ref.size // 1024))
    if isinstance(value, Mapping):
        return say("app.comma").join(f"{name}: {_plain(part)}" for name, part in value.items())
    return str(value)


NO_FORMS: Mapping[str, Published] = MappingProxyType({})
