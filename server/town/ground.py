"""The ground of an invented town: every grid a field of its own, side by side without a gap.

It lies in the middle of a lake: whoever looks there sees that nobody lives at the door.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from math import ceil, sqrt
from random import Random

Point = tuple[float, float]
"""Longitude and latitude, WGS-84."""

_WEST, _SOUTH = 120.08, 31.18
_WIDE, _HIGH = 0.0036, 0.0028
"""Of a field, in degrees: some 340 by 310 metres."""
_SKEW = 0.2
"""How far a corner may lie from its place, of a field's width and height."""
_BEND = 0.05
"""The same of a point between two corners."""
_BENDS = (1 / 3, 2 / 3)
_INNER = (0.18, 0.82)
"""Where in a field buildings stand: far enough from its boundary."""
DECIMALS = 6


class Field:
    """The ground of one grid."""

    def __init__(self, town: str, grids: int, place: int) -> None:
        """The field of the grid at this place among so many. town: its code."""
        self._town = town
        columns = ceil(sqrt(grids))
        row, along = divmod(place, columns)
        # Every other row runs backwards, so that grids that follow each other lie together.
        self._column = columns - 1 - along if row % 2 else along
        self._row = row

    @cached_property
    def ring(self) -> tuple[Point, ...]:
        """Its boundary, anticlockwise and closed."""
        around = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        corners = [(self._column + x, self._row + y) for x, y in around]
        points = [point for one, other in pairwise(corners) for point in self._side(one, other)]
        return (*points, points[0])

    def spot(self, name: str) -> Point:
        """Where the building of that name stands."""
        chance = Random(f"{self._town}/{self._column}/{self._row}/{name}")
        return self._at(chance.uniform(*_INNER), chance.uniform(*_INNER))

    def _at(self, x: float, y: float) -> Point:
        """A point between the corners, x and y from 0 to 1."""
        low, high = (
            _between(
                self._corner((self._column, self._row + up)),
                self._corner((self._column + 1, self._row + up)),
                x,
            )
            for up in (0, 1)
        )
        return _between(low, high, y)

    def _corner(self, at: tuple[int, int]) -> Point:
        chance = Random(f"{self._town}/{at}")
        column, row = at
        return (
            _WEST + (column + chance.uniform(-_SKEW, _SKEW)) * _WIDE,
            _SOUTH + (row + chance.uniform(-_SKEW, _SKEW)) * _HIGH,
        )

    def _side(self, one: tuple[int, int], other: tuple[int, int]) -> Iterator[Point]:
        """From one corner towards another: the neighbour's side has the same points."""
        first, last = sorted((one, other))
        chance = Random(f"{self._town}/{first}/{last}")
        bends = []
        for share in _BENDS:
            lon, lat = _between(self._corner(first), self._corner(last), share)
            lon += chance.uniform(-_BEND, _BEND) * _WIDE
            bends.append((lon, lat + chance.uniform(-_BEND, _BEND) * _HIGH))
        yield _rounded(self._corner(one))
        yield from map(_rounded, bends if one == first else reversed(bends))


def _between(one: Point, other: Point, share: float) -> Point:
    return (one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share)


def _rounded(point: Point) -> Point:
    return (round(point[0], DECIMALS), round(point[1], DECIMALS))
