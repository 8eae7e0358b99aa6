"""The timeline of a record, read from the journal."""

from msgspec import Struct

from shared.changes import Answer, ChangeKind


class UnitStep(Struct, frozen=True):
    """What one change did to one unit."""

    unit: str
    written: Answer
    """What the author wrote; for `add` and `remove`, the elements."""
    before: Answer
    """What the register showed before."""
    after: Answer
    """What it showed then: another value than `written` where a policy or a conflict says so."""
    old: Answer
    """What the author had seen."""


class JournalEntry(Struct, frozen=True, kw_only=True):
    """One step of a timeline."""

    seq: int
    kind: ChangeKind
    record: str
    record_kind: str
    grid: str
    """The record's grid after the change."""
    who: str
    who_name: str
    on_behalf_of: str | None
    device: str
    console: bool
    """Made on the console, not on a phone."""
    claimed: int
    """When, by the device's own clock, ms."""
    effective: int
    """When, corrected."""
    received: int
    base: int
    form: str
    visit: str | None
    save: str
    outcome: str
    contested: tuple[str, ...]
    """Units that this change left in conflict."""
    units: tuple[UnitStep, ...]
