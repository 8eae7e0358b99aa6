"""The figures of an area: each is the number of doors for which its condition holds.

The same condition gives the list behind the number (`doors`), so that they cannot differ.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    and_,
    case,
    func,
    not_,
    select,
    true,
)
from sqlalchemy.orm import Mapped
from sqlmodel import col

from server.clock import DAY_MS, midnight
from server.db.bulk import among
from server.db.coverage_tables import CoverageRow
from shared.coverage import FRESH_DAYS, Answered, Place, Reached

K = TypeVar("K")
_MET = (Reached.SPOKEN.value, Reached.REFUSED.value)


class Figure(StrEnum):
    """What is counted of an area's doors."""

    DWELLINGS = "dwellings"
    LISTED = "listed"
    """The denominator: occupied or unknown, and lived in."""
    COLLECTED = "collected"
    NOT_COLLECTED = "not_collected"
    CONTACTED = "contacted"
    """Somebody came to the door at some time, or an appointment was made."""
    REFUSED = "refused"
    UNREACHED = "unreached"
    """Tried, and nobody was ever met."""
    UNTRIED = "untried"
    UNKNOWN = "unknown"
    """Listed, though nobody knows whether somebody lives there."""
    UNREGISTERED = "unregistered"
    """Listed, and no household is registered there."""
    FRESH_90 = "fresh_90"
    FRESH_180 = "fresh_180"
    FRESH_365 = "fresh_365"
    STALE = "stale"
    """Not verified within the longest of these times, or never."""
    INCOMPLETE = "incomplete"
    """A household is registered, and something mandatory is missing."""
    VACANT = "vacant"
    GONE = "gone"
    BUSINESS = "business"


FIGURES = frozenset(map(str, Figure))
Condition = Callable[[int], ColumnElement[bool]]
"""Whether a door counts, at a time in ms."""


def _listed() -> ColumnElement[bool]:
    return col(CoverageRow.place) == Place.LISTED.value


def _with(*conditions: ColumnElement[bool]) -> Condition:
    return lambda _: and_(_listed(), *conditions)


def _reached(*how: str) -> ColumnElement[bool]:
    return col(CoverageRow.reached).in_(how)


def _fresh(days: int) -> Condition:
    return lambda now: and_(_listed(), col(CoverageRow.verified_at) >= _days_before(now, days))


def _stale(now: int) -> ColumnElement[bool]:
    since = _days_before(now, FRESH_DAYS[-1])
    fresh = func.coalesce(col(CoverageRow.verified_at), -1) >= since
    return and_(_listed(), not_(fresh))


def _days_before(now: int, days: int) -> int:
    """Whole days: what is fresh in the morning is so until the night."""
    return midnight(now) - days * DAY_MS


def _left_out(place: Place) -> Condition:
    return lambda _: col(CoverageRow.place) == place.value


CONDITIONS: Mapping[Figure, Condition] = MappingProxyType(
    {
        Figure.DWELLINGS: lambda _: true(),
        Figure.LISTED: _with(),
        Figure.COLLECTED: _with(col(CoverageRow.collected).is_(True)),
        Figure.NOT_COLLECTED: _with(col(CoverageRow.collected).is_(False)),
        Figure.CONTACTED: _with(_reached(*_MET)),
        Figure.REFUSED: _with(_reached(Reached.REFUSED.value)),
        Figure.UNREACHED: _with(_reached(Reached.NOBODY.value)),
        Figure.UNTRIED: _with(_reached(Reached.UNTRIED.value)),
        Figure.UNKNOWN: _with(col(CoverageRow.status_known).is_(False)),
        Figure.UNREGISTERED: _with(col(CoverageRow.households) == 0),
        Figure.FRESH_90: _fresh(FRESH_DAYS[0]),
        Figure.FRESH_180: _fresh(FRESH_DAYS[1]),
        Figure.FRESH_365: _fresh(FRESH_DAYS[2]),
        Figure.STALE: _stale,
        Figure.INCOMPLETE: _with(
            col(CoverageRow.households) > 0, col(CoverageRow.wanted) > 0
        ),
        Figure.VACANT: _left_out(Place.VACANT),
        Figure.GONE: _left_out(Place.GONE),
        Figure.BUSINESS: _left_out(Place.BUSINESS),
    }
)  # fmt: skip


class Figures(Struct, frozen=True):
    """An area's figures at one time."""

    counts: Mapping[Figure, int]
    items: Answered = Answered()
    """Of the households of listed dwellings and their people."""

    def count(self, figure: str) -> int:
        """One of them."""
        return self.counts.get(Figure(figure), 0)

    def share(self, figure: str) -> float | None:
        """Of the listed dwellings; None where none is listed."""
        listed = self.counts.get(Figure.LISTED, 0)
        return self.count(figure) / listed if listed else None

    @property
    def completeness(self) -> float | None:
        """See Answered."""
        return self.items.completeness

    def plus(self, other: "Figures") -> "Figures":
        """Of two areas together."""
        counts = {figure: self.count(figure) + other.count(figure) for figure in Figure}
        return Figures(counts, self.items.plus(other.items))


NOTHING = Figures(MappingProxyType({}))


class Asked(Struct, frozen=True):
    """Of which grids of a town, and for what time in ms."""

    town: str
    grids: frozenset[str]
    now: int


def counted_by_grid(conn: Connection, asked: Asked) -> dict[str, Figures]:
    """The figures of each of the grids, counted from its doors; `sums` has them kept."""
    found = _by(conn, asked, [col(CoverageRow.grid)])
    return {grid: figures for (grid,), figures in found.items()}


def figures_by_building(conn: Connection, asked: Asked) -> dict[tuple[str, ...], Figures]:
    """The figures of each building, by its grid and name."""
    return _by(conn, asked, [col(CoverageRow.grid), col(CoverageRow.building)])


def together(some: Collection[Figures]) -> Figures:
    """Of several areas."""
    total = NOTHING
    for figures in some:
        total = total.plus(figures)
    return total


def doors(figure: Figure, town: str, now: int) -> Select[str]:
    """The dwellings behind a figure, in the whole town: narrow it by grids."""
    return behind(figure, town, now, col(CoverageRow.dwelling_id))


def behind(figure: Figure, town: str, now: int, what: Mapped[K]) -> Select[K]:
    """The same, of the dwellings or of the households that count there."""
    return select(what).where(col(CoverageRow.town_id) == town, CONDITIONS[figure](now))


def counted_as(*of: ColumnElement[bool]) -> ColumnElement[str]:
    """Where a dwelling is counted, as one figure: of several the one that says most.

    of: how a list's row hangs on the counts. Asked by row, so that a list does not join them all.
    """
    listed = (
        Figure.COLLECTED, Figure.REFUSED, Figure.UNREGISTERED, Figure.INCOMPLETE,
        Figure.NOT_COLLECTED,
    )  # fmt: skip
    which = (Figure.VACANT, Figure.GONE, Figure.BUSINESS, *listed)
    said = case(*((CONDITIONS[figure](0), str(figure)) for figure in which), else_="")
    return select(said).where(*of).limit(1).correlate_except(CoverageRow).scalar_subquery()


def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of a group a condition holds for."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0).cast(Integer)


def _by(
    conn: Connection, asked: Asked, keys: Sequence[Mapped[str]]
) -> dict[tuple[str, ...], Figures]:
    items = (
        col(CoverageRow.applicable),
        col(CoverageRow.answered),
        col(CoverageRow.declined),
    )
    counted = [number(CONDITIONS[figure](asked.now)) for figure in Figure]
    summed = [func.sum(case((_listed(), column), else_=0)).cast(Integer) for column in items]
    rows = conn.execute(
        select(*keys, *counted, *summed)
        .where(
            col(CoverageRow.town_id) == asked.town,
            among(conn, col(CoverageRow.grid), asked.grids),
        )
        .group_by(*keys)
    )
    return dict(_read(tuple(row), len(keys)) for row in rows)


def _read(row: tuple[object, ...], keys: int) -> tuple[tuple[str, ...], Figures]:
    numbers = [int(str(value)) for value in row[keys:]]
    counts = dict(zip(Figure, numbers, strict=False))
    return tuple(map(str, row[:keys])), Figures(counts, Answered(*numbers[len(Figure) :]))
