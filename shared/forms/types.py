"""What kinds of question there are."""

from enum import StrEnum
from typing import Self

ROWS_MAX = 500
"""Instances of one repeat. No household has more, and a wrong count must not stop a phone."""


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
