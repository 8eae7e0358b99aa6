"""Counts of cases with the list behind each: sheets, boards and summaries take them from here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from statistics import median

from msgspec import Struct

from server.work.reading import Seen
from shared.work.rules import DAY_MS
from shared.work.values import Level


class Count(Struct, frozen=True):
    """A number, and what it counts."""

    cases: tuple[Seen, ...]

    @property
    def number(self) -> int:
        """How many."""
        return len(self.cases)


class Share(Struct, frozen=True):
    """What a level settled itself, of all that was settled."""

    level: Level
    settled: Count
    of: int
    days: float | None
    """Median of the days from discovery to the end; None where nothing was settled."""


def overdue(cases: Iterable[Seen], now: int) -> Count:
    """The cases that should have been settled by now, those first that are longest due."""
    late = [one for one in cases if one.standing.is_overdue(now)]
    return Count(tuple(sorted(late, key=lambda one: (one.standing.deadline, one.id))))


def still_open(cases: Iterable[Seen]) -> Count:
    """The cases of which somebody still has to do something about the matter itself."""
    return Count(tuple(one for one in cases if one.standing.is_open))


def settled_between(cases: Iterable[Seen], since: int, until: int) -> Count:
    """The cases whose closing stands and was made in that time."""
    return Count(
        tuple(
            one
            for one in cases
            if (closing := one.standing.closing) is not None
            and since <= closing.at < until
            and not one.standing.is_open
        )
    )


def by(cases: Iterable[Seen], key: Callable[[Seen], str]) -> dict[str, Count]:
    """The cases by something of theirs: their kind, their grid, their phase."""
    groups: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in cases:
        groups[key(one)].append(one)
    return {name: Count(tuple(some)) for name, some in groups.items()}


def shares(settled: Sequence[Seen]) -> tuple[Share, ...]:
    """How much of what was settled each level settled itself: small things stay in the grid."""
    of_level: defaultdict[Level, list[Seen]] = defaultdict(list)
    for one in settled:
        if one.standing.closing is not None:
            of_level[one.standing.closing.level].append(one)
    return tuple(
        Share(level, Count(tuple(of_level[level])), len(settled), _days(of_level[level]))
        for level in Level
    )


def _days(cases: Sequence[Seen]) -> float | None:
    taken = [
        (one.standing.closing.at - one.case.discovered) / DAY_MS
        for one in cases
        if one.standing.closing is not None
    ]
    return median(taken) if taken else None
