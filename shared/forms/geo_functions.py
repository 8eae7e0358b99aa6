"""The functions of the expression language that are about places: lengths, areas, being inside."""

import math
from itertools import pairwise
from typing import TypeAlias

from shared.forms.casts import Value, texts, to_text
from shared.forms.scope import Scope

EARTH_METRES = 6_378_100.0
"""The radius that the field's other tools reckon with."""
DECIMALS = 2

Degrees: TypeAlias = tuple[float, float]
"""Latitude and longitude."""


def distance(_: Scope, args: tuple[Value, ...]) -> Value:
    """The length in metres of the way along all the points: of a trace, or of several places."""
    points = _points(args)
    if points is None or len(points) < 2:
        return 0.0 if points is not None else math.nan
    return round(sum(_metres(one, other) for one, other in pairwise(points)), DECIMALS)


def area(_: Scope, args: tuple[Value, ...]) -> Value:
    """The area in square metres of a shape, or of the shape that the points make."""
    points = _points(args)
    if points is None:
        return math.nan
    corners = [(math.radians(lat), math.radians(lon)) for lat, lon in points]
    turns = zip(corners, corners[1:] + corners[:1], strict=True)
    total = sum((b[1] - a[1]) * (2 + math.sin(a[0]) + math.sin(b[0])) for a, b in turns)
    return round(abs(total) * EARTH_METRES**2 / 2, DECIMALS)


def geofence(_: Scope, args: tuple[Value, ...]) -> Value:
    """Whether the place is inside the shape."""
    places, corners = _points(args[:1]), _points(args[1:])
    if not places or not corners or len(corners) < 3:
        return False
    lat, lon = places[0]
    inside = False
    for (lat1, lon1), (lat2, lon2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (lat1 > lat) is not (lat2 > lat):
            crossing = lon1 + (lat - lat1) * (lon2 - lon1) / (lat2 - lat1)
            inside = inside is not (lon < crossing)
    return inside


def _points(args: tuple[Value, ...]) -> list[Degrees] | None:
    """All the points that the arguments name; None when one of them is no point."""
    points: list[Degrees] = []
    for text in texts(args):
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            point = _point(part)
            if point is None:
                return None
            points.append(point)
    return points


def _point(text: str) -> Degrees | None:
    parts = to_text(text).split()
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except (ValueError, IndexError):
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _metres(one: Degrees, other: Degrees) -> float:
    lat1, lat2 = math.radians(one[0]), math.radians(other[0])
    across, along = math.radians(other[1] - one[1]), lat2 - lat1
    chord = math.sin(along / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(across / 2) ** 2
    return 2 * EARTH_METRES * math.asin(min(1.0, math.sqrt(chord)))
