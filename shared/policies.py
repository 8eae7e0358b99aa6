"""Merge policies and privacy classes: what a form may declare of a question."""

from enum import StrEnum
from typing import Self


class Policy(StrEnum):
    """How concurrent, different values of one unit are settled.

    Settling only decides what is *shown* and whether a person must decide. Every value that
    nobody has superseded stays a candidate of the record, whatever the policy.
    """

    REVIEW = "review"
    """All values stay until a person decides."""
    LATEST = "latest"
    """The newest effective time is shown."""
    MAX = "max"
    """The greatest value is shown."""
    MIN = "min"
    """The smallest value is shown."""
    UNION = "union"
    """A set: additions win over removals that had not seen them."""
    BETTER = "better"
    """The whole value with the smallest `accuracy` (metres) is shown."""
    ORDER = "order"
    """One-way states: the furthest is shown; two different furthest need a person."""
    APPEND = "append"
    """Written once, at creation; a correction is a new record."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """A policy of a newer server: an older phone leaves it to a person."""
        return cls("review") if isinstance(value, str) else None


class PrivacyClass(StrEnum):
    """How private an answer is (docs/glossary.md); `SENSITIVE` is sealed at rest."""

    PUBLIC = "P"
    INTERNAL = "I"
    PERSONAL = "N"
    SENSITIVE = "S"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """A class of a newer server is treated as the most private one."""
        return cls("S") if isinstance(value, str) else None
