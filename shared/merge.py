"""The merge: one change against one record. Pure; the register calls it under the record's lock.

Candidates of a unit are exactly its maximal writes: those that no other write had seen. A policy
never removes one; it only says which is shown and whether a person must decide. So the outcome
does not depend on who synced first, nor on any clock (docs/decisions/0003-candidates.md).
"""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from shared.answers import elements_of, same
from shared.changes import DELETED, GRID, NOTE, Answer, Change, ChangeKind
from shared.folded import ever_written, with_changed, writes_in
from shared.policies import Policy
from shared.records import Candidate, Record, Write, knows
from shared.settle import (
    Rules,
    Settled,
    conflicts,
    deletion_waits,
    settle,
    settled,
    shown,
    shown_set,
    waits,
)

__all__ = [
    "Merged",
    "Outcome",
    "Rules",
    "Settled",
    "conflicts",
    "merge",
    "same",
    "settle",
    "settled",
    "shown",
    "shown_set",
]


class Outcome(StrEnum):
    """What became of a change, as its author is told."""

    APPLIED = "applied"
    """Taken as it was; nobody else had touched those answers."""
    MERGED = "merged"
    """Taken together with what others had written meanwhile."""
    CONFLICT = "conflict"
    """Taken and kept beside another value: a person must decide."""


class Merged(Struct, frozen=True):
    """The record after the merge, and what to tell the author."""

    record: Record
    outcome: Outcome
    refused: tuple[str, ...] = ()
    """Units that were left alone: written once, already there."""
    contested: tuple[str, ...] = ()
    """Units that this change opened a conflict of, or took part in one."""


def merge(record: Record | None, change: Change, write: Write, rules: Rules) -> Merged:
    """`record` with `change` merged in, unit by unit.

    `record` is None only for a `create`. Raises ValueError for any other change without its
    record: the caller holds such a change until the record comes.
    """
    if record is None:
        if change.kind is not ChangeKind.CREATE:
            raise ValueError("a change needs its record; hold it until the create comes")
        return Merged(_created(change, write, rules), Outcome.APPLIED)
    changed: dict[str, tuple[Candidate, ...]] = {}
    refused = []
    for name, value in _written(change).items():
        before = record.units.get(name, ())
        if rules.policy(name) is Policy.APPEND and _sealed(before, value, write):
            refused.append(name)
        elif not _overtaken(before, write):
            stood = _split(before) if rules.policy(name) is Policy.UNION else before
            changed[name] = _merged(stood, value, write, _how(change.kind, rules.policy(name)))
    after = Record(
        id=record.id,
        kind=record.kind,
        version=write.seq,
        form=change.form or record.form,
        units=with_changed(record.units, changed),
    )
    touched = [name for name, candidates in changed.items() if candidates]
    contested = _contested(record, after, write, touched=touched, rules=rules)
    if contested:
        outcome = Outcome.CONFLICT
    else:
        outcome = Outcome.MERGED if _any_unseen(record, write) else Outcome.APPLIED
    return Merged(after, outcome, tuple(refused), contested)


def _created(change: Change, write: Write, rules: Rules) -> Record:
    """The record that a create makes when nobody was there before."""
    writes = (write,)
    units: dict[str, tuple[Candidate, ...]] = {
        name: (Candidate(value, writes),) for name, value in _written(change).items()
    }
    for name in units.keys() & rules.unions:
        units[name] = _with((), elements_of(change.units[name]), write)
    return Record(
        id=change.record,
        kind=change.record_kind,
        version=write.seq,
        form=change.form,
        units={name: given for name, given in units.items() if given},
    )


def _written(change: Change) -> dict[str, Answer]:
    """The units that the change writes, the reserved ones included."""
    units = dict(change.units)
    units.pop(NOTE, None)
    if change.kind is ChangeKind.CREATE:
        units[GRID] = [None, change.grid]
    elif change.kind in (ChangeKind.DELETE, ChangeKind.RESTORE):
        units[DELETED] = change.kind is ChangeKind.DELETE
    return units


def _overtaken(before: tuple[Candidate, ...], write: Write) -> bool:
    """Whether the same device has written the unit later: this change was held meanwhile."""
    return any(
        old.device == write.device and old.n > write.n
        for candidate in before
        for old in candidate.writes
    )


def _sealed(before: tuple[Candidate, ...], value: Answer, write: Write) -> bool:
    """Whether a write-once unit already has another value that this change would replace."""
    return any(
        knows(write.base, write.device, write.n, old) and not same(candidate.value, value)
        for candidate in before
        for old in candidate.writes
    )


def _split(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Of a set: what was written as one answer, before the form made a set of it, by element."""
    if not any(isinstance(candidate.value, list | tuple) for candidate in candidates):
        return candidates  # nearly always
    split: tuple[Candidate, ...] = ()
    for candidate in candidates:
        for write in candidate.writes:
            split = _with(split, elements_of(candidate.value), write)
    return split


class _How(StrEnum):
    """How a written value meets the candidates that are there."""

    WHOLE = "whole"
    ELEMENTS = "elements"
    ADD = "add"
    REMOVE = "remove"


def _how(kind: ChangeKind, policy: Policy) -> _How:
    if kind in (ChangeKind.ADD, ChangeKind.REMOVE):
        return _How(kind)
    return _How.ELEMENTS if policy is Policy.UNION else _How.WHOLE


def _merged(
    before: tuple[Candidate, ...], value: Answer, write: Write, how: _How
) -> tuple[Candidate, ...]:
    values = [value] if how is _How.WHOLE else elements_of(value)
    element_wise = how in (_How.ADD, _How.REMOVE)
    left = (
        candidate
        if element_wise and not _in(candidate.value, values)
        else _unseen(candidate, write)
        for candidate in before
    )
    kept = tuple(candidate for candidate in left if candidate is not None)
    return kept if how is _How.REMOVE else _with(kept, values, write)


def _unseen(candidate: Candidate, write: Write) -> Candidate | None:
    """What is left of a candidate once the write has superseded all that its author had seen."""
    if not any(knows(write.base, write.device, write.n, old) for old in candidate.writes):
        return candidate
    unseen = tuple(
        old for old in candidate.writes if not knows(write.base, write.device, write.n, old)
    )
    return Candidate(candidate.value, unseen) if unseen else None


def _with(
    candidates: tuple[Candidate, ...], values: list[Answer], write: Write
) -> tuple[Candidate, ...]:
    """The candidates and the written values; equal values are one candidate with ALL writes.

    Dropping a write of an equal value would let a later change that had seen only one of
    them hide the other: a loss without a conflict.
    """
    after = list(candidates)
    for value in values:
        for index, candidate in enumerate(after):
            if same(candidate.value, value):
                after[index] = Candidate(candidate.value, (*candidate.writes, write))
                break
        else:
            after.append(Candidate(value, (write,)))
    return tuple(after)


def _in(value: Answer, values: list[Answer]) -> bool:
    return any(same(value, other) for other in values)


def _contested(
    before: Record, after: Record, write: Write, *, touched: list[str], rules: Rules
) -> tuple[str, ...]:
    wants_deleting = DELETED in after.units
    if before.version <= write.base and not wants_deleting:
        return ()  # its author had seen everything
    names = [name for name in touched if name != DELETED and waits(after, name, rules)]
    newly = DELETED in touched or not deletion_waits(before)
    if wants_deleting and newly and deletion_waits(after):
        names.append(DELETED)
    return tuple(names)


def _any_unseen(record: Record, write: Write) -> bool:
    def any_of(writes: Iterable[Write]) -> bool:
        return any(not knows(write.base, write.device, write.n, other) for other in writes)

    if record.version <= write.base:
        return False
    return any_of(ever_written(record.units)) and any_of(writes_in(record.units))
