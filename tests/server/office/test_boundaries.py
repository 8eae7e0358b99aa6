"""Boundaries from GeoJSON files: what is taken, what is refused, and from when they hold."""

import json
import math
from pathlib import Path

import pytest

from server.db.engine import reading
from server.office.areas import areas
from server.office.boundaries import (
    OUTLINE_POINTS_MAX,
    as_geojson,
    boundaries,
    read_boundaries,
    set_boundary,
)
from server.office.errors import NotAllowed, OfficeRefused
from server.office.grids import grids_as_sent
from server.office.roles import Role
from tests.server.a_town import CODES, MINUTE, ATown, make_town

DAY = 24 * 60 * MINUTE
SQUARE = [[120.0, 31.2], [120.01, 31.2], [120.01, 31.21], [120.0, 31.21], [120.0, 31.2]]
KNOT = [[120.0, 31.2], [120.01, 31.21], [120.01, 31.2], [120.0, 31.21], [120.0, 31.2]]
Json = dict[str, object]


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    return make_town(tmp_path)


def feature(ring: list[list[float]], **properties: str) -> Json:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: Json) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def put(town: ATown, ring: list[list[float]], since: int, grid: str = "g1") -> None:
    with town.act() as act:
        tree = areas(act.conn, act.who.town)
        [new] = read_boundaries(collection(feature(ring, code=CODES[grid])), tree).boundaries
        set_boundary(act, new, since)


def west(town: ATown, at: int, grid: str = "g1") -> float | None:
    """The western edge of a grid's boundary at that time."""
    area = town.areas[grid]
    with reading(town.services.engine) as conn:
        found = boundaries(conn, town.who.town, [area], at)
    return found[area].bounds[0] if found else None


def test_a_boundary_holds_from_its_day_until_the_next_one(town: ATown) -> None:
    first, second = town.clock.at - 10 * DAY, town.clock.at - 2 * DAY
    moved = [[x + 0.5, y] for x, y in SQUARE]

    put(town, SQUARE, first)
    put(town, moved, second)

    assert west(town, first - 1) is None
    assert west(town, first) == 120.0
    assert west(town, second - 1) == 120.0
    assert west(town, second) == 120.5


def test_a_boundary_that_would_begin_before_a_later_one_is_refused(town: ATown) -> None:
    put(town, SQUARE, town.clock.at)

    with pytest.raises(OfficeRefused, match="later"):
        put(town, SQUARE, town.clock.at - DAY)


def test_the_same_day_again_replaces_what_was_wrong(town: ATown) -> None:
    put(town, SQUARE, town.clock.at)
    put(town, [[x + 0.5, y] for x, y in SQUARE], town.clock.at)

    assert west(town, town.clock.at) == 120.5


def test_features_find_their_areas_by_code_or_name_and_strangers_are_told(town: ATown) -> None:
    with reading(town.services.engine) as conn:
        tree = areas(conn, town.who.town)
    by_name = {area.id: area.name for area in tree}
    content = collection(
        feature(SQUARE, code=CODES["g1"]),
        feature(SQUARE, name=by_name[town.areas["g2"]]),
        feature(SQUARE, code="999999999999999"),
        feature(SQUARE),
    )

    read = read_boundaries(content, tree)

    assert {one.area.id for one in read.boundaries} == {town.areas["g1"], town.areas["g2"]}
    assert read.faults == ("999999999999999", "#4")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"not json", "GeoJSON"),
        (b"[1, 2]", "GeoJSON"),
        (collection(feature(KNOT, code=CODES["g1"])), "Self-intersection"),
        (
            collection(feature([[500.0, 1.0], [501, 1], [501, 2], [500, 1]], code=CODES["g1"])),
            "lon",
        ),
        (collection(feature([[1.0, 1.0]], code=CODES["g1"])), "coordinates"),
        (collection(feature([["a", "b"]], code=CODES["g1"])), "coordinates"),  # type: ignore[list-item]
        (json.dumps({"type": "Point", "coordinates": [1, 2]}).encode(), "Polygon"),
        (collection(feature(SQUARE, code=CODES["g1"]), feature(SQUARE, code=CODES["g1"])), "more"),
        (collection(), "belongs to"),
    ],
)
def test_what_is_no_boundary_is_refused_with_its_reason(
    town: ATown, content: bytes, why: str
) -> None:
    with reading(town.services.engine) as conn:
        tree = areas(conn, town.who.town)
    only = town.areas["g1"] if content.startswith(b'{"type": "Point') else ""

    with pytest.raises(OfficeRefused) as refusal:
        read_boundaries(content, tree, only)

    assert why in refusal.value.words.en


def test_what_was_uploaded_comes_out_again_as_geojson(town: ATown) -> None:
    put(town, SQUARE, town.clock.at)

    with reading(town.services.engine) as conn:
        tree = areas(conn, town.who.town)
        held = boundaries(conn, town.who.town, [a.id for a in tree], town.clock.at)
    [again] = read_boundaries(as_geojson(held, tree), tree).boundaries

    assert again.area.id == town.areas["g1"]
    assert again.shape.equals(held[town.areas["g1"]])


def test_phones_are_sent_few_points_of_a_long_shore_and_none_where_there_is_none(
    town: ATown,
) -> None:
    shore = [
        [120 + 0.01 * math.cos(a / 500 * math.tau), 31 + 0.01 * math.sin(a / 500 * math.tau)]
        for a in range(500)
    ]
    put(town, [*shore, shore[0]], town.clock.at)

    with reading(town.services.engine) as conn:
        wanted = [town.areas["g1"], town.areas["g2"]]
        sent = grids_as_sent(conn, town.who.town, wanted, town.clock.at)
        before = grids_as_sent(conn, town.who.town, wanted, town.clock.at - 1)

    [[ring]] = sent[0].boundary
    assert 8 < len(ring) <= OUTLINE_POINTS_MAX
    assert max(x for x, _ in ring) - 120 == pytest.approx(0.01, rel=0.05)
    assert sent[1].boundary == ()
    assert [area.boundary for area in before] == [(), ()]


def test_only_who_manages_areas_sets_a_boundary(town: ATown) -> None:
    community = town.account("comm", Role.COMMUNITY_ADMIN, "c1")

    with town.act(community) as act:
        tree = areas(act.conn, act.who.town)
        [new] = read_boundaries(collection(feature(SQUARE, code=CODES["g1"])), tree).boundaries
        with pytest.raises(NotAllowed):
            set_boundary(act, new, act.now)
