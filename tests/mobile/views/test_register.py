"""Registering a household with its residents is one save, after a look at likely twins."""

import asyncio

from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.views.neighbourhood import dwelling_id, household_id
from tests.mobile.views.worker import open_app, store_of


async def start(house: House) -> Screen:
    """The form of a new household."""
    screen = await open_app(house)
    await screen.place(1)
    await screen.press_button("登记住户")
    await screen.shows("dwelling-search")
    return screen


async def fill(screen: Screen, name: str, *, dwelling: int = 3) -> None:
    """The least that a household needs."""
    await screen.type("dwelling-search", "11号1单元202")
    await screen.tap(f"dwelling-{dwelling_id(dwelling)}")
    await screen.shows("q-dwelling-change")
    await screen.type("q-head_name", name)
    await screen.tap("q-tenure-own")
    await screen.tap("q-household_kind-registered_here")
    await screen.type("q-people_count", "2")


async def add_member(screen: Screen, name: str, relation: str) -> None:
    await screen.tap("add-member")
    await screen.shows("q-name")
    await screen.type("q-name", name)
    await screen.tap(f"q-relation-{relation}")
    await screen.tap("done")
    await screen.shows("add-member")


@story
async def test_a_household_with_two_residents_is_one_save(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")
    await add_member(screen, "欧阳娜娜", "0")
    await add_member(screen, "欧阳小明", "2")

    await screen.sees("保存（含 2 位居民）")
    await screen.tap("save")

    await screen.sees("新住户已保存在本机")
    outbox = store_of(screen).outbox()
    assert sorted(change.record_kind for change in outbox) == ["household", "resident", "resident"]
    assert len({change.save for change in outbox}) == 1
    assert store_of(screen).drafts() == ()
    await screen.sees("欧阳小明")


@story
async def test_the_first_resident_is_offered_as_the_head(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")

    await screen.tap("add-member")
    await screen.shows("q-name")

    assert screen.field("q-name").value == "欧阳娜娜"


@story
async def test_a_household_that_looks_like_another_is_asked_about_and_can_be_kept(
    house: House,
) -> None:
    screen = await start(house)
    await fill(screen, "刘芳")
    await screen.sees("看起来很像")

    await screen.tap("save")

    await screen.sees("看起来和 1 户已登记的很像")
    await screen.sees("姓名相同")
    assert store_of(screen).outbox() == ()
    await screen.tap("keep-new")
    await screen.sees("新住户已保存在本机")
    assert len(store_of(screen).outbox()) == 1


@story
async def test_the_other_household_can_be_opened_instead(house: House) -> None:
    screen = await start(house)
    await fill(screen, "刘芳")
    await screen.tap("save")
    await screen.sees("看起来和 1 户已登记的很像")

    await screen.tap(f"open-{household_id(3)}")

    await screen.shows("visit")
    await screen.sees("刘芳")
    assert len(store_of(screen).drafts()) == 1


@story
async def test_a_new_dwelling_is_registered_on_the_way(house: House) -> None:
    screen = await start(house)

    await screen.type("dwelling-search", "99号")
    await screen.sees("没有找到这套房屋")
    await screen.tap("dwelling-new")
    await screen.shows("q-code")
    await screen.type("q-code", "9-1-01-101")
    await screen.tap("done")
    await screen.sees("9-1-01-101")
    await screen.type("q-head_name", "欧阳娜娜")
    await screen.tap("q-tenure-own")
    await screen.tap("q-household_kind-floating")
    await screen.type("q-people_count", "1")
    await screen.tap("save")

    await screen.sees("新住户已保存在本机")
    kinds = [change.record_kind for change in store_of(screen).outbox()]
    assert kinds == ["dwelling", "household"]


@story
async def test_a_resident_without_a_name_keeps_the_household_from_being_saved(
    house: House,
) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")
    await screen.tap("add-member")
    await screen.type("q-name", "")
    await screen.tap("back")
    await screen.sees("还差 1 项")

    await screen.tap("save")

    await screen.sees("还没有填好")
    assert store_of(screen).outbox() == ()


@story
async def test_a_resident_can_be_taken_off_again(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")
    await add_member(screen, "欧阳小明", "2")

    await screen.until(lambda: screen.identifiers("remove-") != [])
    await screen.tap(screen.identifiers("remove-")[0])

    await screen.gone("欧阳小明")
    assert len(store_of(screen).drafts()) == 1


@story
async def test_a_household_that_was_left_is_gone_on_with(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")
    await add_member(screen, "欧阳小明", "2")
    await screen.tap("back")
    await screen.go("/")

    await screen.sees("新登记住户")
    assert len(screen.identifiers("begun-")) == 1
    await screen.tap(screen.identifiers("begun-")[0])

    await screen.shows("q-head_name")
    assert screen.field("q-head_name").value == "欧阳娜娜"
    await screen.sees("欧阳小明")


@story
async def test_discarding_it_discards_its_residents(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")
    await add_member(screen, "欧阳小明", "2")

    await screen.tap("drop")
    await screen.tap("confirm-yes")

    await screen.sees("共 12 户")
    assert store_of(screen).drafts() == ()


@story
async def test_a_second_tap_on_save_registers_nobody_twice(house: House) -> None:
    screen = await start(house)
    await fill(screen, "欧阳娜娜")

    await asyncio.gather(screen.tap("save"), screen.tap("save"))

    await screen.sees("新住户已保存在本机")
    assert len(store_of(screen).outbox()) == 1


@story
async def test_a_field_keeps_its_seat_when_something_appears_above_it(house: House) -> None:
    """Made anew while it is typed into, it would lose its focus, and in a browser its text."""
    screen = await start(house)
    fields = ("q-head_name", "q-people_count", "q-phone", "q-needs")
    seats = [screen.seat(field) for field in fields]

    await screen.type("q-head_name", "李建国")
    await screen.type("q-phone", "13900000000")
    await screen.sees("有 1 条已登记的记录看起来很像")
    await screen.tap("q-tenure-rented")
    await screen.shows("q-landlord_name")

    assert [screen.seat(field) for field in fields] == seats
