"""Small charts as SVG: they need no script, and print."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

WIDTH, HEIGHT = 600, 150
_TOP, _BOTTOM = 14, 22
_LEFT, _RIGHT = 40, 34


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
