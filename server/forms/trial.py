"""A form filled in without a phone: the test bench of those who design forms."""

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from shared.changes import Answer
from shared.files import FileRef, clean_name, file_ref
from shared.forms.instance_text import as_text
from shared.forms.logic import FormState, QuestionState
from shared.forms.model import Form, QuestionType
from shared.forms.scope import Moment
from shared.forms.words import NO_WORDS, UNTRANSLATED
from shared.records import is_missing

SEED = "trial"


_WORDED = frozenset(
    {
        QuestionType.TEXT, QuestionType.BARCODE, QuestionType.SELECT_ONE,
        QuestionType.SELECT_MULTIPLE, QuestionType.RANK, QuestionType.HIDDEN,
    }
)  # fmt: skip
_FILES = {
    QuestionType.IMAGE: "image/jpeg",
    QuestionType.AUDIO: "audio/mp4",
    QuestionType.VIDEO: "video/mp4",
    QuestionType.FILE: "application/pdf",
}


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
    form: Form,
    answers: Mapping[str, Answer],
    *,
    language: str = "",
    now: datetime,
    spoken: str = "zh",
) -> tuple[Tried, ...]:
    """Fills the form with the answers in their order, and tells how every question stands.

    Answers are given by path ("housing/rent", "member[2]/name"; a name that is there once will
    do). Instances are added as they are answered. `spoken`: the language of our own sentences
    where the form has none of its own. Raises UnknownPathError.
    """
    reader = language or form.default_language
    state = FormState.fresh(form, Moment(now, reader, SEED))
    given: dict[str, Answer] = {}
    waiting = list(answers.items())
    while waiting:
        later = [one for one in waiting if not _take(state, *one, given)]
        if len(later) == len(waiting):
            raise UnknownPathError(later[0][0])
        waiting = later
    paths = {key: path for path, key in state.places().items()}
    teller = _Teller(form, reader if reader != UNTRANSLATED else spoken, given)
    return tuple(teller.tried(one, paths[one.key]) for one in state.all_questions())


def _take(state: FormState, path: str, answer: Answer, given: dict[str, Answer]) -> bool:
    """Gives one answer; False when the instance it is for is not there yet."""
    key = _key(state, path)
    if key is None:
        return False
    given[key] = answer
    state.answer(key, _as_its_type(state.form, state, key, answer))
    return True


def _as_its_type(form: Form, state: FormState, key: str, answer: Answer) -> Answer:
    """A number where a text or a code is asked stands for its digits; a name, for its file."""
    if form.repeats.get(key) is not None:
        return answer
    kind = state.question(key).question.type
    if kind in _WORDED and isinstance(answer, int | float) and not isinstance(answer, bool):
        return as_text(answer)
    if kind in _WORDED and isinstance(answer, list):
        return [as_text(one) if isinstance(one, int | float) else one for one in answer]
    if kind in _FILES and isinstance(answer, str) and answer.strip():
        return FileRef("0" * 64, 1, _FILES[kind], clean_name(answer)).answer
    return answer


def _key(state: FormState, path: str) -> str | None:
    """The key of the question at that path; None for an instance beyond what the form counts."""
    wanted = path.strip().strip("/").removeprefix("data/")
    for found in re.finditer(r"\[(\d{1,4})\]", wanted):
        if not _have_instances(state, wanted[: found.start()], int(found[1])):
            return None
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


def _have_instances(state: FormState, repeat: str, wanted: int) -> bool:
    key = _found(state, repeat)
    if key is None:
        raise UnknownPathError(repeat)
    if not state.counted(key):
        while f"{key}[{wanted}]/" not in _instances(state, key) and state.add(key):
            pass
    return f"{key}[{wanted}]/" in _instances(state, key)


def _instances(state: FormState, repeat: str) -> set[str]:
    start = f"{repeat}["
    keys = (one.key for one in state.all_questions() if one.key.startswith(start))
    return {start + key.removeprefix(start).partition("]")[0] + "]/" for key in keys}


class _Teller(Struct, frozen=True):
    """Puts into words how questions stand."""

    form: Form
    language: str
    given: Mapping[str, Answer]

    def tried(self, one: QuestionState, path: str) -> Tried:
        """How that question stands."""
        message = one.message if one.relevant else NO_WORDS
        return Tried(
            path=path,
            name=one.question.path.rpartition("/")[2],
            relevant=one.relevant,
            required=one.required,
            readonly=one.readonly,
            value=self._value(one) if one.relevant else None,
            label=one.label,
            choices=tuple(
                TriedChoice(choice.name, self.form.words(choice.label, self.language))
                for choice in one.choices
            ),
            valid=not message,
            message=self.form.words(message, self.language) if message else "",
        )

    def _value(self, one: QuestionState) -> Answer:
        """Several codes or a place given as text are told as text, too: as ODK writes them."""
        value = one.answer if one.value is None else one.value
        raw = self.given.get(one.key, one.question.default)
        written = isinstance(raw, str) and isinstance(value, list | Mapping)
        if not written or is_missing(value):
            return value
        return raw if file_ref(value) else as_text(value)
