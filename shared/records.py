"""Records: an envelope plus answers, with the causal history that the merge needs."""

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct

from shared.changes import ALIAS, DELETED, GRID, Answer

PENDING = 1 << 60
"""Change numbers from here on are provisional: the town's counter is taken last."""


class Stamp(Struct, frozen=True):
    """What one accepted change is known by: its dot `(seq, device, n)` and where it came from."""

    seq: int
    """The town's change number."""
    device: str
    n: int
    base: int
    """The version its author had seen."""
    worker: str
    claimed: int
    """The device's wall clock, ms since the epoch."""
    effective: int
    """`claimed` corrected by the clock offset that the device had learnt."""
    visit: str | None = None


class Write(Stamp, frozen=True, array_like=True, gc=False):
    """A stamp as records carry it: many of them, so short."""


class Candidate(Struct, frozen=True, gc=False):
    """One value of a unit that nobody has superseded, with every write that set it."""

    value: Answer
    writes: tuple[Write, ...]


class Record(Struct, frozen=True, kw_only=True, dict=True):
    """A dwelling, household, resident, visit ... as the register, or a device's shadow, has it."""

    id: str
    kind: str
    version: int
    """The number of the last change that touched it."""
    form: str
    """The version of the form of its last answers."""
    units: Mapping[str, tuple[Candidate, ...]]

    @cached_property
    def grid(self) -> str:
        """The grid it lies in. While two moves compete, the old place stays."""
        candidates = self.units[GRID]
        if len(candidates) == 1:
            return _place(candidates[0].value)[1]
        places = [_place(candidate.value) for candidate in candidates]
        return min(before or after for before, after in places)

    @cached_property
    def alias_of(self) -> str | None:
        """The record that this one was merged into, if it was."""
        candidates = self.units.get(ALIAS, ())
        value = candidates[0].value if len(candidates) == 1 else None
        return value if isinstance(value, str) else None

    @cached_property
    def deleted(self) -> bool:
        """Whether it is a tombstone: deleted by someone who had seen every write."""
        candidates = self.units.get(DELETED, ())
        if len(candidates) != 1 or candidates[0].value is not True:
            return False
        edits = [write for name, write in self.writes() if name != DELETED]
        return any(
            all(knows(d.base, d.device, d.n, write) for write in edits)
            for d in candidates[0].writes
        )

    def writes(self) -> Iterator[tuple[str, Write]]:
        """Every unit's name with each write that still counts."""
        for name, candidates in self.units.items():
            for candidate in candidates:
                for write in candidate.writes:
                    yield name, write


def knows(base: int, device: str, n: int, write: Write) -> bool:
    """Whether a change `(base, device, n)` was made by someone who had seen `write`."""
    return write.seq <= base or (write.device == device and write.n < n)


def numbered(record: Record, first: int) -> Record:
    """`record` with its provisional change numbers replaced by `first`, `first + 1` ..."""
    renamed: dict[int, tuple[Write, ...]] = {}
    units = {
        name: tuple(_numbered(candidate, first, renamed) for candidate in candidates)
        for name, candidates in record.units.items()
    }
    return Record(
        id=record.id,
        kind=record.kind,
        version=final(record.version, first),
        form=record.form,
        units=units,
    )


def final(seq: int, first: int) -> int:
    """What a provisional change number becomes; a final one stays."""
    return seq if seq < PENDING else first + seq - PENDING


def finally_numbered(write: Write, first: int) -> Write:
    """`write` with its final change number."""
    if write.seq < PENDING:
        return write
    return Write(
        final(write.seq, first),
        write.device,
        write.n,
        write.base,
        write.worker,
        write.claimed,
        write.effective,
        write.visit,
    )


def is_missing(value: Answer) -> bool:
    """Whether the value is an explicit non-answer: declined, or not known."""
    if value is None or isinstance(value, str):  # nearly always, and far cheaper to ask
        return False
    return isinstance(value, Mapping) and "missing" in value


def _place(value: Answer) -> tuple[str | None, str]:
    before, after = value if isinstance(value, list | tuple) else (None, value)
    return (None if before is None else str(before)), str(after)


def _numbered(candidate: Candidate, first: int, renamed: dict[int, tuple[Write, ...]]) -> Candidate:
    # The units of one change share their tuple of writes: rename it once.
    known = id(candidate.writes)
    if known not in renamed:
        renamed[known] = tuple(finally_numbered(write, first) for write in candidate.writes)
    return Candidate(candidate.value, renamed[known])
