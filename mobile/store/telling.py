"""What is told of records and changes: values with where they came from."""

from mobile.store.entries import Entry
from mobile.store.index import Index
from mobile.store.shelf import Shelf
from mobile.store.values import (
    ConflictView,
    OutboxState,
    Provenance,
    RecordView,
    SentChange,
    UnitView,
)
from shared.changes import DELETED
from shared.merge import conflicts, same, settled
from shared.records import PENDING, Candidate, Record, Write
from shared.wire import Result, Words


def record_view(shelf: Shelf, record: Record) -> RecordView:
    """A record as it is shown."""
    rules = shelf.rules(record.kind)
    units = {name: unit_view(shelf, record, name) for name in record.units}
    return RecordView(
        id=record.id,
        kind=record.kind,
        grid=record.grid,
        version=_version(shelf, record.id),
        form=record.form,
        answers={name: unit.value for name, unit in units.items() if not name.startswith("@")},
        units=units,
        contested=conflicts(record, rules),
        unsent=unsent(shelf, record.id),
        deleted=record.deleted,
        alias_of=record.alias_of,
    )


def unit_view(shelf: Shelf, record: Record, unit: str) -> UnitView:
    """One unit with every value that still stands, the shown one first."""
    shown = settled(record, unit, shelf.rules(record.kind))
    contested = shown.contested or (unit == DELETED and _undecided_deletion(record))
    values = [_provenance(shelf, c, same(c.value, shown.value)) for c in record.units[unit]]
    values.sort(key=lambda value: (not value.shown, -value.effective))
    return UnitView(unit, shown.value, contested, tuple(values))


def conflict_views(shelf: Shelf, index: Index) -> list[ConflictView]:
    """Every unit that waits for a person."""
    found = []
    with shelf.database.reading() as conn:
        for record_id, units in sorted(index.contested.items()):
            record = shelf.shown(conn, record_id)
            if record is None:
                continue
            household, label = index.household_of(record_id), index.label(record_id)
            for unit in sorted(units & record.units.keys()):
                view = unit_view(shelf, record, unit)
                found.append(ConflictView(record_id, record.kind, household, label, view))
    return found


def unsent_changes(shelf: Shelf, index: Index) -> list[SentChange]:
    """What the office has not received, in the order it was made."""
    with shelf.database.reading() as conn:
        pending = shelf.outbox.entries(conn, OutboxState.PENDING)
        return [sent_change(shelf, index, entry, None) for entry in pending]


def troubles(shelf: Shelf, index: Index) -> list[SentChange]:
    """Changes that were refused or are held, with the reason, the newest first."""
    with shelf.database.reading() as conn:
        return [
            sent_change(shelf, index, entry, shelf.outbox.result(conn, entry.place))
            for entry in shelf.outbox.troubles(conn)
        ]


def sent_change(shelf: Shelf, index: Index, entry: Entry, result: Result | None) -> SentChange:
    """A saved change and what became of it."""
    change = entry.change
    return SentChange(
        place=entry.place,
        save=change.save,
        record=change.record,
        record_kind=change.record_kind,
        household=index.household_of(change.record) or _household_in(entry, index),
        label=index.label(change.record) or _label_in(entry),
        kind=change.kind,
        units=dict(change.units),
        at=shelf.effective(entry),
        state=entry.state,
        outcome=result.outcome if result else "",
        reason=_reason(entry, result),
    )


def unsent(shelf: Shelf, record: str) -> int:
    """Changes of a record that the office has not received."""
    return sum(entry.state is OutboxState.PENDING for entry in shelf.laid_over(record))


def _version(shelf: Shelf, record: str) -> int:
    with shelf.database.reading() as conn:
        standing = shelf.shadow.standing(conn, record)
    return standing.version if standing else 0


def _undecided_deletion(record: Record) -> bool:
    return not record.deleted and any(c.value is True for c in record.units[DELETED])


def _provenance(shelf: Shelf, candidate: Candidate, is_shown: bool) -> Provenance:
    write = max(candidate.writes, key=_newest)
    identity = shelf.account.identity
    mine = write.worker == identity.worker
    return Provenance(
        value=candidate.value,
        shown=is_shown,
        worker=write.worker,
        worker_name=identity.worker_name if mine else shelf.account.people.get(write.worker, ""),
        mine=mine,
        pending=write.seq >= PENDING,
        claimed=write.claimed,
        effective=write.effective,
        visit=write.visit,
    )


def _newest(write: Write) -> tuple[int, int]:
    return write.effective, write.n


def _reason(entry: Entry, result: Result | None) -> Words | None:
    if result is not None and result.problem is not None:
        return result.problem.words
    if entry.state is OutboxState.HELD:
        return Words(
            "办公室已收到，等相关记录到齐后生效。",
            "The office has it; it waits for the record it belongs to.",
        )
    return None


def _household_in(entry: Entry, index: Index) -> str | None:
    """The household that a change of a record which is not here speaks of."""
    household = entry.change.units.get("household")
    return household if isinstance(household, str) and index.card(household) else None


def _label_in(entry: Entry) -> str:
    """What a change calls its record, where nothing else does."""
    for unit in ("head_name", "name", "plate", "code", "started", "text", "places", "period"):
        value = entry.change.units.get(unit)
        if isinstance(value, str):
            return value
    return ""
