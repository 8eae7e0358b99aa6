"""The merge: one change against one record. Pure; the register calls it under the record's lock.

Candidates of a unit are exactly its maximal writes: those that no other write had seen. A policy
never removes one; it only says which is shown and whether a person must decide. So the outcome
does not depend on who synced first, nor on any clock (docs/decisions/0003-candidates.md).
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct
from msgspec.json import Encoder

from shared.changes import DELETED, GRID, NOTE, Answer, Change, ChangeKind
from shared.policies import Policy
from shared.records import Candidate, Record, Write, is_missing, knows

NO_POLICIES: Mapping[str, Policy] = MappingProxyType({})
NO_ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Rules(Struct, frozen=True, dict=True):
    """What a kind's form declares for the merge. A unit without a policy waits for review."""

    policies: Mapping[str, Policy] = NO_POLICIES
    orders: Mapping[str, tuple[str, ...]] = NO_ORDERS
    """For one-way states, the states from the first to the last."""

    @cached_property
    def unions(self) -> frozenset[str]:
        """The units that are sets."""
        return frozenset(name for name, policy in self.policies.items() if policy is Policy.UNION)

    def policy(self, unit: str) -> Policy:
        """The unit's merge policy."""
        return self.policies.get(unit, Policy.REVIEW)


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


class Settled(Struct, frozen=True):
    """What of a unit is shown, and whether a person must decide."""

    value: Answer
    contested: bool


def merge(record: Record | None, change: Change, write: Write, rules: Rules) -> Merged:
    """`record` with `change` merged in, unit by unit.

    `record` is None only for a `create`. Raises ValueError for any other change without its
    record: the caller holds such a change until the record comes.
    """
    if record is None:
        if change.kind is not ChangeKind.CREATE:
            raise ValueError("a change needs its record; hold it until the create comes")
        return Merged(_created(change, write, rules), Outcome.APPLIED)
    units = dict(record.units)
    refused = []
    for name, value in _written(change).items():
        before = units.get(name, ())
        if rules.policy(name) is Policy.APPEND and _sealed(before, value, write):
            refused.append(name)
        elif not _overtaken(before, write):
            units[name] = _merged(before, value, write, _how(change.kind, rules.policy(name)))
    after = Record(
        id=record.id,
        kind=record.kind,
        version=write.seq,
        form=change.form or record.form,
        units={name: candidates for name, candidates in units.items() if candidates},
    )
    return Merged(after, _outcome(write, record, after, rules), tuple(refused))


def settle(candidates: tuple[Candidate, ...], policy: Policy, order: tuple[str, ...]) -> Settled:
    """What to show of the candidates, and whether they are a conflict, under the policy."""
    if not candidates:
        return Settled(None, False)
    if policy is Policy.UNION:
        return Settled(_elements(candidates), False)
    if len(candidates) == 1:
        return Settled(candidates[0].value, False)
    if policy is Policy.ORDER:
        return _furthest(candidates, order)
    shown = _latest(_best(candidates, policy))
    return Settled(shown.value, policy in (Policy.REVIEW, Policy.APPEND))


def shown(record: Record, rules: Rules) -> dict[str, Answer]:
    """The answers that a reader of the record sees, by unit; reserved units left out."""
    sets = rules.unions
    return {
        name: candidates[0].value
        if len(candidates) == 1 and name not in sets
        else settled(record, name, rules).value
        for name, candidates in record.units.items()
        if not name.startswith("@")
    }


def settled(record: Record, unit: str, rules: Rules) -> Settled:
    """One unit of the record as it is shown."""
    candidates = record.units.get(unit, ())
    return settle(candidates, rules.policy(unit), rules.orders.get(unit, ()))


def conflicts(record: Record, rules: Rules) -> frozenset[str]:
    """The units of the record that wait for a person."""
    contested = [name for name in record.units if name != DELETED and _waits(record, name, rules)]
    return frozenset([*contested, DELETED] if _deletion_waits(record) else contested)


def same(a: Answer, b: Answer) -> bool:
    """Whether two answers are the same JSON value: 1, 1.0 and true are three values."""
    if type(a) is type(b) and isinstance(a, str | bool | int):
        return a == b
    return _canonical.encode(a) == _canonical.encode(b)


_canonical = Encoder(order="deterministic")


def _created(change: Change, write: Write, rules: Rules) -> Record:
    """The record that a create makes when nobody was there before."""
    writes = (write,)
    units: dict[str, tuple[Candidate, ...]] = {
        name: (Candidate(value, writes),) for name, value in _written(change).items()
    }
    for name in units.keys() & rules.unions:
        units[name] = _with((), _list(change.units[name]), write)
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
    values = [value] if how is _How.WHOLE else _list(value)
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


def _list(value: Answer) -> list[Answer]:
    """The elements of a set-valued answer, each once."""
    if value is None:
        return []
    elements: list[Answer] = []
    for element in value if isinstance(value, list | tuple) else [value]:
        if not _in(element, elements):
            elements.append(element)
    return elements


def _in(value: Answer, values: list[Answer]) -> bool:
    return any(same(value, other) for other in values)


def _elements(candidates: tuple[Candidate, ...]) -> Answer:
    """The set's elements in order; an explicit non-answer shows only while there is none."""
    given = [candidate.value for candidate in candidates if not is_missing(candidate.value)]
    if given:
        return sorted(given, key=str)
    return min((candidate.value for candidate in candidates), key=_canonical.encode)


def _best(candidates: tuple[Candidate, ...], policy: Policy) -> list[Candidate]:
    """The candidates between which the policy itself sees no difference."""
    if policy is Policy.LATEST:
        return list(candidates)
    ranked = [(candidate, _rank(candidate.value, policy)) for candidate in candidates]
    comparable = [(candidate, rank) for candidate, rank in ranked if rank is not None]
    if policy not in (Policy.MAX, Policy.MIN, Policy.BETTER) or not comparable:
        return list(candidates)
    pick = max if policy is Policy.MAX else min
    best = pick(rank for _, rank in comparable)
    return [candidate for candidate, rank in comparable if rank == best]


def _rank(value: Answer, policy: Policy) -> tuple[int, float, str] | None:
    """A comparable key: numbers before texts; None for what has no rank (empty, declined)."""
    if policy is Policy.BETTER:
        value = value.get("accuracy") if isinstance(value, Mapping) else None
    if isinstance(value, bool | int | float):
        return (0, float(value), "")
    return (1, 0.0, value) if isinstance(value, str) else None


def _latest(candidates: list[Candidate]) -> Candidate:
    """The candidate with the newest effective time; the dot breaks a tie, the same everywhere."""
    return max(candidates, key=lambda c: max((w.effective, w.device, w.n) for w in c.writes))


def _furthest(candidates: tuple[Candidate, ...], order: tuple[str, ...]) -> Settled:
    ranks = [_stage(candidate.value, order) for candidate in candidates]
    furthest = [c for c, rank in zip(candidates, ranks, strict=True) if rank == max(ranks)]
    return Settled(_latest(furthest).value, len(furthest) > 1)


def _stage(value: Answer, order: tuple[str, ...]) -> int:
    return order.index(value) if isinstance(value, str) and value in order else -1


def _waits(record: Record, unit: str, rules: Rules) -> bool:
    return len(record.units[unit]) > 1 and settled(record, unit, rules).contested


def _deletion_waits(record: Record) -> bool:
    wanted = any(candidate.value is True for candidate in record.units.get(DELETED, ()))
    return wanted and not record.deleted


def _outcome(write: Write, before: Record, after: Record, rules: Rules) -> Outcome:
    wants_deleting = DELETED in after.units
    if before.version <= write.base and not wants_deleting:
        return Outcome.APPLIED  # its author had seen everything
    touched = [name for name, now in after.units.items() if now is not before.units.get(name)]
    if any(_waits(after, name, rules) for name in touched if name != DELETED):
        return Outcome.CONFLICT
    if wants_deleting and _deletion_waits(after) and not _deletion_waits(before):
        return Outcome.CONFLICT
    return Outcome.MERGED if _any_unseen(before, write) else Outcome.APPLIED


def _any_unseen(record: Record, write: Write) -> bool:
    if record.version <= write.base:
        return False
    return any(not knows(write.base, write.device, write.n, other) for _, other in record.writes())
