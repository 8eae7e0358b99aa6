"""Changes: the immutable edits that devices make and the register merges."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

Answer: TypeAlias = object
"""Any JSON value: what a form's question may be answered with (docs/protocol.md, Answers)."""

Units: TypeAlias = Mapping[str, Answer]
"""Merge units by name, each with its value."""

GRID = "@grid"
"""Unit of every record: `[grid before, grid]`. Written by `create` and `move`."""
DELETED = "@deleted"
"""Unit of every record: true once deleted, false once restored."""
ALIAS = "@alias"
"""Unit of every record: the id of the record that this one was merged into, or null."""
NOTE = "@note"
"""What a `note` says. It stands in the journal, not in the record."""
RESERVED = frozenset({GRID, DELETED, ALIAS, NOTE})
"""Unit names that are code, not questions of a form."""


class ChangeKind(StrEnum):
    """What a change does to its record."""

    CREATE = "create"
    """Registers the record with its first answers."""
    SET = "set"
    """Replaces units as wholes."""
    ADD = "add"
    """Adds elements to set-valued units: each value is a list."""
    REMOVE = "remove"
    """Removes elements from set-valued units: each value is a list."""
    MOVE = "move"
    """Moves the record to another grid: `units["@grid"] = [from, to]`."""
    DELETE = "delete"
    """Deletes the record; an edit that the deleter had not seen keeps it alive."""
    RESTORE = "restore"
    """Takes a deletion back."""
    NOTE = "note"
    """Says something about the record (`units["@note"]`) without changing an answer."""


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One edit of one record, as it stands in the outbox, on the wire and in the journal."""

    n: int
    """The device's own counter: 1, 2, 3 ... without a gap."""
    save: str
    """All changes of one press of "save" share it."""
    kind: ChangeKind
    record: str
    record_kind: str
    grid: str
    """The grid of the record when the form was opened; for a `create`, its first grid."""
    worker: str
    at: int
    """The device's wall clock, ms since the epoch, uncorrected."""
    boot: str = ""
    """The boot during which it was made, and the monotonic clock then (shared/clock.py)."""
    mono: int = 0
    base: int = 0
    """The version of the record in the device's shadow when the form was opened."""
    units: dict[str, Answer] = {}
    old: dict[str, Answer] = {}
    """What the worker saw before: for the reviewer, never for the decision."""
    form: str = ""
    """The version of the form that asked."""
    visit: str | None = None
    """The visit during which it was made."""
    on_behalf_of: str | None = None
    """The worker for whom `worker` typed it in."""
    corrects: str = ""
    """`device/n` of a change that was not taken, and that the office enters like this instead."""
