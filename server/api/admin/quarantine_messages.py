"""What the admin API says of changes that were not taken, and is told about them."""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from server.register.waiting_room import QuarantineLine
from shared.changes import Answer, Change

Version: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
"""A change number, as JSON numbers can hold it."""


class QuarantineList(Struct, frozen=True):
    """A page of them, the oldest first."""

    total: int
    offset: int
    changes: list[QuarantineLine]


class QuarantineTold(Struct, frozen=True):
    """One of them, with what it says."""

    line: QuarantineLine
    raw: Answer
    """As it came; a text if it is no JSON."""
    change: Change | None = None


class Correct(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The change as it should have been."""

    kind: str
    record: str
    record_kind: str
    grid: str
    base: Version = 0
    units: dict[str, Answer] = {}


class SayWhy(Struct, frozen=True):
    """Words for the worker."""

    words: str
