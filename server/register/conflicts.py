"""Conflicts as people see them: a line of the inbox, and all that one needs to decide."""

from msgspec import Struct

from shared.changes import Answer
from shared.records import Record


class ConflictSummary(Struct, frozen=True, kw_only=True):
    """A line of the inbox."""

    id: str
    record: str
    record_kind: str
    title: str
    """Names the record: a head of household, a resident, a plate."""
    unit: str
    grid: str
    opened_at: int
    opened_seq: int
    claim: bool = False
    """Another record claimed the same number before; there is one value, and it is not alone."""
    open: bool = True


class Sought(Struct, frozen=True, kw_only=True):
    """Which conflicts; what is left empty matters not."""

    open: bool = True
    grid: str = ""
    record: str = ""
    record_kind: str = ""
    unit: str = ""
    claim: bool | None = None


EVERY_OPEN = Sought()


class Origin(Struct, frozen=True, kw_only=True):
    """Where a value came from."""

    seq: int
    who: str
    who_name: str
    device: str
    claimed: int
    effective: int
    received: int | None
    base: int
    """The version of the record that the author had seen."""
    visit: str | None
    old: Answer
    """What the author had seen in this unit."""


class ConflictValue(Struct, frozen=True, kw_only=True):
    """One of the values that stand against each other."""

    value: Answer
    """Of `@deleted`: true, and false for the edits that the deletion had not seen. Of `@grid`: the
    grid."""
    shown: bool
    """Whether readers see this one until the decision."""
    origins: tuple[Origin, ...]


class Rival(Struct, frozen=True):
    """Another record that claims the same number."""

    record: str
    grid: str
    title: str
    first: bool
    """It has the number: it claimed it before all others."""


class ConflictDetail(Struct, frozen=True, kw_only=True):
    """All that a person needs to decide. `record.version` is the base of the decision."""

    id: str
    record: Record
    record_kind: str
    title: str
    unit: str
    grid: str
    open: bool
    opened_at: int
    values: tuple[ConflictValue, ...]
    """The candidates now; of a closed conflict, those that stood against each other."""
    decided_by: str | None = None
    decided_by_name: str = ""
    decided_at: int | None = None
    decision: Answer = None
    claim: bool = False
    """It is about a number that another record claimed before."""
    rivals: tuple[Rival, ...] = ()
