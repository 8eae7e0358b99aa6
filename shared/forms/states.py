"""How the parts of a form stand with the answers given so far: what a screen draws."""

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct

from shared.changes import Answer
from shared.forms.model import Choice, Group, Question, Repeat
from shared.forms.words import NO_WORDS, Words


class QuestionState(Struct, frozen=True):
    """How a question stands with the answers given so far."""

    question: Question
    key: str
    """What it is answered by: its name, or "member[2]/name" in an instance of a repeat."""
    relevant: bool
    """Whether it is to be asked. What is not relevant stays in the draft, out of the record."""
    required: bool
    readonly: bool
    answer: Answer
    """As it was given, also when it cannot be taken: the draft."""
    value: Answer
    """As the record will have it; None where there is none."""
    label: str
    hint: str
    guidance: str
    """A longer hint, for whoever asks for it."""
    choices: tuple[Choice, ...]
    """Those that the other answers leave open."""
    fault: Words
    """What is wrong with the answer; empty when nothing is."""
    owed: Words = NO_WORDS
    """What is said while an answer is owed."""

    @property
    def unanswered(self) -> bool:
        """Whether an answer is still owed."""
        return self.relevant and self.required and self.value is None and not self.fault

    @property
    def message(self) -> Words:
        """Why the record cannot be saved because of this question; empty when it can."""
        if not self.relevant:
            return NO_WORDS
        if self.unanswered:
            return self.owed
        return self.fault


class GroupState(Struct, frozen=True):
    """A group inside a page, with what is in it."""

    group: Group
    key: str
    relevant: bool
    label: str
    items: "tuple[Item, ...]"


class InstanceState(Struct, frozen=True):
    """One instance of a repeat."""

    key: str
    """Such as "member[2]"."""
    label: str
    items: "tuple[Item, ...]"


class RepeatState(Struct, frozen=True):
    """A repeat with its instances."""

    repeat: Repeat
    key: str
    relevant: bool
    label: str
    counted: bool
    """The form says how many instances there are; otherwise the worker adds and removes them."""
    instances: tuple[InstanceState, ...]


Item: TypeAlias = QuestionState | GroupState | RepeatState


class Page(Struct, frozen=True):
    """What is shown together, under a heading."""

    name: str
    """Of the group; "" for questions that are in none."""
    label: str
    items: tuple[Item, ...]

    @property
    def questions(self) -> tuple[QuestionState, ...]:
        """The questions in it, those of groups and instances included."""
        return tuple(_questions(self.items))


def _questions(items: tuple[Item, ...]) -> Iterator[QuestionState]:
    for item in items:
        if isinstance(item, QuestionState):
            yield item
        elif isinstance(item, GroupState):
            yield from _questions(item.items)
        else:
            for instance in item.instances:
                yield from _questions(instance.items)
