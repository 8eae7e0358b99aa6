"""Counting the board: town, communities and grids, each number the same as behind its list.

Grids and areas stand in the order of their codes, never by a figure: it is a board, not a race.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from server.board.reporting import Reported, standing_reports
from server.clock import DAY_MS, beginning_of, town_time
from server.coverage.figures import Figures, together
from server.office.areas import Area, Level, subtree
from server.summary.values import Asked
from server.summary.visits import visits_by_grid
from server.summary.work import Work
from server.work.counting import Share, by, settled_between, shares
from server.work.reading import Seen
from shared.work.deadlines import LATEST

WEEKS, MONTHS = 8, 6
SHARE_DAYS = 90
"""Shares by kind are of what was settled in so many days."""
WEEK = timedelta(days=7)


class Line(Struct, frozen=True, kw_only=True):
    """One area."""

    area: Area
    grids: frozenset[str]
    figures: Figures
    """How its doors stand now."""
    counts: Mapping[str, int]
    """Figures of the summary of the week, by their keys."""
    reported: Reported | None = None
    """Of a community or village, how far its collection was reported and accepted."""

    def count(self, key: str) -> int:
        """One of the week's figures."""
        return self.counts.get(key, 0)

    @property
    def in_time(self) -> float | None:
        """The share of the reports due that came in time; None where none was due."""
        due = self.count("nil_expected") - self.count("nil_excused")
        return self.count("nil_in_time") / due if due else None


class Span(Struct, frozen=True):
    """What was found and settled in some days."""

    first: date
    last: date
    found: int
    settled: int
    shares: tuple[Share, ...]


class Sort(Struct, frozen=True):
    """What became of one kind of case."""

    sort: str
    shares: tuple[Share, ...]

    @property
    def of(self) -> int:
        """How many were settled."""
        return sum(share.settled.number for share in self.shares)


class Board(Struct, frozen=True, kw_only=True):
    """Everything on it."""

    asked: Asked
    here: Line
    lines: tuple[Line, ...]
    """The areas directly below, in the order of their codes."""
    weeks: tuple[Span, ...]
    months: tuple[Span, ...]
    sorts: tuple[Sort, ...]
    """The kinds of what was settled lately, in the order of their codes."""
    since: date
    """From when on the kinds are counted."""
    open_by_grid: Mapping[str, tuple[int, int]]
    """Of each grid that has any, its open cases, and of these the overdue ones."""


def board_of(
    conn: Connection, asked: Asked, tree: Sequence[Area], doors: Mapping[str, Figures]
) -> Board:
    """The board of an area and a week. doors: how each grid stands now."""
    work = Work(conn, asked, {area.id: area for area in tree})
    of_grid = work.by_grid()
    counting = _Counting(asked, tree, doors, of_grid, visits_by_grid(conn, asked))
    past = _Past(work.cases)
    reports = standing_reports(conn, asked.who.town)
    below = [area for area in tree if area.parent_id == asked.area.id and area.stands(asked.now)]
    today = min(asked.last, town_time(asked.now).date())
    since = today - timedelta(days=SHARE_DAYS - 1)
    return Board(
        asked=asked,
        here=counting.line(asked.area, reports),
        lines=tuple(
            counting.line(area, reports) for area in sorted(below, key=lambda area: area.code)
        ),
        weeks=tuple(past.span(*days) for days in _weeks(asked)),
        months=tuple(past.span(*days) for days in _months(today)),
        sorts=_sorts(_settled(work.cases, since, today)),
        since=since,
        open_by_grid={
            grid: (counts["cases_open"], counts["cases_overdue"])
            for grid, counts in of_grid.items()
            if counts["cases_open"]
        },
    )


def settled_by(
    cases: Sequence[Seen], days: tuple[date, date], *, level: str = "", sort: str = ""
) -> list[Seen]:
    """What was settled in those days, at a level, of a kind: the list behind a share."""
    settled = [one for one in _settled(cases, *days) if sort in ("", one.case.sort)]
    at = [share.settled.cases for share in shares(settled) if level in ("", share.level.code)]
    return [one for some in at for one in some]


def this_week(now: int) -> tuple[date, date]:
    """Monday to Sunday."""
    monday = week_of(town_time(now).date())
    return monday, monday + WEEK - timedelta(days=1)


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


class _Counting(Struct, frozen=True):
    asked: Asked
    tree: Sequence[Area]
    doors: Mapping[str, Figures]
    of_grid: Mapping[str, Counter[str]]
    visits: Mapping[str, int]

    def line(self, area: Area, reports: Mapping[str, Reported]) -> Line:
        """The numbers of an area: those of its grids together."""
        inside = (one.id for one in subtree(self.tree, area.id) if one.level is Level.GRID)
        grids = frozenset(inside) & self.asked.who.grids
        counts = Counter[str]()
        for grid in grids:
            counts.update(self.of_grid.get(grid, {}))
            counts["visits"] += self.visits.get(grid, 0)
        return Line(
            area=area,
            grids=grids,
            figures=together([self.doors[grid] for grid in grids if grid in self.doors]),
            counts=counts,
            reported=reports.get(area.id),
        )


def _weeks(asked: Asked) -> list[tuple[date, date]]:
    monday = week_of(asked.first)
    firsts = [monday - back * WEEK for back in range(WEEKS - 1, -1, -1)]
    return [(first, first + WEEK - timedelta(days=1)) for first in firsts]


def _months(today: date) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    first = today.replace(day=1)
    for _ in range(MONTHS):
        following = (first + timedelta(days=31)).replace(day=1)
        found.insert(0, (first, following - timedelta(days=1)))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


class _Past:
    """Cases in the order of time: by when they were found, and by when they were settled."""

    def __init__(self, cases: Sequence[Seen]) -> None:
        self._found = sorted(one.case.discovered for one in cases)
        self._settled = sorted(settled_between(cases, 0, LATEST).cases, key=_ended)

    def span(self, first: date, last: date) -> Span:
        """What happened from one day to another."""
        since, until = beginning_of(first), beginning_of(last) + DAY_MS
        found = bisect_left(self._found, until) - bisect_left(self._found, since)
        begins = bisect_left(self._settled, since, key=_ended)
        settled = self._settled[begins : bisect_left(self._settled, until, key=_ended)]
        return Span(first, last, found, len(settled), shares(settled))


def _ended(one: Seen) -> int:
    return one.standing.closing.at if one.standing.closing else 0


def _settled(cases: Sequence[Seen], first: date, last: date) -> Sequence[Seen]:
    return settled_between(cases, beginning_of(first), beginning_of(last) + DAY_MS).cases


def _sorts(settled: Sequence[Seen]) -> tuple[Sort, ...]:
    kinds = by(settled, lambda one: one.case.sort)
    return tuple(Sort(sort, shares(kinds[sort].cases)) for sort in sorted(kinds))
