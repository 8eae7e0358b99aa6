"""A form filled in without a phone: the test bench of those who design forms."""

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from shared.changes import Answer
from shared.forms.logic import FormState, QuestionState
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.forms.words import NO_WORDS

SEED = "trial"


class UnknownPathError(LookupError):
    """An answer for a question that the form does not have."""


class TriedChoice(Struct, frozen=True):
    """A choice that is offered."""

    name: str
    label: str


class Tried(Struct, frozen=True):
    """How one question stands at the end."""

    path: str
    name: str
    relevant: bool
    required: bool
    readonly: bool
    value: Answer
    label: str
    choices: tuple[TriedChoice, ...]
    valid: bool
    message: str


def try_form(
    form: Form, answers: Mapping[str, Answer], *, language: str = "", now: datetime
) -> tuple[Tried, ...]:
    """Fills the form with the answers in their order, and tells how every question stands.

    Answers are given by path ("housing/rent", "member[2]/name"; a name that is there once will
    do). Instances are added as they are answered. Raises UnknownPathError.
    """
    reader = language or form.default_language
    state = FormState.fresh(form, Moment(now, reader, SEED))
    for path, answer in answers.items():
        state.answer(_key(state, path), answer)
    paths = {key: path for path, key in state.places().items()}
    return tuple(_tried(state, one, paths[one.key], reader) for one in state.all_questions())


def _key(state: FormState, path: str) -> str:
    wanted = path.strip().strip("/").removeprefix("data/")
    for found in re.finditer(r"\[(\d{1,4})\]", wanted):
        _have_instances(state, wanted[: found.start()], int(found[1]))
    key = _found(state, wanted)
    if key is None:
        raise UnknownPathError(path)
    return key


def _found(state: FormState, path: str) -> str | None:
    places = state.places()
    if path in places:
        return places[path]
    ends = [key for place, key in places.items() if place.endswith(f"/{path}") or key == path]
    return ends[0] if len(ends) == 1 else None


def _have_instances(state: FormState, repeat: str, wanted: int) -> None:
    key = _found(state, repeat)
    if key is None:
        raise UnknownPathError(repeat)
    while f"{key}[{wanted}]/" not in _instances(state, key) and state.add(key):
        pass


def _instances(state: FormState, repeat: str) -> set[str]:
    start = f"{repeat}["
    keys = (one.key for one in state.all_questions() if one.key.startswith(start))
    return {start + key.removeprefix(start).partition("]")[0] + "]/" for key in keys}


def _tried(state: FormState, one: QuestionState, path: str, language: str) -> Tried:
    message = one.message if one.relevant else NO_WORDS
    value = (one.answer if one.value is None else one.value) if one.relevant else None
    return Tried(
        path=path,
        name=one.question.path.rpartition("/")[2],
        relevant=one.relevant,
        required=one.required,
        readonly=one.readonly,
        value=value,
        label=one.label,
        choices=tuple(
            TriedChoice(choice.name, state.form.words(choice.label, language))
            for choice in one.choices
        ),
        valid=not message,
        message=state.form.words(message, language) if message else "",
    )
