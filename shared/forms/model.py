"""The form as it travels: a tree of groups, repeats and questions with their words and rules.

A form is compiled on the server, stored as JSON and pulled by every phone. An older phone must
read what a newer server wrote: unknown fields are ignored, unknown question types become
`unsupported`. Expressions are XForms XPath over the instance `/data/...`; a text may contain
`${expression}` where an answer is to be shown.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TypeAlias

import msgspec
from msgspec import Struct

from shared.forms.types import CHOICE_TYPES, ROWS_MAX, SILENT_TYPES, UNASKED_TYPES, QuestionType
from shared.forms.words import Words, in_language
from shared.policies import Policy, PrivacyClass

__all__ = [
    "CHOICE_TYPES", "PRIVACY_ORDER", "ROWS_MAX", "SILENT_TYPES", "UNASKED_TYPES", "Choice", "Form",
    "Group", "Node", "Question", "QuestionType", "Repeat", "decode_form", "encode_form",
    "unit_classes", "unit_orders", "unit_policies", "walk_questions", "walk_repeats",
]  # fmt: skip


class Choice(Struct, frozen=True, omit_defaults=True):
    """One answer of a choice list."""

    name: str
    label: Words
    extra: dict[str, str] = {}
    """Other columns of the list, for choice filters."""
    picture: Words = {}
    """What stands above its label, by language: names in `Form.pictures`."""


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
    picture: Words = {}
    """What is shown with it, by language: names in `Form.pictures`."""
    appearance: str = ""
    choice_list: str = ""
    """The name of its list in `Form.choices`, for choice questions."""
    choice_filter: str = ""
    """Holds for the choices that are offered; evaluated on each choice."""
    choice_nodes: str = ""
    """Where the choices are answers of this form: the expression that finds them."""
    choice_value: str = ""
    choice_label: str = ""
    """What of each such node is the choice's code, and what its label."""
    shuffle: bool = False
    """The choices are offered in an order made from `shuffle_seed`, or from the record."""
    shuffle_seed: str = ""
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
    """Evaluated once, when the record's form is first opened or the repeat's instance made."""
    triggers: tuple[str, ...] = ()
    """Paths of the questions that set this one to `triggered` when they change."""
    triggered: str = ""
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
    unique: str = ""
    """grid, community or town: where no two records of the kind should have the same answer."""
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
    pictures: dict[str, bytes] = {}
    """Pictures of questions and choices: WebP, small."""

    @cached_property
    def repeats(self) -> "dict[str, Repeat]":
        """The outermost repeats, by unit."""
        return {repeat.unit: repeat for repeat in walk_repeats(self.children)}

    @cached_property
    def draft_names(self) -> frozenset[str]:
        """What a draft's answers are named after: questions, and whole repeats."""
        outside = walk_questions(self.children, in_repeats=False)
        return frozenset(question.name for question in outside) | self.repeats.keys()

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

    def picture(self, named: Words, language: str) -> bytes | None:
        """The picture of a question or choice in that language, if it has one."""
        return self.pictures.get(self.words(named, language))


def walk_questions(nodes: tuple[Node, ...], *, in_repeats: bool = True) -> Iterator[Question]:
    """The questions below `nodes`, in order, those of repeats too if they are asked for."""
    for node in nodes:
        if isinstance(node, Question):
            yield node
        elif in_repeats or isinstance(node, Group):
            yield from walk_questions(node.children, in_repeats=in_repeats)


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


def unique_units(form: Form) -> dict[str, str]:
    """The units whose answer should be a record's alone, each with where."""
    alone = {unit: members[0] for unit, members in form.units.items() if len(members) == 1}
    return {unit: question.unique for unit, question in alone.items() if question.unique}


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
