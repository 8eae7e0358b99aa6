"""Our own columns of an XLSForm, `bind::doorstep:...`: what they say, and what they may say."""

import ast
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct

from server.forms.problems import FormProblem, problem
from server.forms.xform import Attributes
from server.forms.xlsform import PREFIX
from shared.forms.checks import CHECKS
from shared.forms.model import SILENT_TYPES, QuestionType
from shared.forms.words import UNTRANSLATED, Words
from shared.policies import Policy, PrivacyClass

YES = frozenset({"yes", "true", "1", "true()", "y"})
NO = frozenset({"no", "false", "0", "false()", "n", ""})
UNIQUE_IN = ("grid", "community", "town")
BASES = ("consent", "statutory_duty", "contract", "public_interest", "vital_interest")
COLUMNS = frozenset(
    {
        "merge", "unit", "class", "purpose", "basis", "retention", "core", "order", "declined",
        "not_known", "reference", "item", "mandatory", "on", "check",
        "unique",
    }
)  # fmt: skip
FORM_COLUMNS = frozenset({"kind", "merge", "class", "basis", "retention", "title_zh", "title_en"})
"""Of the settings sheet, as `attribute::doorstep:...`: defaults for all its questions."""

ByType = dict[QuestionType, Policy]
DEFAULT_POLICIES: ByType = {
    QuestionType.SELECT_MULTIPLE: Policy.UNION,
    QuestionType.GEOPOINT: Policy.BETTER,
    **dict.fromkeys(SILENT_TYPES, Policy.LATEST),
}
"""Where neither the question nor the form names a policy; all others wait for review."""


class Ours(Struct, frozen=True):
    """What our columns say of one question."""

    policy: Policy
    privacy: PrivacyClass
    unit: str
    purpose: Words
    basis: str
    retention: str
    order: tuple[str, ...]
    reference: str
    check: str
    item: str
    unique: str
    core: bool
    mandatory: bool
    on: bool
    allow_declined: bool
    allow_not_known: bool


class Reader:
    """Reads our columns of one question and collects what is wrong with them."""

    def __init__(self, bind: Attributes, form: Attributes) -> None:
        self._bind = bind
        self._form = form
        self.problems: list[FormProblem] = []

    def read(self, question_type: QuestionType, name: str) -> Ours:
        """What the columns say of the question, with the form's and our own defaults."""
        for column in sorted(_ours(self._bind) - COLUMNS):
            self._wrong(problem("unknown_column"), column)
        ours = Ours(
            policy=self._policy(question_type),
            privacy=self._chosen("class", _privacy, PrivacyClass) or PrivacyClass.PERSONAL,
            unit=self._text("unit") or name,
            purpose=_words(self._text("purpose")),
            basis=self._word("basis", BASES),
            retention=self._text("retention"),
            order=tuple(self._text("order").split()),
            reference=self._text("reference"),
            check=self._word("check", CHECKS),
            item=self._text("item"),
            unique=self._word("unique", UNIQUE_IN),
            core=self._truth("core"),
            mandatory=self._truth("mandatory"),
            on=self._truth("on", default=True),
            allow_declined=self._truth("declined"),
            allow_not_known=self._truth("not_known"),
        )
        if ours.policy is Policy.ORDER and not ours.order:
            self._wrong(problem("order_without_states"), "order")
        return ours

    def _policy(self, question_type: QuestionType) -> Policy:
        default = DEFAULT_POLICIES.get(question_type, Policy.REVIEW)
        return self._chosen("merge", _known_policy, Policy) or default

    def _text(self, column: str) -> str:
        name = f"{PREFIX}:{column}"
        return (self._bind.get(name) or self._form.get(name) or "").strip()

    def _word(self, column: str, allowed: Iterable[str]) -> str:
        text = self._text(column)
        if text and text not in allowed:
            self._not_allowed(column, text, allowed)
            return ""
        return text

    def _chosen(self, column: str, read: "Callable[[str], _E]", words: "type[_E]") -> "_E | None":
        text = self._text(column)
        try:
            return read(text) if text else None
        except (ValueError, KeyError):
            self._not_allowed(column, text, words)
            return None

    def _truth(self, column: str, *, default: bool = False) -> bool:
        text = self._bind.get(f"{PREFIX}:{column}", "").strip().lower()
        if text not in YES | NO:
            self._not_allowed(column, text, ("yes", "no"))
        return default if text == "" else text in YES

    def _not_allowed(self, column: str, value: str, allowed: Iterable[str]) -> None:
        self._wrong(problem("bad_word", value=value, allowed=", ".join(allowed)), column)

    def _wrong(self, found: FormProblem, column: str) -> None:
        where = f"bind::{PREFIX}:{column}"
        self.problems.append(FormProblem(found.key, found.words, column=where, fatal=found.fatal))


def unknown_form_columns(attributes: Attributes) -> list[str]:
    """Columns of the settings sheet that look like ours and are not."""
    return sorted(f"attribute::{PREFIX}:{name}" for name in _ours(attributes) - FORM_COLUMNS)


_E = TypeVar("_E", bound=StrEnum)


def _ours(attributes: Attributes) -> set[str]:
    return {name.removeprefix(f"{PREFIX}:") for name in attributes if name.startswith(f"{PREFIX}:")}


def _privacy(text: str) -> PrivacyClass:
    """By letter or by name: "S" or "sensitive"."""
    by_letter = {known.value: known for known in PrivacyClass}
    return by_letter[text] if len(text) == 1 else PrivacyClass[text.upper()]


def _known_policy(text: str) -> Policy:
    """A policy by its name. Policy(text) takes any: a phone may meet one of a newer server."""
    return {known.value: known for known in Policy}[text]


def _words(text: str) -> Words:
    """A translated column comes out of pyxform as a dict written out as Python would."""
    if not text.startswith("{"):
        return {UNTRANSLATED: text} if text else {}
    try:
        read = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return {UNTRANSLATED: text}
    return {str(language): str(words) for language, words in read.items()}
