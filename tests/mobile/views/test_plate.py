"""A door plate opens who lives behind the door: from a picture of its code, or typed."""

import io
from pathlib import Path

import segno

from mobile.views.state.house import House
from mobile.views.state.plate import PlateState
from shared.plates import plate_text
from tests.mobile.headless import Screen, story
from tests.mobile.kit import change_of
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id
from tests.mobile.views.worker import open_app, store_of


def plate(text: str) -> bytes:
    out = io.BytesIO()
    segno.make(text).save(out, kind="png", scale=5, border=4)
    return out.getvalue()


async def at_the_plate(house: House) -> tuple[Screen, PlateState]:
    screen = await open_app(house)
    await screen.go("/households")
    await screen.tap("plate")
    await screen.sees("扫门牌二维码")
    return screen, PlateState(screen.tab)


@story
async def test_the_code_leads_to_the_household_that_lives_there(house: House) -> None:
    _, state = await at_the_plate(house)

    assert state.read(plate(plate_text(dwelling_id(2)))) == f"/households/{household_id(2)}"


@story
async def test_a_door_with_nobody_opens_in_its_building_to_be_registered(house: House) -> None:
    screen, state = await at_the_plate(house)
    store = store_of(screen)
    store.save([change_of(store, "household", household_id(3), dwelling=None)])

    await screen.go(state.read(plate(plate_text(dwelling_id(3)))))

    await screen.sees("还没有登记住户")
    await screen.shows("door-register")


@story
async def test_a_code_of_elsewhere_says_so(house: House) -> None:
    _, state = await at_the_plate(house)

    assert state.read(plate(plate_text(household_id(0)))) == ""
    assert state.said == "plate.unknown"
    assert state.read(b"no picture") == ""
    assert state.said == "plate.unread"


@story
async def test_the_code_of_a_dwelling_printed_as_text_is_enough(house: House) -> None:
    screen, state = await at_the_plate(house)
    home = store_of(screen).dwelling(dwelling_id(2))
    assert home is not None

    assert state.read(plate(home.code)) == f"/households/{household_id(2)}"


@story
async def test_what_is_typed_finds_the_door_and_a_tap_opens_it(house: House) -> None:
    screen, _ = await at_the_plate(house)

    await screen.type("plate-field", "11号1单元201")
    await screen.shows(f"home-{dwelling_id(2)}")
    await screen.tap(f"home-{dwelling_id(2)}")

    await screen.until(lambda: screen.route == f"/households/{household_id(2)}")


@story
async def test_a_number_that_nobody_has_is_said(house: House) -> None:
    screen, _ = await at_the_plate(house)

    await screen.type("plate-field", "9999999")

    await screen.sees("本机没有这个门牌")


def test_a_dwelling_merged_into_another_leads_there(tmp_path: Path) -> None:
    near = Neighbourhood(tmp_path)
    near.device.unlock(near.account.id, near.secret)
    near.office.write(dwelling_id(5), {"@alias": dwelling_id(4)})
    near.office.bring(near.device.store, since=near.office.seq - 1)

    (found,) = near.device.store.known.plates.at(plate_text(dwelling_id(5)))

    assert found.id == dwelling_id(4)
