"""What people let be kept of them: words, the answers they are about, what they stop. Pure."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from shared.changes import Answer
from shared.forms.model import Form, Question
from shared.forms.types import QuestionType
from shared.policies import PrivacyClass
from shared.records import is_missing

MATERNAL_UNIT = "maternal_service"
BY_CONSENT = "consent"
FILE_TYPES = frozenset(
    {QuestionType.IMAGE, QuestionType.AUDIO, QuestionType.VIDEO, QuestionType.FILE}
)
GUARDIAN_BELOW = 14
"""PIPL article 31: for a younger child a guardian speaks."""

WORD_UNIT, EXCEPT_UNIT = "consent", "consent_except"
"""Answers of a resident's form: what they said of the sensitive ones, and of which they did not
let themselves be asked. A town's own form may do without them: then words are noted at the desk."""
HOW_UNIT, PAPER_UNIT = "consent_how", "consent_paper"
GUARDIAN_UNIT, NOTICE_UNIT = "consent_guardian", "consent_notice"
SAYING = frozenset({WORD_UNIT, EXCEPT_UNIT})
"""Who writes one of these notes down a word."""


class Purpose(StrEnum):
    """What a consent is for."""

    SENSITIVE = "sensitive"
    """Sensitive answers that rest on consent: disability, assistance, ID number ..."""
    MATERNAL = "maternal"
    """The request for maternal services."""
    PHOTOS = "photos"


class Word(StrEnum):
    """What the person said."""

    GIVEN = "given"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class How(StrEnum):
    """How they said it."""

    PAPER = "paper"
    SPOKEN = "spoken"
    SCREEN = "screen"
    UNSAID = ""
    """Nobody wrote it down: a register of proof says no more than was said."""


class Effect(Struct, frozen=True):
    """What words do to the answers that they are about."""

    stops: frozenset[str]
    allows: frozenset[str]


def units_of(form: Form, purpose: Purpose) -> tuple[str, ...]:
    """The answers of a form that a consent for the purpose is about, in the form's order."""
    asked = (one for one in form.questions if one.stored and one.on)
    return tuple(dict.fromkeys(one.unit for one in asked if _is_about(one, purpose)))


def effect(words: Iterable[Answer], excepted: Iterable[Answer], known: frozenset[str]) -> Effect:
    """What the words that stand do, one or several that nobody has decided between.

    excepted: what was excepted, as often as it was said. Only a consent allows anything, and of
    words that contradict each other the one that protects holds until somebody decides.
    """
    said = {word for word in words if word in tuple(Word)}
    left_out = frozenset(unit for each in excepted for unit in chosen(each)) & known
    if said - {Word.GIVEN}:
        return Effect(known, frozenset())
    return Effect(left_out, known - left_out if said else frozenset())


def chosen(value: Answer) -> Iterator[str]:
    """The codes of an answer with several choices."""
    if isinstance(value, list | tuple) and not is_missing(value):
        yield from (str(code) for code in value)


def needs_guardian(birth_date: str, day: str) -> bool:
    """Whether a child that young cannot consent itself on that day; both YYYY-MM-DD."""
    if len(birth_date) < len("2010-01-01"):
        return bool(birth_date) and int(day[:4]) - int(birth_date[:4]) < GUARDIAN_BELOW
    comes_of_age = f"{int(birth_date[:4]) + GUARDIAN_BELOW:04d}{birth_date[4:]}"
    return day < comes_of_age


def _is_about(question: Question, purpose: Purpose) -> bool:
    if purpose is Purpose.PHOTOS:
        return question.type in FILE_TYPES
    if purpose is Purpose.MATERNAL:
        return question.unit == MATERNAL_UNIT
    by_consent = question.basis == BY_CONSENT
    sensitive = question.privacy is PrivacyClass.SENSITIVE
    return sensitive and by_consent and question.unit != MATERNAL_UNIT
