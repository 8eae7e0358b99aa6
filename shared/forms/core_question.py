"""What a core question must be, and short names for the usual ones."""

from msgspec import Struct

from shared.forms.model import QuestionType

TEXT = QuestionType.TEXT
ONE = QuestionType.SELECT_ONE
MANY = QuestionType.SELECT_MULTIPLE
DATE = QuestionType.DATE
INTEGER = QuestionType.INTEGER
MOMENT = QuestionType.DATE_TIME
RECORD = QuestionType.REFERENCE
HIDDEN = QuestionType.HIDDEN


class CoreQuestion(Struct, frozen=True):
    """What a core question must be."""

    type: QuestionType
    choices: frozenset[str] = frozenset()
    """Codes that its list must have."""
    reference: str = ""
    """The kind of record it refers to."""


def one_of(*codes: str) -> CoreQuestion:
    """A choice of one, whose list has these codes."""
    return CoreQuestion(ONE, frozenset(codes))


def record_of(kind: str) -> CoreQuestion:
    """Another record of that kind."""
    return CoreQuestion(RECORD, reference=kind)
