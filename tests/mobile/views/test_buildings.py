"""The building picture: every door in its place, with a letter for how it stands."""

from pathlib import Path

from mobile.store.store import Store
from mobile.views.state.house import House
from shared.coverage import DoorState
from tests.mobile.headless import story
from tests.mobile.kit import change_of, create
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id
from tests.mobile.views.worker import open_app, store_of

TODAY = "2026-09-21"


def states(store: Store) -> dict[str, DoorState]:
    """How the doors of the first building stand, by room."""
    picture = store.known.buildings.picture(dwelling_id(0), TODAY)
    assert picture is not None
    return {
        f"{cell.entrance}-{cell.room}": cell.state
        for floor in picture.floors
        for cell in floor.doors
    }


def visit(store: Store, household: int, outcome: str) -> None:
    """A visit that was made yesterday."""
    made = {"started": "2026-09-20T10:00:00+08:00", "outcome": outcome, "mode": "door"}
    record = store.shelf.clock.new_id()
    store.save([create("visit", record, household=household_id(household), **made)])


@story
async def test_each_door_says_how_it_stands(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    for household, outcome in ((0, "done"), (1, "refused"), (2, "vacant")):
        visit(store, household, outcome)
    store.save([change_of(store, "household", household_id(3), dwelling=None)])
    store.save([change_of(store, "dwelling", dwelling_id(4), status="demolished")])

    found = states(store)

    assert found["1-101"] is DoorState.FINE
    assert found["1-102"] is DoorState.REFUSED
    assert found["1-201"] is DoorState.EMPTY
    assert found["1-202"] is DoorState.UNREGISTERED
    assert found["1-301"] is DoorState.GONE
    assert found["1-302"] is DoorState.NEVER_VISITED


@story
async def test_the_picture_is_reached_from_the_list_and_a_tap_opens_the_household(
    house: House,
) -> None:
    screen = await open_app(house)
    await screen.go("/households")

    await screen.tap("buildings")
    await screen.sees("1 栋")
    await screen.tap(screen.identifiers("building-")[0])
    await screen.sees("2 单元")
    door = screen.find(f"door-{dwelling_id(5)}")
    assert door is not None
    assert door.label == "梧桐路11号1单元302室 杨静 未走访"
    await screen.tap(f"door-{dwelling_id(5)}")

    await screen.shows("visit")
    assert screen.route == f"/households/{household_id(5)}"


@story
async def test_a_door_without_a_household_offers_to_register_one(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    store.save([change_of(store, "household", household_id(3), dwelling=None)])
    await screen.go(f"/buildings/{dwelling_id(0)}")

    await screen.tap(f"door-{dwelling_id(3)}")
    await screen.sees("还没有登记住户")
    await screen.tap("door-register")

    await screen.until(lambda: screen.route.startswith("/households/register/"))
    await screen.sees("梧桐路11号1单元202室")


def test_floors_lie_on_top_of_each_other(tmp_path: Path) -> None:
    near = Neighbourhood(tmp_path)
    near.device.unlock(near.account.id, near.secret)

    picture = near.device.store.known.buildings.picture(dwelling_id(0), TODAY)

    assert picture is not None
    assert [floor.number for floor in picture.floors] == [5, 4, 3, 2, 1]
