"""Edits that do not come from a phone: made on the console, or by an import."""

from msgspec import Struct

from shared.changes import Answer, ChangeKind


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
