"""Edits that do not come from a phone: made on the console, or by an import."""

from msgspec import Struct

from shared.changes import Answer, ChangeKind
from shared.records import Record


class Edit(Struct, frozen=True, kw_only=True):
    """One edit of one record; the register makes an ordinary change of it."""

    kind: ChangeKind
    record: str
    record_kind: str
    grid: str
    """The record's grid as the editor saw it; for a `create`, its first grid."""
    base: int = 0
    """The version of the record that the editor saw."""
    units: dict[str, Answer] = {}
    old: dict[str, Answer] = {}
    """What the editor saw in these units before."""
    visit: str | None = None
    on_behalf_of: str | None = None
    corrects: str = ""
    """See Change.corrects."""


def edit_of(record: Record, kind: ChangeKind, units: dict[str, Answer], base: int) -> Edit:
    """An edit of a record where it is now, by somebody who saw its version `base`."""
    return Edit(
        kind=kind,
        record=record.id,
        record_kind=record.kind,
        grid=record.grid,
        base=base,
        units=units,
    )
