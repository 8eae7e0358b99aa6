"""Boundaries of areas: GeoJSON (RFC 7946), checked, and true from a day on.

A boundary is never changed in place: a new one ends the one before it, so that a map of last year
can be drawn as it was.
"""

import json
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import Struct, ValidationError
from shapely import GEOSException, MultiPolygon, Polygon, get_num_coordinates, is_valid_reason
from shapely.geometry import mapping, shape
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.db.bulk import among
from server.db.desk_tables import BoundaryRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import Area, areas
from server.office.audit import Deed
from server.office.errors import OfficeRefused, refused
from server.office.outlines import standing
from server.office.roles import Action
from shared.wire import Outline

FILE_MAX = 4 * 1024 * 1024
"""Bytes of an uploaded file."""
POINTS_MAX = 20_000
"""Points of one boundary."""
OUTLINE_POINTS_MAX = 60
"""Points of what phones are sent; they draw it a few centimetres wide."""
DECIMALS = 6
"""Of a degree: a tenth of a metre."""
_COARSER = 2.0
_FINEST = 0.000_005


class Boundary(Struct, frozen=True):
    """The boundary of one area, as somebody uploaded it."""

    area: Area
    shape: MultiPolygon


class Upload(Struct, frozen=True):
    """What a file holds: boundaries of areas that are there, and why others were left out."""

    boundaries: tuple[Boundary, ...]
    faults: tuple[str, ...] = ()
    """The codes or places of the features that belong to no area in reach."""


class _Feature(Struct, frozen=True):
    geometry: dict[str, object] | None = None
    properties: dict[str, object] | None = None
    id: str | int | None = None


class _File(Struct, frozen=True):
    """A FeatureCollection, one Feature, or a bare geometry."""

    type: str
    features: list[_Feature] = []
    geometry: dict[str, object] | None = None
    properties: dict[str, object] | None = None
    coordinates: list[object] = []
    id: str | int | None = None


def read_boundaries(content: bytes, tree: Sequence[Area], only: str = "") -> Upload:
    """The boundaries that a GeoJSON file holds.

    Of several features each names its area by `code` (or its name by `name`). `only`: the area
    that a file with one boundary is for. Raises OfficeRefused, saying what is wrong where.
    """
    found, faults = [], []
    for place, feature in enumerate(_features(content), start=1):
        area = _area_of(feature, tree, only)
        if area is None:
            faults.append(_named(feature) or f"#{place}")
        else:
            found.append(Boundary(area, _shape(feature.geometry, area.name)))
    twice = {one.area.name for one in found if sum(o.area.id == one.area.id for o in found) > 1}
    if twice:
        names = "、".join(sorted(twice))
        raise refused(
            "boundary_twice", f"文件中{names}有多个边界。", f"The file has {names} more than once."
        )
    if not found:
        raise refused(
            "no_boundary",
            "文件里没有一个边界能对应到您管辖的区域。请在 properties 里填写 code（区域编码）。",
            "No boundary in the file belongs to an area of yours. Name each in properties: code.",
        )
    return Upload(tuple(found), tuple(faults))


def set_boundary(act: Act, new: Boundary, since: int) -> None:
    """Makes a boundary the one of its area from then on. Raises NotFound, or OfficeRefused."""
    act.require(Action.MANAGE_AREAS)
    if new.area.id not in {area.id for area in areas(act.conn, act.who.town)}:
        raise NotFound
    mine = (col(BoundaryRow.town_id) == act.who.town, col(BoundaryRow.area_id) == new.area.id)
    later = select(col(BoundaryRow.area_id)).where(*mine, col(BoundaryRow.valid_from) > since)
    if act.conn.execute(later).first() is not None:
        raise refused(
            "boundary_later",
            f"{new.area.name}已有从更晚日期起生效的边界。",
            f"{new.area.name} has a boundary from a later day already.",
        )
    standing = (col(BoundaryRow.valid_to).is_(None), col(BoundaryRow.valid_from) < since)
    act.conn.execute(update(BoundaryRow).where(*mine, *standing).values(valid_to=since))
    values = {
        "valid_to": None,
        "geometry": json.dumps(_rounded(mapping(new.shape))),
        "outline": msgspec.json.encode(outline_of(new.shape)).decode(),
        "changed_at": act.now,
        "changed_by": act.who.id,
    }
    same = update(BoundaryRow).where(*mine, col(BoundaryRow.valid_from) == since)
    if act.conn.execute(same.values(**values)).rowcount == 0:
        keys = {"town_id": act.who.town, "area_id": new.area.id, "valid_from": since}
        act.conn.execute(insert(BoundaryRow).values(**keys, **values))
    act.note(Deed.AREA_CHANGED, new.area.id)


def boundaries(
    conn: Connection, town: str, wanted: Collection[str], at: int
) -> dict[str, MultiPolygon]:
    """The boundaries that these areas have at that time, by area."""
    rows = conn.execute(
        select(col(BoundaryRow.area_id), col(BoundaryRow.geometry)).where(*standing(town, at))
        .where(among(conn, col(BoundaryRow.area_id), wanted))
    )  # fmt: skip
    return {row.area_id: _multi(shape(json.loads(row.geometry))) for row in rows}


def outline_of(whole: MultiPolygon) -> Outline:
    """The shape with few points: as coarse as needed, and no coarser."""
    tolerance, simple = _FINEST, whole
    while get_num_coordinates(simple) > OUTLINE_POINTS_MAX and tolerance < 1:
        simple = _multi(whole.simplify(tolerance))
        tolerance *= _COARSER
    return tuple(
        tuple(_ring(ring.coords) for ring in (polygon.exterior, *polygon.interiors))
        for polygon in simple.geoms
    )


def as_geojson(some: Mapping[str, MultiPolygon], tree: Sequence[Area]) -> bytes:
    """Boundaries as a FeatureCollection that can be read again."""
    features = [
        {
            "type": "Feature",
            "properties": {"code": area.code, "name": area.name},
            "geometry": mapping(some[area.id]),
        }
        for area in tree
        if area.id in some
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False
    ).encode()


def _features(content: bytes) -> list[_Feature]:
    if len(content) > FILE_MAX:
        raise refused(
            "boundary_file", "文件太大，最多 4 MB。", "The file is too large: 4 MB at most."
        )
    try:
        file = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except ValidationError as error:
        raise _no_geojson() from error
    except msgspec.DecodeError as error:
        raise _no_geojson() from error
    if file.type == "FeatureCollection":
        return file.features
    if file.type == "Feature":
        return [_Feature(file.geometry, file.properties, file.id)]
    return [_Feature({"type": file.type, "coordinates": file.coordinates})]


def _no_geojson() -> OfficeRefused:
    return refused(
        "boundary_file",
        "这不是 GeoJSON 文件（RFC 7946，WGS-84 经纬度）。",
        "This is no GeoJSON file (RFC 7946, WGS-84).",
    )


def _area_of(feature: _Feature, tree: Sequence[Area], only: str) -> Area | None:
    if only:
        return next((area for area in tree if area.id == only), None)
    named = feature.properties or {}
    code, name = str(named.get("code") or feature.id or ""), str(named.get("name") or "")
    by_code = next((area for area in tree if code and area.code == code), None)
    if by_code is not None or code:
        return by_code
    same = [area for area in tree if name and area.name == name]
    return same[0] if len(same) == 1 else None


def _named(feature: _Feature) -> str:
    named = feature.properties or {}
    return str(named.get("code") or named.get("name") or feature.id or "")[:60]


def _shape(geometry: Mapping[str, object] | None, name: str) -> MultiPolygon:
    if not geometry or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise refused(
            "boundary_shape",
            f"{name}的边界必须是 Polygon 或 MultiPolygon。",
            f"The boundary of {name} must be a Polygon or a MultiPolygon.",
        )
    try:
        read = _multi(shape(geometry))
    except (GEOSException, ValueError, TypeError, AttributeError, IndexError) as error:
        raise _broken(name, "coordinates") from error
    if read.is_empty or get_num_coordinates(read) > POINTS_MAX:
        raise _broken(name, f"1–{POINTS_MAX} points")
    if not read.is_valid:
        raise _broken(name, str(is_valid_reason(read)))
    west, south, east, north = read.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise _broken(name, "longitude, latitude")
    return read


def _broken(name: str, why: str) -> OfficeRefused:
    return refused(
        "boundary_shape",
        f"{name}的边界有误：{why}。",
        f"The boundary of {name} is wrong: {why}.",
    )


def _multi(read: object) -> MultiPolygon:
    if isinstance(read, Polygon):
        return MultiPolygon([read])
    if isinstance(read, MultiPolygon):
        return read
    raise TypeError


def _ring(points: object) -> tuple[tuple[float, float], ...]:
    return tuple((round(x, DECIMALS), round(y, DECIMALS)) for x, y, *_ in points)  # type: ignore[attr-defined]


def _rounded(geometry: dict[str, object]) -> dict[str, object]:
    """Only longitude and latitude: a height says nothing here."""

    def flat(part: object) -> object:
        assert isinstance(part, list | tuple)
        if part and isinstance(part[0], int | float):
            return [round(float(number), 7) for number in part[:2]]
        return [flat(each) for each in part]

    return {"type": geometry["type"], "coordinates": flat(geometry["coordinates"])}
