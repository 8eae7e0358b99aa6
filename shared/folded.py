"""A packed record's units, each opened only when somebody asks for it.

Most edits touch one unit of forty: the others go from what was stored to what is stored again
without being made into values and back.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar, overload

import msgspec
from msgspec import Raw

from shared.changes import Answer
from shared.records import Candidate, Write

Units: TypeAlias = Mapping[str, tuple[Candidate, ...]]
FoldedParts: TypeAlias = dict[str, tuple[Raw, ...]]
"""Each unit's candidates, as JSON: a value and the places of its writes in the table."""
NO_CHANGE: Units = {}
T = TypeVar("T")


class FoldedUnits(Units):
    """Units by name. Equal to a dict of the same units; never changed, only copied."""

    __slots__ = ("_first", "_opened", "changed", "folded", "plain", "writes")

    def __init__(
        self,
        writes: tuple[Write, ...],
        plain: dict[str, Answer],
        folded: FoldedParts,
        changed: Units = NO_CHANGE,
    ) -> None:
        self.writes = writes
        """The table that the folded parts point into."""
        self.plain = plain
        """The units of one value that the table's first write alone has set."""
        self.folded = folded
        self.changed = changed
        """What is not as it was stored."""
        self._first = writes[:1]
        self._opened = dict(changed)

    def __getitem__(self, name: str) -> tuple[Candidate, ...]:
        known = self._opened.get(name)
        if known is None:
            if name in self.folded:
                known = tuple([self._candidate(part) for part in self.folded[name]])
            else:
                known = (Candidate(self.plain[name], self._first),)
            self._opened[name] = known
        return known

    @overload
    def get(self, name: str, default: None = None, /) -> tuple[Candidate, ...] | None: ...

    @overload
    def get(self, name: str, default: tuple[Candidate, ...], /) -> tuple[Candidate, ...]: ...

    @overload
    def get(self, name: str, default: T, /) -> tuple[Candidate, ...] | T: ...

    def get(
        self, name: str, default: tuple[Candidate, ...] | T | None = None, /
    ) -> tuple[Candidate, ...] | T | None:
        """As of any mapping, but it takes no exception to learn that a unit is not there."""
        known = self._opened.get(name)
        if known is not None:
            return known
        return self[name] if name in self.plain or name in self.folded else default

    def __iter__(self) -> Iterator[str]:
        yield from self.plain
        yield from self.folded
        yield from self.changed

    def __len__(self) -> int:
        return len(self.plain) + len(self.folded) + len(self.changed)

    def __contains__(self, name: object) -> bool:
        return name in self.plain or name in self.folded or name in self.changed

    def with_changed(self, changed: Units) -> "FoldedUnits":
        """The same with some units as they are now; one without candidates is gone."""
        plain, folded = self.plain.copy(), self.folded.copy()
        for name in changed:
            plain.pop(name, None)
            folded.pop(name, None)
        every = {**self.changed, **changed}
        left = {name: candidates for name, candidates in every.items() if candidates}
        return FoldedUnits(self.writes, plain, folded, left)

    def _candidate(self, part: Raw) -> Candidate:
        value, at = _part.decode(part)
        return Candidate(value, tuple([self.writes[place] for place in at]))


def with_changed(units: Units, changed: Units) -> Units:
    """The units with some as they are now; one without candidates is gone."""
    if isinstance(units, FoldedUnits):
        return units.with_changed(changed)
    every = {**units, **changed}
    return {name: candidates for name, candidates in every.items() if candidates}


def several(units: Units) -> list[str]:
    """The names of the units that have more than one candidate; a plain one never has."""
    if isinstance(units, FoldedUnits):
        return [*_several(units.folded), *_several(units.changed)]
    return _several(units)


def writes_in(units: Units) -> Iterator[Write]:
    """Every write that still counts, each at least once; plain units have theirs in common."""
    names: Iterable[str] = units
    if isinstance(units, FoldedUnits):
        if units.plain:
            yield units.writes[0]
        names = (*units.folded, *units.changed)
    for name in names:
        for candidate in units[name]:
            yield from candidate.writes


def ever_written(units: Units) -> Iterator[Write]:
    """The same and perhaps some that no longer count, nothing opened to tell them apart."""
    if not isinstance(units, FoldedUnits):
        yield from writes_in(units)
        return
    yield from units.writes
    for candidates in units.changed.values():
        for candidate in candidates:
            yield from candidate.writes


def _several(units: Mapping[str, tuple[object, ...]]) -> list[str]:
    return [name for name, candidates in units.items() if len(candidates) > 1]


_part = msgspec.json.Decoder(tuple[Answer, tuple[int, ...]])
