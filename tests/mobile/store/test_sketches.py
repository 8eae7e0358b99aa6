"""A grid is drawn from its outline and its doors' places, in metres, north up."""

from pathlib import Path

import msgspec
import pytest

from mobile.store.sketches import Sketch
from mobile.store.store import Store
from mobile.store.values import Answers
from shared.wire import Outline
from tests.mobile.kit import GRID, OTHER_GRID, Office, new_store

TODAY = "2026-11-23"
LON, LAT = 114.30, 30.60
SQUARE: Outline = (
    (((LON, LAT), (LON + 0.01, LAT), (LON + 0.01, LAT + 0.01), (LON, LAT + 0.01), (LON, LAT)),),
)
NORTH_WEST, SOUTH_EAST, ASTRAY, NOWHERE = (
    f"01999999-0000-7000-8000-00000000d00{number}" for number in range(4)
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store, office = new_store(tmp_path), Office()
    places = {
        NORTH_WEST: {"lat": LAT + 0.009, "lon": LON + 0.001, "accuracy": 5},
        SOUTH_EAST: {"lat": LAT + 0.001, "lon": LON + 0.009, "accuracy": 5},
        ASTRAY: {"lat": 0.0, "lon": 0.0},
        NOWHERE: None,
    }
    for number, (home, place) in enumerate(places.items()):
        units: Answers = {"code": f"{number}-1-01-101", "location": place}
        office.write(home, units, kind="dwelling")
    office.bring(store)
    return store


def bounded(store: Store, boundary: Outline) -> Sketch:
    areas = tuple(msgspec.structs.replace(a, boundary=boundary) for a in store.areas())
    store.shelf.change(areas=areas)
    sketch = store.known.sketches.of(GRID, TODAY)
    assert sketch is not None
    return sketch


def test_north_is_up_and_metres_are_metres(store: Store) -> None:
    sketch = bounded(store, SQUARE)

    at = {spot.cell.dwelling: spot.at for spot in sketch.spots}
    assert at[NORTH_WEST][0] < at[SOUTH_EAST][0]
    assert at[NORTH_WEST][1] < at[SOUTH_EAST][1]
    # 0.008 degrees: of latitude 891 m, of longitude at 30.6 degrees north 767 m.
    assert at[SOUTH_EAST][1] - at[NORTH_WEST][1] == pytest.approx(891, abs=2)
    assert at[SOUTH_EAST][0] - at[NORTH_WEST][0] == pytest.approx(767, abs=2)


def test_everything_lies_on_the_sheet(store: Store) -> None:
    sketch = bounded(store, SQUARE)

    points = [point for ring in sketch.outline for point in ring]
    points += [spot.at for spot in sketch.spots]
    assert all(0 <= x <= sketch.width and 0 <= y <= sketch.height for x, y in points)
    assert len(sketch.outline) == 1


def test_a_door_without_a_place_and_one_far_astray_are_listed(store: Store) -> None:
    sketch = bounded(store, SQUARE)

    unplaced = [cell.dwelling for _, cells in sketch.unplaced for cell in cells]
    assert sorted(unplaced) == [ASTRAY, NOWHERE]


def test_without_an_outline_the_doors_alone_are_drawn(store: Store) -> None:
    located = Office()
    for number, (x, y) in enumerate([(0.0, 0.0), (0.002, 0.001), (0.001, 0.003)]):
        home = f"01999999-0000-7000-8000-00000000b00{number}"
        place = {"lon": LON + x, "lat": LAT + y}
        located.write(home, {"code": f"9-1-01-{number}", "location": place}, kind="dwelling")
    located.bring(store)

    sketch = bounded(store, ())

    assert sketch.outline == ()
    assert len(sketch.spots) == 5
    assert max(sketch.width, sketch.height) < 2_000


def test_a_grid_of_others_is_not_drawn(store: Store) -> None:
    assert store.known.sketches.of(OTHER_GRID, TODAY) is None
