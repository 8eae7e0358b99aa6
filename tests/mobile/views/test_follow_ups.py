"""Whom to contact: by category, first those that have waited longest; by visit, phone, or later."""

from mobile.views.state.house import House
from tests.mobile.headless import story
from tests.mobile.kit import change_of, create
from tests.mobile.views.neighbourhood import household_id, resident_id
from tests.mobile.views.worker import open_app, store_of

HOME = household_id(1)
"""An ordinary household, in a home of its own."""


@story
async def test_today_says_whom_to_contact_and_why(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    made = {"household": HOME, "mode": "door", "outcome": "done"}
    visit = store.shelf.clock.new_id()
    store.save([create("visit", visit, started="2026-09-10T10:00:00+08:00", **made)])
    store.save([change_of(store, "resident", resident_id(1), care=["living_alone"])])

    await screen.go("/")

    await screen.sees("独居老人：已超期（4 天前应联系）")
    await screen.sees("5 户到期，其中 5 户超期")


@story
async def test_a_contact_by_phone_counts(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    store.save([change_of(store, "resident", resident_id(1), care=["living_alone"])])
    await screen.go(f"/households/{HOME}")
    await screen.sees("独居老人：还没有联系过，请尽快")

    await screen.tap("by-phone")
    await screen.tap("outcome-done")
    await screen.tap("save")

    await screen.sees("独居老人：7 天后应联系")
    assert store.visits(HOME)[0].mode == "phone"
    assert screen.find("by-phone") is None


@story
async def test_it_is_put_off_only_with_a_reason(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    store.save([change_of(store, "resident", resident_id(1), care=["living_alone"])])
    await screen.go(f"/households/{HOME}")

    await screen.tap("postpone")
    await screen.tap("wait-14")
    await screen.tap("save")
    await screen.until(lambda: screen.tab.notice == "请写明改期的原因")
    await screen.type("postpone-reason", "本人住院")
    await screen.tap("save")

    await screen.sees("独居老人：14 天后应联系")
    await screen.sees("本人住院")
    (visit,) = store.visits(HOME)
    assert (visit.outcome, visit.next_visit) == ("postponed", "2026-10-05")


@story
async def test_all_that_are_due_are_one_tap_away(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    for number in range(12):
        store.save([change_of(store, "resident", resident_id(number), care=["left_behind"])])
    await screen.go("/")

    await screen.tap("due-all")

    await screen.sees("共 12 户")
