"""Small charts as SVG: they need no script, and print."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

WIDTH, HEIGHT = 600, 150
_TOP, _BOTTOM = 14, 22
_LEFT, _RIGHT = 40, 34
_SHARE_OF_A_PLACE = 0.34
"""How wide one of two columns is that share a place."""


class Dot(Struct, frozen=True):
    """One day of a line."""

    x: float
    y: float
    day: date
    share: float


class Line(Struct, frozen=True):
    """Shares over days, in the places where they are drawn."""

    dots: tuple[Dot, ...]
    target_y: float
    target: float
    low: float
    """What the lower edge stands for."""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def path(self) -> str:
        """The line through all dots."""
        return " ".join(
            f"{'M' if place == 0 else 'L'}{dot.x:.1f} {dot.y:.1f}"
            for place, dot in enumerate(self.dots)
        )

    @property
    def floor(self) -> int:
        """Where the lower edge is."""
        return HEIGHT - _BOTTOM


def trend(shares: Sequence[tuple[date, float | None]], target: float) -> Line:
    """The shares of some days with a line at the target; days without one are left out."""
    known = [(day, share) for day, share in shares if share is not None]
    lowest = min([target, *(share for _, share in known)])
    low = max(0.0, int(lowest * 10 - 0.5) / 10)

    def y(share: float) -> float:
        return _TOP + (1 - (share - low) / (1 - low)) * (HEIGHT - _TOP - _BOTTOM)

    first = known[0][0] if known else date.min
    span = max(1, (known[-1][0] - first).days) if known else 1
    dots = [
        Dot(_LEFT + (day - first).days / span * (WIDTH - _LEFT - _RIGHT), y(share), day, share)
        for day, share in known
    ]
    return Line(tuple(dots), y(target), target, low)


class Column(Struct, frozen=True):
    """One number as a column."""

    x: float
    y: float
    high: float
    number: int


class Pair(Struct, frozen=True):
    """Two columns of one week, side by side."""

    first: date
    middle: float
    one: Column
    other: Column


class Columns(Struct, frozen=True):
    """Pairs of columns, in the places where they are drawn."""

    pairs: tuple[Pair, ...]
    wide: float
    """How wide each column is."""
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def floor(self) -> int:
        """Where the lower edge is."""
        return HEIGHT - _BOTTOM


def columns(weeks: Sequence[tuple[date, int, int]]) -> Columns:
    """Two numbers of each week beside each other; the highest fills the picture."""
    place = (WIDTH - _RIGHT) / max(1, len(weeks))
    wide, floor = place * _SHARE_OF_A_PLACE, HEIGHT - _BOTTOM
    most = max((max(one, other) for _, one, other in weeks), default=0) or 1

    def column(x: float, number: int) -> Column:
        high = number / most * (floor - _TOP)
        return Column(x, floor - high, high, number)

    pairs = []
    for number, (first, one, other) in enumerate(weeks):
        middle = _RIGHT / 2 + place * (number + 0.5)
        pairs.append(Pair(first, middle, column(middle - wide, one), column(middle, other)))
    return Columns(tuple(pairs), wide)
