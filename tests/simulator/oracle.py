"""What must be true, told without the merge: maximal writes under true happened-before.

A write `b` had seen a write `a` when `a` was in the record as `b`'s author had it on the screen
(its number is not above the version that was on the phone when the form was opened), or when
both were made on one phone and `a` came first.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from shared.changes import DELETED, GRID, Answer, Change, ChangeKind
from shared.merge import Rules
from shared.policies import Policy
from shared.records import Record

Key = tuple[str, str, str]
"""Names a change wherever it goes: its save, kind and record."""

Candidates = dict[str, frozenset[int]]
"""By value, as canonical JSON: the numbers of the writes that stand behind it."""

Lives = tuple[tuple[str, int], ...]
"""Earlier lives of a phone, each with the last write that it still knows of."""


@dataclass(frozen=True)
class Write:
    """One write of one unit, as the town numbered it."""

    seq: int
    author: str
    order: int
    """The author's own count."""
    base: int
    """The version that was on the author's screen."""
    values: tuple[str, ...]
    """Canonical JSON; the elements, where the unit is a set."""
    elementwise: bool
    """Whether it supersedes only its own elements."""
    removes: bool
    lives: Lives

    def had_seen(self, other: "Write") -> bool:
        known = dict(self.lives) | {self.author: self.order - 1}
        return other.seq <= self.base or other.order <= known.get(other.author, -1)


@dataclass
class Made:
    """A change that was made somewhere, before anybody numbered it."""

    author: str
    order: int
    base: int
    change: Change
    lost: bool = False
    """It was only on a phone that was lost; it need not arrive."""

    @property
    def key(self) -> Key:
        return self.change.save, self.change.kind, self.change.record


@dataclass
class Oracle:
    """Everything that was made, by whom and in which order."""

    rules: Mapping[str, Rules]
    made: list[Made] = field(default_factory=list)
    lives: dict[str, Lives] = field(default_factory=dict)

    def heard(self, author: str, base: int, changes: Iterable[Change]) -> None:
        """An author made these changes with that version on the screen."""
        for change in changes:
            self.made.append(Made(author, len(self.made), base, change))

    def reborn(self, name: str, before: str, known: int) -> None:
        """A phone goes on as `name` from a copy of `before`: that one's writes up to `known`."""
        self.lives[name] = (*self.lives.get(before, ()), (before, known))

    def writes(self, record: str, numbers: Mapping[Key, int]) -> dict[str, list[Write]]:
        """The accepted writes of a record by unit. numbers: those that the town gave."""
        units: dict[str, list[Write]] = defaultdict(list)
        for made in self.made:
            seq = numbers.get(made.key)
            if made.change.record == record and seq is not None:
                for unit, value in written(made.change):
                    units[unit].append(self._write(made, unit, value, seq))
        return units

    def expected(self, record: str, numbers: Mapping[Key, int]) -> dict[str, Candidates]:
        """The candidates that each unit of the record must have."""
        units = self.writes(record, numbers)
        found = {unit: _maximal(writes) for unit, writes in units.items()}
        return {unit: candidates for unit, candidates in found.items() if candidates}

    def deleted(self, record: str, numbers: Mapping[Key, int]) -> bool:
        """Whether somebody deleted it who had seen every write that still counts."""
        units = self.writes(record, numbers)
        wanted = _maximal(units.get(DELETED, []))
        if set(wanted) != {canonical(True)}:
            return False
        deletions = [write for write in units[DELETED] if write.seq in wanted[canonical(True)]]
        standing = [
            write
            for unit, writes in units.items()
            if unit != DELETED
            for write in writes
            if any(write.seq in seqs for seqs in _maximal(writes).values())
        ]
        return any(all(each.had_seen(write) for write in standing) for each in deletions)

    def waiting(self, record: str, kind: str, numbers: Mapping[Key, int]) -> set[str]:
        """The units that a person must decide: several values, and nobody else may choose."""
        found = self.expected(record, numbers)
        several = {unit for unit, candidates in found.items() if len(candidates) > 1}
        policies = {unit: self.rules[kind].policy(unit) for unit in several - {DELETED}}
        units = {unit for unit, policy in policies.items() if policy is Policy.REVIEW}
        if canonical(True) in found.get(DELETED, {}) and not self.deleted(record, numbers):
            units.add(DELETED)
        return units

    def replaced_by(
        self, author: str, record: str, unit: str, numbers: Mapping[Key, int]
    ) -> list[int]:
        """The numbers of writes that had seen the author's last write of a unit."""
        writes = self.writes(record, numbers).get(unit, [])
        mine = [write for write in writes if write.author == author]
        if not mine:
            return []
        last = max(mine, key=lambda write: write.order)
        return [write.seq for write in writes if write is not last and write.had_seen(last)]

    def _write(self, made: Made, unit: str, value: Answer, seq: int) -> Write:
        kind = made.change.kind
        is_set = self.rules[made.change.record_kind].policy(unit) is Policy.UNION
        elements = value if is_set and isinstance(value, list) else [value]
        return Write(
            seq=seq,
            author=made.author,
            order=made.order,
            base=made.base,
            values=tuple(map(canonical, elements)),
            elementwise=kind in (ChangeKind.ADD, ChangeKind.REMOVE),
            removes=kind is ChangeKind.REMOVE,
            lives=self.lives.get(made.author, ()),
        )


def canonical(value: Answer) -> str:
    """One text for one JSON value."""
    return msgspec.json.encode(value, order="deterministic").decode()


def written(change: Change) -> Iterator[tuple[str, Answer]]:
    """The units that a change writes."""
    yield from change.units.items()
    if change.kind is ChangeKind.CREATE:
        yield GRID, [None, change.grid]
    elif change.kind in (ChangeKind.DELETE, ChangeKind.RESTORE):
        yield DELETED, change.kind is ChangeKind.DELETE


def found_in(record: Record) -> dict[str, Candidates]:
    """The candidates that the register has."""
    return {
        unit: {canonical(c.value): frozenset(write.seq for write in c.writes) for c in candidates}
        for unit, candidates in record.units.items()
    }


def _maximal(writes: list[Write]) -> Candidates:
    """Values with the writes that no other write had seen."""
    candidates: dict[str, set[int]] = defaultdict(set)
    for write in writes:
        for value in () if write.removes else write.values:
            if not any(_supersedes(rival, write, value) for rival in writes):
                candidates[value].add(write.seq)
    return {value: frozenset(seqs) for value, seqs in candidates.items()}


def _supersedes(rival: Write, write: Write, value: str) -> bool:
    concerned = not rival.elementwise or value in rival.values
    return rival is not write and concerned and rival.had_seen(write)
