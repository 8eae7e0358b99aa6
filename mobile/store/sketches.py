"""A grid as a sketch: its outline and its doors, on a plane of metres, without any map behind."""

from collections.abc import Iterable
from math import cos, radians
from statistics import median

from msgspec import Struct

from mobile.store.buildings import Buildings, DoorCell, building_name
from mobile.store.glimpses import Glimpse
from mobile.store.shelf import Shelf
from shared.changes import Answer
from shared.wire import Area

METRES_OF_A_DEGREE = 111_320.0
"""Of latitude; of longitude, times the cosine of the latitude."""
MARGIN = 0.06
"""Around everything, as a share of the longer side."""
ASTRAY = 1.0
"""A door further outside the outline than this share of its size was located wrongly."""
NEIGHBOURHOOD = 0.1
"""Degrees around the middle in which the doors of a grid without an outline lie."""

Point = tuple[float, float]
"""Metres to the east and to the south of the sketch's corner."""
Unplaced = tuple[tuple[str, tuple[DoorCell, ...]], ...]


class Spot(Struct, frozen=True):
    """One located door."""

    at: Point
    cell: DoorCell
    building: str


class Sketch(Struct, frozen=True):
    """One grid, drawn in metres."""

    grid: str
    name: str
    width: float
    height: float
    outline: tuple[tuple[Point, ...], ...]
    """Rings: outer edges and holes."""
    spots: tuple[Spot, ...]
    unplaced: Unplaced
    """Doors without a place, or far astray, by building."""


class Sketches:
    """Draws the worker's grids."""

    def __init__(self, shelf: Shelf, buildings: Buildings) -> None:
        self._shelf = shelf
        self._buildings = buildings

    def of(self, grid: str, today: str) -> Sketch | None:
        """The sketch of a grid; None when it is not the worker's."""
        area = next((one for one in self._shelf.account.areas if one.id == grid), None)
        if area is None:
            return None
        located, lost = [], []
        for home, cell in self._buildings.cells(grid, today):
            degrees = _degrees(home.answers.get("location"))
            if degrees is None:
                lost.append((home, cell))
            else:
                located.append((degrees, home, cell))
        rings = [ring for polygon in area.boundary for ring in polygon]
        outline = [point for ring in rings for point in ring]
        frame = _Frame(outline or _near_each_other([one[0] for one in located]))
        inside = [one for one in located if frame.holds(one[0])]
        lost += [(home, cell) for degrees, home, cell in located if not frame.holds(degrees)]
        return _drawn(area, frame, inside, _by_building(lost))


def _near_each_other(points: list[Point]) -> list[Point]:
    """Without an outline: the points around their middle, as one that is astray says nothing."""
    if not points:
        return []
    middle = median(point[0] for point in points), median(point[1] for point in points)
    return [
        point
        for point in points
        if all(abs(point[axis] - middle[axis]) < NEIGHBOURHOOD for axis in (0, 1))
    ]


class _Frame:
    """The rectangle that is drawn, in degrees, and the way from there to metres."""

    def __init__(self, points: list[Point]) -> None:
        east, north = ([point[axis] for point in points] or [0.0] for axis in (0, 1))
        self.narrow = cos(radians(sum(north) / len(north)))
        self.west, self.south = min(east), min(north)
        self.wide, self.high = max(east) - self.west, max(north) - self.south

    def holds(self, point: Point) -> bool:
        """Whether the point may be right: inside, or not far away."""
        metres = 100 / METRES_OF_A_DEGREE
        slack = ASTRAY * max(self.wide, self.high) + metres
        return all(
            low - slack <= value <= low + size + slack
            for value, low, size in zip(
                point, (self.west, self.south), (self.wide, self.high), strict=True
            )
        )

    def metres(self, point: Point) -> Point:
        """East and north of the south-western corner."""
        return (
            (point[0] - self.west) * METRES_OF_A_DEGREE * self.narrow,
            (point[1] - self.south) * METRES_OF_A_DEGREE,
        )


def _drawn(
    area: Area,
    frame: _Frame,
    located: Iterable[tuple[Point, Glimpse, DoorCell]],
    unplaced: Unplaced,
) -> Sketch:
    """Turned so that north is up, with everything that is drawn in it."""
    edges = [[frame.metres(point) for point in ring] for part in area.boundary for ring in part]
    doors = [(frame.metres(at), home, cell) for at, home, cell in located]
    every = [point for ring in edges for point in ring] + [at for at, *_ in doors] or [(0.0, 0.0)]
    left, bottom = (min(point[axis] for point in every) for axis in (0, 1))
    right, top = (max(point[axis] for point in every) for axis in (0, 1))
    margin = MARGIN * max(right - left, top - bottom, 1.0)

    def down(point: Point) -> Point:
        return point[0] - left + margin, top - point[1] + margin

    return Sketch(
        grid=area.id,
        name=area.name,
        width=right - left + 2 * margin,
        height=top - bottom + 2 * margin,
        outline=tuple(tuple(map(down, ring)) for ring in edges),
        spots=tuple(Spot(down(at), cell, building_name(home)) for at, home, cell in doors),
        unplaced=unplaced,
    )


def _by_building(lost: Iterable[tuple[Glimpse, DoorCell]]) -> Unplaced:
    found: dict[str, list[DoorCell]] = {}
    for home, cell in lost:
        found.setdefault(building_name(home), []).append(cell)
    return tuple((name, tuple(found[name])) for name in sorted(found))


def _degrees(location: Answer) -> Point | None:
    """Longitude and latitude of a geopoint answer."""
    if not isinstance(location, dict):
        return None
    lon, lat = location.get("lon"), location.get("lat")
    if isinstance(lon, int | float) and isinstance(lat, int | float):
        return float(lon), float(lat)
    return None
