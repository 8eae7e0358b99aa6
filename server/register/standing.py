"""How a record stands after a transaction: what every row that hangs on it is made from."""

from dataclasses import dataclass, field

from msgspec import Struct

from server.register.entries import Entry
from server.register.projections import Subject, created_subject, subject_of
from server.register.published import Published
from shared.changes import DELETED, GRID, ChangeKind
from shared.codec import Stored, pack_created, repack
from shared.merge import Rules, conflicts, merge
from shared.records import Record, Write, finally_numbered

_NOTHING: frozenset[str] = frozenset()


@dataclass
class Touched:
    """A record that the transaction writes."""

    before: Record | None
    entries: list[Entry] = field(default_factory=list)
    merged: Record | None = None
    """The record after the entries; of a lone create it is made only when somebody asks."""

    @property
    def is_lone(self) -> bool:
        """Whether it is new, and one change made it: most of what is ever taken."""
        return self.before is None and self.merged is None and len(self.entries) == 1

    def now(self, rules: Rules) -> Record | None:
        """The record after the entries so far."""
        if self.merged is None and self.entries and self.before is None:
            lone = self.entries[0]
            self.merged = merge(None, lone.change, lone.write, rules).record
        return self.merged or self.before


class Standing(Struct, frozen=True, kw_only=True):
    """A record that a transaction wrote."""

    before: Record | None
    subject: Subject
    stored: Stored
    """As it is kept, not yet sealed; its numbers are final."""
    contested: frozenset[str]
    """The units that wait for a person."""
    entries: tuple[Entry, ...]
    first: int
    """The first of the transaction's numbers."""
    record: Record | None = None
    """None for what one change created; its numbers may be provisional."""

    @property
    def is_new(self) -> bool:
        """Whether the transaction created it."""
        return self.before is None

    def last_about(self, unit: str) -> Write:
        """The last change that wrote the unit; if none did, the last change."""
        about = [entry for entry in self.entries if _is_about(entry, unit)]
        return finally_numbered((about or self.entries)[-1].write, self.first)


def standing(touched: Touched, first: int, form: Published) -> Standing:
    """How a record stands once its changes have their numbers."""
    rules = form.rules
    if touched.is_lone:
        return _created(touched.entries[0], first, form)
    record = touched.now(rules)
    assert record is not None
    return Standing(
        before=touched.before,
        subject=subject_of(record, rules),
        stored=repack(record, form.secret_units, first),
        contested=waiting(record, rules),
        entries=tuple(touched.entries),
        first=first,
        record=record,
    )


def waiting(record: Record, rules: Rules) -> frozenset[str]:
    """The units of a record that wait for a person: none of a merged or deleted one.

    Nobody sees them, and who decided there would bring back what somebody deleted who had seen all.
    """
    is_gone = record.alias_of is not None or record.deleted
    return frozenset() if is_gone else conflicts(record, rules)


def _created(entry: Entry, first: int, form: Published) -> Standing:
    change, write = entry.change, finally_numbered(entry.write, first)
    rules = form.rules
    return Standing(
        before=None,
        subject=created_subject(change, write, rules),
        stored=pack_created(change, write, rules.unions, form.secret_units),
        contested=_NOTHING,
        entries=(entry,),
        first=first,
    )


def _is_about(entry: Entry, unit: str) -> bool:
    kind = entry.change.kind
    if unit == GRID:
        return kind in (ChangeKind.CREATE, ChangeKind.MOVE)
    if unit == DELETED:
        return kind in (ChangeKind.DELETE, ChangeKind.RESTORE)
    return unit in entry.change.units
