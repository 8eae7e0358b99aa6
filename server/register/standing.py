"""How a record stands after a transaction: what every row that hangs on it is made from."""

from dataclasses import dataclass, field

from msgspec import Struct

from server.register.entries import Entry
from shared.changes import DELETED, GRID, ChangeKind
from shared.merge import Rules, conflicts
from shared.records import Record, Write, final, finally_numbered


@dataclass
class Touched:
    """A record that the transaction writes."""

    before: Record | None
    now: Record | None
    entries: list[Entry] = field(default_factory=list)


class Standing(Struct, frozen=True, kw_only=True):
    """A record that a transaction wrote."""

    before: Record | None
    now: Record
    """Its numbers are still provisional."""
    version: int
    contested: frozenset[str]
    """The units that wait for a person."""
    entries: tuple[Entry, ...]
    first: int
    """The first of the transaction's numbers."""

    @property
    def is_new(self) -> bool:
        """Whether the transaction created it."""
        return self.before is None

    def last_about(self, unit: str) -> Write:
        """The last change that wrote the unit; if none did, the last change."""
        about = [entry for entry in self.entries if _is_about(entry, unit)]
        return finally_numbered((about or self.entries)[-1].write, self.first)


def standing(touched: Touched, first: int, rules: Rules) -> Standing:
    """How a record stands once its changes have their numbers."""
    now = touched.now
    assert now is not None
    assert touched.entries
    # Most records are new and have one change: nothing of them can be contested.
    fresh = touched.before is None and len(touched.entries) == 1
    return Standing(
        before=touched.before,
        now=now,
        version=final(now.version, first),
        contested=frozenset() if fresh else conflicts(now, rules),
        entries=tuple(touched.entries),
        first=first,
    )


def _is_about(entry: Entry, unit: str) -> bool:
    kind = entry.change.kind
    if unit == GRID:
        return kind in (ChangeKind.CREATE, ChangeKind.MOVE)
    if unit == DELETED:
        return kind in (ChangeKind.DELETE, ChangeKind.RESTORE)
    return unit in entry.change.units
