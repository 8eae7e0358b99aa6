"""The sketch map: doors as signs, together where they would overlap, each a way to its home."""

from itertools import combinations
from math import dist

import msgspec

from mobile.views.state.house import House
from mobile.views.state.sketch import ASKS, SIGN, SketchState
from shared.coverage import DoorState
from tests.mobile.headless import Screen, story
from tests.mobile.kit import GRID
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id
from tests.mobile.views.worker import open_app

LON, LAT = 114.30, 30.60
OUTLINE = ((((LON, LAT), (LON + 0.01, LAT), (LON + 0.01, LAT + 0.01), (LON, LAT + 0.01)),),)


def place(near: Neighbourhood, *places: tuple[float, float]) -> House:
    """Locates the first dwellings, in thousandths of a degree from the corner."""
    near.device.unlock(near.account.id, near.secret)
    store, seq = near.device.store, near.office.seq
    for number, (x, y) in enumerate(places):
        location = {"lon": LON + x / 1000, "lat": LAT + y / 1000, "accuracy": 4}
        near.office.write(dwelling_id(number), {"location": location}, kind="dwelling")
    near.office.bring(store, since=seq)
    areas = tuple(msgspec.structs.replace(one, boundary=OUTLINE) for one in store.areas())
    with store.shelf.database.writing() as conn:
        store.shelf.kept.put(conn, "areas", areas)
    near.device.lock()
    return House(near.device, near.clock)


async def at_the_map(house: House) -> Screen:
    screen = await open_app(house)
    await screen.go("/households")
    await screen.tap("map")
    await screen.sees("上北下南")
    return screen


def test_a_tap_on_a_door_opens_who_lives_there(near: Neighbourhood) -> None:
    house = place(near, (1, 1), (9, 9))

    @story
    async def told() -> None:
        screen = await at_the_map(house)
        sign = screen.find(f"sign-{dwelling_id(1)}")
        assert sign is not None
        assert "102室" in str(sign.label) or "王秀英" in str(sign.label)
        await screen.sees("还没有定位的")

        await screen.tap(f"sign-{dwelling_id(1)}")

        await screen.until(lambda: screen.route == f"/households/{household_id(1)}")

    told()


def test_doors_that_would_overlap_are_one_sign_until_one_goes_nearer(near: Neighbourhood) -> None:
    house = place(near, (4.9, 5.1), (5.2, 5.2), (9, 1))

    @story
    async def told() -> None:
        screen = await at_the_map(house)
        state = SketchState(screen.tab, GRID)
        state.load()

        counts = [len(sign.doors) for sign in state.signs(state.size(380, 440)[2])]
        assert sorted(counts) == [1, 2]
        for _ in range(3):
            state.near(1)
            signs = state.signs(state.size(380, 440)[2])
            pairs = combinations((sign.at for sign in signs), 2)
            assert all(dist(one, other) >= SIGN for one, other in pairs)
        assert [len(sign.doors) for sign in state.signs(state.size(380, 440)[2])] == [1, 1, 1]

        await screen.tap("map-nearer")
        await screen.shows("map-back")

    told()


def test_a_sign_shows_the_state_that_asks_most(near: Neighbourhood) -> None:
    house = place(near, (5, 5), (5, 5))

    @story
    async def told() -> None:
        screen = await at_the_map(house)
        state = SketchState(screen.tab, GRID)
        state.load()

        (sign,) = state.signs(1.0)

        assert set(ASKS) == set(DoorState)
        assert ASKS.index(sign.state) == min(ASKS.index(one.state) for one in sign.doors)
        assert len(sign.doors) == 2

    told()


def test_without_outline_and_places_it_says_what_will_be_drawn(near: Neighbourhood) -> None:
    @story
    async def told() -> None:
        screen = await open_app(House(near.device, near.clock))
        await screen.go("/map")

        await screen.sees("还没有可以画的")
        await screen.sees("还没有定位的")

    told()
