"""Maps and buildings as they are drawn: shapes in a picture's own units, doors with their signs."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from shapely import MultiPoint, MultiPolygon, Polygon, unary_union

from shared.search.doors import CODE_PARTS

WIDTH = 900.0
HEIGHT_MAX = 720.0
MARGIN = 24.0
ROOM_METRES = 25.0
"""What is left free around a door that stands alone."""
_METRES_PER_DEGREE = 111_320.0
NO_FLOOR = -1000


class Door(Struct, frozen=True):
    """One dwelling, wherever it is drawn."""

    id: str
    label: str
    state: str
    marks: str = ""
    lat: float | None = None
    lon: float | None = None
    building: str = ""
    entrance: str = ""
    floor: int = NO_FLOOR
    room: str = ""


class Shape(Struct, frozen=True):
    """An area in a map's own units."""

    id: str
    path: str
    x: float
    y: float
    """Where its name stands."""
    guessed: bool
    """There is no boundary: it is what lies around its doors."""


class Dot(Struct, frozen=True):
    """A door in a map's own units."""

    door: Door
    x: float
    y: float


class Map(Struct, frozen=True):
    """A map, ready to be drawn."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    dots: tuple[Dot, ...]
    bar_metres: int
    """The length that the scale bar stands for."""
    bar: float
    unplaced: int = 0
    """Doors without a place."""


def drawn_map(
    boundaries: Mapping[str, MultiPolygon],
    doors: Mapping[str, Sequence[Door]],
    *,
    dots: bool,
    spans: Mapping[str, MultiPolygon] = MappingProxyType({}),
) -> Map | None:
    """A map of areas and the doors in each; None where nothing has a place.

    spans: of areas whose doors are not told, what lies around these.
    """
    placed = {area: [d for d in some if d.lat is not None] for area, some in doors.items()}
    hulls = {area: _around(some) for area, some in placed.items() if area not in boundaries}
    known = {
        area: shape for area, shape in {**hulls, **spans, **boundaries}.items() if shape is not None
    }
    if not known:
        return None
    view = _View.of(known.values())
    drawn = [
        _shape(view, area, shape, guessed=area not in boundaries) for area, shape in known.items()
    ]
    points = [
        Dot(door, *view.point(door.lon or 0.0, door.lat or 0.0))
        for some in placed.values()
        for door in some
        if dots
    ]
    metres = view.bar_metres()
    missing = sum(len(some) for some in doors.values()) - sum(map(len, placed.values()))
    return Map(
        WIDTH, view.height, tuple(drawn), tuple(points), metres, metres * view.scale, missing
    )


class _View(Struct, frozen=True):
    """From degrees to a map's units: a metre is a metre in both directions."""

    west: float
    north: float
    squeeze: float
    """How much shorter a degree of longitude is than one of latitude."""
    scale: float
    """Units a metre."""
    height: float

    @classmethod
    def of(cls, shapes: Iterable[MultiPolygon]) -> "_View":
        west, south, east, north = unary_union(list(shapes)).bounds
        squeeze = math.cos(math.radians((south + north) / 2))
        wide = max((east - west) * squeeze * _METRES_PER_DEGREE, 2 * ROOM_METRES)
        high = max((north - south) * _METRES_PER_DEGREE, 2 * ROOM_METRES)
        inner = WIDTH - 2 * MARGIN
        scale = min(inner / wide, (HEIGHT_MAX - 2 * MARGIN) / high)
        left = west - (inner / scale - wide) / 2 / (squeeze * _METRES_PER_DEGREE)
        return cls(left, north, squeeze, scale, high * scale + 2 * MARGIN)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        x = (lon - self.west) * self.squeeze * _METRES_PER_DEGREE * self.scale
        y = (self.north - lat) * _METRES_PER_DEGREE * self.scale
        return round(MARGIN + x, 1), round(MARGIN + y, 1)

    def bar_metres(self) -> int:
        wanted = 120 / self.scale
        power = 10 ** math.floor(math.log10(wanted))
        return int(max(step * power for step in (1, 2, 5) if step * power <= wanted) or 1)


def _around(doors: Sequence[Door]) -> MultiPolygon | None:
    """What lies around some doors."""
    return around([(d.lon or 0.0, d.lat or 0.0) for d in doors])


def around(points: Sequence[tuple[float, float]]) -> MultiPolygon | None:
    """What lies around some points (longitude, latitude)."""
    if not points:
        return None
    hull = MultiPoint(points).convex_hull
    wide = hull.buffer(ROOM_METRES / _METRES_PER_DEGREE)
    return MultiPolygon([wide]) if isinstance(wide, Polygon) else None


def _shape(view: _View, area: str, shape: MultiPolygon, *, guessed: bool) -> Shape:
    rings = [r for polygon in shape.geoms for r in (polygon.exterior, *polygon.interiors)]
    path = " ".join(_path([view.point(x, y) for x, y, *_ in ring.coords]) for ring in rings)
    middle = shape.representative_point()
    return Shape(area, path, *view.point(middle.x, middle.y), guessed)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + " L".join(f"{x} {y}" for x, y in points[:-1]) + " Z"


class Entrance(Struct, frozen=True):
    """One entrance of a building, from the top floor down."""

    name: str
    floors: tuple[tuple[int, tuple[Door, ...]], ...]


def entrances(doors: Iterable[Door]) -> tuple[Entrance, ...]:
    """A building's doors as they lie: entrances side by side, floors above each other."""
    found: dict[str, dict[int, list[Door]]] = defaultdict(lambda: defaultdict(list))
    for door in doors:
        found[door.entrance][door.floor].append(door)
    return tuple(
        Entrance(
            name,
            tuple(
                (floor, tuple(sorted(rooms, key=lambda d: _natural(d.room))))
                for floor, rooms in sorted(found[name].items(), reverse=True)
            ),
        )
        for name in sorted(found, key=_natural)
    )


def place_in_building(
    code: str, entrance: str, floor: int | None, room: str
) -> tuple[str, int, str]:
    """Entrance, floor and room of a dwelling: as written, else from its code."""
    parts = code.split("-")
    coded = parts if len(parts) == CODE_PARTS else ("", "", "", "")
    known = floor if floor is not None else int(coded[2]) if coded[2].isdigit() else NO_FLOOR
    return entrance or coded[1], known, room or coded[3]


def _natural(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() and len(text) < 9 else (10**9, text)
