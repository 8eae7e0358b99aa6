"""The collection rate and what stands beside it, as the office sees them and as `doors` tells.

The figures of the coverage pages, the dwellings behind each, and the quality of the assessment.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from rehearsal.compared import Compared, Value
from rehearsal.doors import FIGURES, ITEMS, ON_SHEET
from rehearsal.items import stated
from rehearsal.journal import Place
from rehearsal.played import Played
from server.clock import DAY_MS, beginning_of
from server.console.pages.coverage import COMPANIONS, area_figures
from server.coverage.days import days
from server.coverage.figures import Asked, Figure, Figures, doors, together
from server.coverage.living import Share
from server.coverage.sums import sums_by_grid

SUMMARY = ("listed", "collected", "contacted", "refused", "unreached", "unknown", "fresh_365")
"""What of it stands in the summary."""


def coverage(played: Played) -> Iterator[Compared]:
    """The coverage pages of every area, the lists behind the town's figures, the items asked."""
    items, said = played.doors.published, stated()
    yield Compared("forms", "items", _names(items - said), _names(said - items))
    yield from _lists(played)
    with played.told() as (conn, who):
        by_grid = area_figures(conn, who, played.plan.ends)
    for place in played.places():
        numbers = played.doors.of(place)
        mine = together([by_grid[grid] for grid in place.grids if grid in by_grid])
        yield from figures(place.name, mine, numbers)
        yield from _rates(place.name, mine, numbers)
        yield from _people(played, place, numbers)
        yield Compared(place.name, "of the day", *_of_the_day(played, place, numbers))


def figures(where: str, told: Figures, numbers: Counter[str]) -> Iterator[Compared]:
    """Every figure of an area's doors, and the items of who lives there."""
    for key in FIGURES:
        yield Compared(where, key, told.count(key), numbers[key])
    for item in ITEMS:
        yield Compared(where, f"items {item}", getattr(told.items, item), numbers[item])


def fresh(played: Played, place: Place) -> tuple[int, int]:
    """The listed doors of an area that were verified within 180 days, and all of them."""
    numbers = played.doors.of(place)
    return numbers[ON_SHEET], numbers["listed"]


def quality(played: Played, place: Place, between: tuple[date, date]) -> float:
    """Half of the items that are answered, half of the doors that are fresh, less duplicates.

    between: the days in which a duplicate that review found counts. Some door must be listed.
    """
    numbers = played.doors.of(place)
    complete = numbers["answered"] / max(1, numbers["applicable"])
    since, until = beginning_of(between[0]), beginning_of(between[1]) + DAY_MS
    merged = sum(grid in place.grids and since <= at < until for grid, at in played.doors.merged)
    rest = (numbers[ON_SHEET] - 2 * merged) / numbers["listed"]
    return max(0.0, (complete + rest) / 2)


def _lists(played: Played) -> Iterator[Compared]:
    """The dwellings behind each figure of the town; of those that differ, which."""
    now = beginning_of(date.fromisoformat(played.doors.day))
    with played.told() as (conn, who):
        for figure in Figure:
            told = frozenset(conn.execute(doors(figure, who.town, now)).scalars())
            counted = played.doors.behind[figure]
            yield Compared("list", str(figure), told - counted, counted - told)


def _rates(where: str, told: Figures, numbers: Counter[str]) -> Iterator[Compared]:
    for figure in (Figure.COLLECTED, *COMPANIONS):
        rate = _share(numbers[figure], numbers["listed"])
        yield Compared(where, f"rate {figure}", told.share(figure), rate)
    complete = _share(numbers["answered"], numbers["applicable"])
    yield Compared(where, "completeness", told.completeness, complete)


def _people(played: Played, place: Place, numbers: Counter[str]) -> Iterator[Compared]:
    together = Share()
    with played.told() as (conn, who):
        for sums in sums_by_grid(conn, who.town, place.grids).values():
            together = together.plus(sums.people)
    yield Compared(place.name, "people", together.of, numbers["people"])
    yield Compared(place.name, "people known", together.number, numbers["people_known"])


def _of_the_day(played: Played, place: Place, numbers: Counter[str]) -> tuple[Value, Value]:
    """What the trend's last day says."""
    day = date.fromisoformat(played.doors.day)
    with played.told() as (conn, who):
        kept = days(conn, Asked(who.town, place.grids, beginning_of(day)), 1)
    told = tuple((each.day, each.listed, each.collected) for each in kept)
    return told, ((day, numbers["listed"], numbers["collected"]),)


def _share(number: int, of: int) -> float | None:
    return number / of if of else None


def _names(items: frozenset[tuple[str, str, bool, bool, bool]]) -> frozenset[str]:
    return frozenset(" ".join(map(str, item)) for item in items)
