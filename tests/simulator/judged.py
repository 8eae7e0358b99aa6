"""What must be true, told without the merge: maximal writes under true happened-before.

A write `b` had seen a write `a` when `a` was in the record as `b`'s author had it on the screen
(its number is not above the version that was on the phone when the form was opened), or when
both came from one phone under one id and `a` was made first. A phone that goes on from a copy
knows what the other one had made before, as long as it has its id.

A change of a record that was merged into another one by then is written there once more, as an
echo, by somebody who had seen nothing of that other one but her own earlier echoes of the same
record: those of the id that her phone had, which two lives share until the office parts them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from shared.changes import ALIAS, DELETED, GRID, Answer, Change, ChangeKind
from shared.policies import Policy
from shared.records import Record
from tests.simulator.oracle import Key, Lives, Made, Oracle

ECHO = "~"
"""Before the author of an echo, once for each merge on its way."""
CLAIMED = "household_no"
"""The unit of a household that only one of a community may have."""

Candidates = dict[str, frozenset[int]]
"""By value, as canonical JSON: the numbers of the writes that stand behind it."""
Numbers = Mapping[Key, int]
"""The town's number of each change; of an echo, ECHO stands before its save."""


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
    device: str
    """The id that it arrived under."""
    lives: Lives

    def had_seen(self, other: "Write") -> bool:
        known: dict[str, int] = {}
        if other.device == self.device:
            # Else a number tells, unless a server that was put back has given it another one, or
            # it came in a file before she had her new id (docs/decisions/0042-incarnations.md).
            known = {**dict(self.lives), self.author: self.order - 1}
        return other.seq <= self.base or other.order <= known.get(other.author, -1)


@dataclass(frozen=True)
class Claim:
    """A household's claim to its number; in their order the first one has it."""

    since: int
    record: str


class Judged:
    """The oracle's verdict, given the numbers that the town gave."""

    def __init__(self, oracle: Oracle, numbers: Numbers, devices: Mapping[Key, str]) -> None:
        """`devices`: the id that each change arrived under; an echo's is that of its change."""
        self._oracle = oracle
        self._numbers = numbers
        self._devices = devices
        self._expected: dict[str, dict[str, Candidates]] = {}

    @cached_property
    def echoes(self) -> frozenset[Key]:
        """The echoes that must be in the journal."""
        return frozenset(key for key, _ in self._echoed)

    def writes(self, record: str) -> Mapping[str, list[Write]]:
        """The accepted writes of a record by unit."""
        return self._writes.get(record, {})

    def expected(self, record: str) -> Mapping[str, Candidates]:
        """The candidates that each unit of the record must have."""
        if record not in self._expected:
            found = {unit: _maximal(writes) for unit, writes in self.writes(record).items()}
            self._expected[record] = {unit: each for unit, each in found.items() if each}
        return self._expected[record]

    def deleted(self, record: str) -> bool:
        """Whether somebody deleted it who had seen every write that still counts."""
        units, expected = self.writes(record), self.expected(record)
        wanted = expected.get(DELETED, {})
        if set(wanted) != {canonical(True)}:
            return False
        deletions = [write for write in units[DELETED] if write.seq in wanted[canonical(True)]]
        standing = [
            write
            for unit, writes in units.items()
            if unit != DELETED
            for write in writes
            if any(write.seq in seqs for seqs in expected.get(unit, {}).values())
        ]
        return any(all(each.had_seen(write) for write in standing) for each in deletions)

    def merged_into(self, record: str) -> str | None:
        """The record that it was merged into; a merge is always made by who had seen the last."""
        return self._survivor_at(record, 1 << 62)

    def waiting(self, record: str, kind: str) -> set[str]:
        """The units that a person must decide: several values, and nobody else may choose.

        Nobody sees a record that was merged into another one, or that somebody deleted who had
        seen all that stands, so nothing of it waits.
        """
        if self.merged_into(record) is not None or self.deleted(record):
            return set()
        rules, found = self._oracle.rules[kind], self.expected(record)
        several = {unit for unit, candidates in found.items() if len(candidates) > 1}
        units = {unit for unit in several - {DELETED} if rules.policy(unit) is Policy.REVIEW}
        if canonical(True) in found.get(DELETED, {}) and not self.deleted(record):
            units.add(DELETED)
        return units

    def second_claims(self) -> set[str] | None:
        """Households whose number another one had before; None where that cannot be told.

        Which of several candidates is shown, and so claimed, is the merge's business.
        """
        by_number: dict[str, list[Claim]] = defaultdict(list)
        for record, units in self._writes.items():
            found = self.expected(record)
            if CLAIMED not in units or self.deleted(record) or self.merged_into(record):
                continue
            if len(found[CLAIMED]) > 1:
                return None
            ((number, seqs),) = found[CLAIMED].items()
            if number == canonical(None):
                continue
            placed = min(seq for each in found[GRID].values() for seq in each)
            by_number[number].append(Claim(max(min(seqs), placed), record))
        ordered = (sorted(claims, key=lambda claim: claim.since) for claims in by_number.values())
        return {claim.record for claims in ordered for claim in claims[1:]}

    def replaced_by(self, author: str, record: str, unit: str) -> list[int]:
        """The numbers of writes that had seen the author's last write of a unit."""
        writes = self.writes(record).get(unit, [])
        mine = [write for write in writes if write.author == author]
        if not mine:
            return []
        last = max(mine, key=lambda write: write.order)
        return [write.seq for write in writes if write is not last and write.had_seen(last)]

    @cached_property
    def _writes(self) -> dict[str, dict[str, list[Write]]]:
        found: dict[str, dict[str, list[Write]]] = defaultdict(lambda: defaultdict(list))
        for made in self._oracle.made:
            seq = self._numbers.get(made.key)
            if seq is not None:
                lives = self._oracle.lives.get(made.author, ())
                who = (seq, made.author, made.base, self._devices[made.key], lives)
                for unit, value in written(made.change):
                    write = self._write(made, unit, value, who)
                    found[made.change.record][unit].append(write)
        for key, made in self._echoed:
            seq = self._numbers.get(key)
            if seq is not None:
                # She did not know that what she wrote to another record was about this one.
                steps = ECHO * (len(key[0]) - len(key[0].lstrip(ECHO)))
                author = f"{steps}{self._devices[key]} {made.change.record}"
                who = (seq, author, 0, "", ())
                for unit, value in _echoing(made.change).items():
                    found[key[2]][unit].append(self._write(made, unit, value, who))
        return found

    @cached_property
    def _echoed(self) -> list[tuple[Key, Made]]:
        """Every change of a record that had been merged by then: its echo, and whose it is."""
        found: dict[Key, Made] = {}
        for made in self._oracle.made if self._aliases else ():
            seq, record, depth = self._numbers.get(made.key), made.change.record, 0
            kind = made.change.kind
            kind = ChangeKind.SET if kind is ChangeKind.CREATE else kind
            while seq is not None and _echoing(made.change):
                survivor = self._survivor_at(record, seq)
                if survivor is None:
                    break
                record, depth, before = survivor, depth + 1, 0
                while (key := (ECHO * depth + made.change.save, kind, record, before)) in found:
                    before += 1
                found[key] = made
                seq = self._numbers.get(key)
        return list(found.items())

    @cached_property
    def _aliases(self) -> dict[str, list[tuple[int, str | None]]]:
        """By merged record: at which numbers it was merged into which other one, or parted."""
        found: dict[str, list[tuple[int, str | None]]] = defaultdict(list)
        for made in self._oracle.made:
            seq = self._numbers.get(made.key)
            if seq is not None and ALIAS in made.change.units:
                into = made.change.units[ALIAS]
                assert into is None or isinstance(into, str)
                found[made.change.record].append((seq, into))
        return {record: sorted(steps, key=lambda step: step[0]) for record, steps in found.items()}

    def _survivor_at(self, record: str, seq: int) -> str | None:
        before = [into for at, into in self._aliases.get(record, ()) if at < seq]
        return before[-1] if before else None

    def _write(
        self, made: Made, unit: str, value: Answer, who: tuple[int, str, int, str, Lives]
    ) -> Write:
        seq, author, base, device, lives = who
        kind = made.change.kind
        is_set = self._oracle.rules[made.change.record_kind].policy(unit) is Policy.UNION
        elements = value if is_set and isinstance(value, list) else [value]
        return Write(
            seq=seq,
            author=author,
            order=made.order,
            base=base,
            values=tuple(map(canonical, elements)),
            elementwise=kind in (ChangeKind.ADD, ChangeKind.REMOVE),
            removes=kind is ChangeKind.REMOVE,
            device=device,
            lives=lives,
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


def _echoing(change: Change) -> dict[str, Answer]:
    """What a change says of the record that its own was merged into."""
    return {unit: value for unit, value in change.units.items() if unit != ALIAS}


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
