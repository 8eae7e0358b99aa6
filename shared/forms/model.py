"""The form as it travels: a tree of groups, repeats and questions with their words and rules.

A form is compiled on the server, stored as JSON and pulled by every phone. An older phone must
read what a newer server wrote: unknown fields are ignored, unknown question types become
`unsupported`. Expressions are XForms XPath over the instance `/data/...`; a text may contain
`${expression}` where an answer is to be shown.
"""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Self, TypeAlias

import msgspec
from msgspec import Struct

from shared.forms.words import Words, in_language
from shared.policies import Policy, PrivacyClass


class QuestionType(StrEnum):
    """What kind of answer a question takes."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    RANGE = "range"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "dateTime"
    SELECT_ONE = "select_one"
    SELECT_MULTIPLE = "select_multiple"
    RANK = "rank"
    REFERENCE = "reference"
    """Another record, by its id; `Question.reference` names its kind."""
    GEOPOINT = "geopoint"
    GEOTRACE = "geotrace"
    GEOSHAPE = "geoshape"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    BARCODE = "barcode"
    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    """Only says something; takes no answer."""
    CALCULATE = "calculate"
    HIDDEN = "hidden"
    METADATA = "metadata"
    """Filled by the device: start, end, today ...; `Question.preload` says what."""
    UNSUPPORTED = "unsupported"
    """A type that this program does not know; kept, shown as such, never asked."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """A newer server may send types that this program does not know."""
        return cls("unsupported") if isinstance(value, str) else None


SILENT_TYPES = frozenset({QuestionType.CALCULATE, QuestionType.HIDDEN, QuestionType.METADATA})
"""Stored but never shown."""
UNASKED_TYPES = SILENT_TYPES | {QuestionType.UNSUPPORTED}
CHOICE_TYPES = frozenset({QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK})


class Choice(Struct, frozen=True, omit_defaults=True):
    """One answer of a choice list."""

    name: str
    label: Words
    extra: dict[str, str] = {}
    """Other columns of the list, for choice filters."""


class Question(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is", tag="question"
):
    """One question: its words, its rules, and how its answer merges and is protected."""

    name: str
    """Unique in the form: the key of its answer in a draft."""
    path: str
    """Its place in the instance, "/data/..."; what expressions refer to."""
    type: QuestionType
    unit: str
    """The merge unit that holds its answer: its own name unless several questions share one."""
    label: Words = {}
    hint: Words = {}
    guidance: Words = {}
    appearance: str = ""
    choice_list: str = ""
    """The name of its list in `Form.choices`, for choice questions."""
    choice_filter: str = ""
    """Holds for the choices that are offered; evaluated on each choice."""
    reference: str = ""
    """The kind of record it refers to."""
    relevant: str = ""
    required: str = ""
    required_message: Words = {}
    constraint: str = ""
    constraint_message: Words = {}
    check: str = ""
    """A named check of shared/forms/checks.py, for what no expression can say."""
    calculation: str = ""
    default: str = ""
    """A constant, as text."""
    default_expression: str = ""
    """Evaluated once, when the record's form is first opened."""
    readonly: str = ""
    preload: str = ""
    parameters: dict[str, str] = {}
    policy: Policy = Policy.REVIEW
    order: tuple[str, ...] = ()
    """For policy `order`: the states from the first to the last."""
    privacy: PrivacyClass = PrivacyClass.PERSONAL
    purpose: Words = {}
    basis: str = ""
    """The legal basis: consent, statutory_duty, contract, public_interest ..."""
    retention: str = ""
    """How long it is kept, as ISO 8601 duration, or `while_registered`."""
    core: bool = False
    item: str = ""
    """The number of the item in the printed basic information table."""
    mandatory: bool = False
    """Counts for the collection rate and for completeness; saving without it is possible."""
    on: bool = True
    """Off: not asked until the town switches it on with a written purpose."""
    allow_declined: bool = False
    allow_not_known: bool = False

    @property
    def stored(self) -> bool:
        """Whether it has an answer that belongs in the record."""
        return self.type is not QuestionType.NOTE

    @property
    def asked(self) -> bool:
        """Whether a worker can ever be asked it."""
        return self.on and self.type not in UNASKED_TYPES


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is", tag="group"):
    """Questions that belong together. A group at the top is a page."""

    name: str
    path: str
    label: Words = {}
    appearance: str = ""
    relevant: str = ""
    children: "tuple[Node, ...]" = ()


class Repeat(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="is", tag="repeat"):
    """Questions asked once for each of several things; all its answers are one merge unit."""

    name: str
    path: str
    unit: str
    label: Words = {}
    appearance: str = ""
    relevant: str = ""
    count: str = ""
    policy: Policy = Policy.REVIEW
    privacy: PrivacyClass = PrivacyClass.PERSONAL
    children: "tuple[Node, ...]" = ()


Node: TypeAlias = Group | Repeat | Question


class Form(Struct, frozen=True, kw_only=True, omit_defaults=True, dict=True):
    """One version of the form of one kind of record."""

    kind: str
    id: str
    version: str
    title: Words
    languages: tuple[str, ...]
    default_language: str
    children: tuple[Node, ...]
    choices: dict[str, tuple[Choice, ...]] = {}
    """The choice lists by name."""
    instance_name: str = ""
    """The expression that names a record in one line."""

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order they are asked, those in repeats included."""
        return tuple(walk_questions(self.children))

    @cached_property
    def by_name(self) -> dict[str, Question]:
        """All questions by name."""
        return {question.name: question for question in self.questions}

    @cached_property
    def by_path(self) -> dict[str, Question]:
        """All questions by path."""
        return {question.path: question for question in self.questions}

    @cached_property
    def units(self) -> dict[str, tuple[Question, ...]]:
        """The stored merge units, each with its questions; a repeat's unit has all of its."""
        units: dict[str, tuple[Question, ...]] = {}
        for unit, question in _unit_members(self.children, ""):
            units[unit] = (*units.get(unit, ()), question)
        return units

    def question(self, name: str) -> Question | None:
        """The question of that name."""
        return self.by_name.get(name)

    def choice(self, question: Question, name: str) -> Choice | None:
        """The choice of that name in the question's list."""
        return self._choices.get(question.choice_list, {}).get(name)

    @cached_property
    def _choices(self) -> dict[str, dict[str, Choice]]:
        return {
            name: {choice.name: choice for choice in choices}
            for name, choices in self.choices.items()
        }

    def words(self, text: Words, language: str) -> str:
        """`text` in that language, or the nearest one that the form has."""
        return in_language(text, language, self.default_language)


def walk_questions(nodes: tuple[Node, ...]) -> Iterator[Question]:
    """The questions below `nodes`, in order."""
    for node in nodes:
        if isinstance(node, Question):
            yield node
        else:
            yield from walk_questions(node.children)


def walk_repeats(nodes: tuple[Node, ...]) -> Iterator[Repeat]:
    """The outermost repeats below `nodes`."""
    for node in nodes:
        if isinstance(node, Repeat):
            yield node
        elif isinstance(node, Group):
            yield from walk_repeats(node.children)


def unit_policies(form: Form) -> dict[str, Policy]:
    """How each unit of the form merges."""
    policies = {unit: members[0].policy for unit, members in form.units.items()}
    return policies | {repeat.unit: repeat.policy for repeat in walk_repeats(form.children)}


def unit_orders(form: Form) -> dict[str, tuple[str, ...]]:
    """The states of each unit of policy `order`, from the first to the last."""
    return {
        unit: members[0].order
        for unit, members in form.units.items()
        if members[0].policy is Policy.ORDER
    }


def unit_classes(form: Form) -> dict[str, PrivacyClass]:
    """How private each unit is: as its most private question, switched off or not."""
    return {
        unit: max((member.privacy for member in members), key=PRIVACY_ORDER.index)
        for unit, members in form.units.items()
    }


PRIVACY_ORDER = tuple(PrivacyClass)
"""From what anyone may see to what is sealed."""


def encode_form(form: Form) -> bytes:
    """The form as JSON; the same form always gives the same bytes."""
    return _encoder.encode(form)


def decode_form(document: bytes | str) -> Form:
    """A form from its JSON. Raises msgspec.DecodeError when it is not one."""
    return _decoder.decode(document)


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Form)


def _unit_members(nodes: tuple[Node, ...], within: str) -> Iterator[tuple[str, Question]]:
    for node in nodes:
        if isinstance(node, Question):
            if node.stored:
                yield within or node.unit, node
        elif isinstance(node, Repeat):
            yield from _unit_members(node.children, within or node.unit)
        else:
            yield from _unit_members(node.children, within)
