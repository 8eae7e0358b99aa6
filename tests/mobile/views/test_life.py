"""The life of a household: one short step, one save, and a history without a gap."""

import pytest

from mobile.store.store import Store
from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.kit import create, shown
from tests.mobile.views.neighbourhood import (
    Neighbourhood,
    dwelling_id,
    household_id,
    resident_id,
)
from tests.mobile.views.worker import open_app, store_of

HOME, OTHER_HOME = household_id(0), household_id(1)
HEAD = resident_id(0)
WIFE = resident_id(0, 1)


async def step(screen: Screen, name: str) -> None:
    """Opens a step from the household's page."""
    await screen.go(f"/households/{HOME}")
    await screen.tap("life")
    await screen.tap(f"life-{name}")
    await screen.shows("save")


async def with_wife(house: House) -> Screen:
    """The app; the head's wife lives with him."""
    screen = await open_app(house)
    wife = {"household": HOME, "name": "王秀英", "relation": "1", "status": "living_here"}
    store_of(screen).save([create("resident", WIFE, **wife)])
    return screen


def saves(store: Store) -> int:
    """How many saves wait to be sent."""
    return len({change.save for change in store.outbox()})


async def saved(screen: Screen) -> None:
    """Saves the step."""
    await screen.tap("save")
    await screen.until(lambda: screen.route == f"/households/{HOME}")


@story
async def test_a_family_moves_out(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    await step(screen, "move_out")

    await screen.tap("choice-vacant")
    await screen.type("life-note", "搬到外省")
    await saved(screen)

    card = store.household(HOME)
    assert card is not None
    assert card.dwelling is None
    assert shown(store, HEAD)["status"] == "moved"
    assert shown(store, dwelling_id(0))["status"] == "vacant"
    assert saves(store) == 1
    await screen.sees("李建国 搬走")
    await screen.sees("所住房屋：梧桐路11号1单元101室 → 未填")


@story
async def test_a_family_moves_to_another_home_and_back(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    await step(screen, "move_to")

    await screen.type("life-search", "1-1-05-501")
    await screen.tap(f"pick-{dwelling_id(8)}")
    await screen.sees("选定")
    await saved(screen)

    assert shown(store, HOME)["dwelling"] == dwelling_id(8)
    assert shown(store, dwelling_id(0))["status"] == "unknown"
    home = store.dwelling(dwelling_id(8))
    assert home is not None
    assert home.households == 2


@story
async def test_a_household_splits(house: House) -> None:
    screen = await with_wife(house)
    store = store_of(screen)
    before = saves(store)
    await step(screen, "split")

    await screen.tap(f"person-{WIFE}")
    await saved(screen)

    assert saves(store) == before + 1
    moved = shown(store, WIFE)
    new = str(moved["household"])
    assert moved["relation"] == "0"
    assert shown(store, new)["split_from"] == HOME
    assert shown(store, new)["head_name"] == "王秀英"
    assert shown(store, new)["dwelling"] == dwelling_id(0)
    assert [one.id for one in store.members(HOME)] == [HEAD]


@story
async def test_not_everybody_can_split_off(house: House) -> None:
    screen = await open_app(house)
    await step(screen, "split")

    await screen.tap(f"person-{HEAD}")
    await screen.tap("save")

    await screen.until(lambda: "不能全部分出去" in screen.tab.notice)
    assert store_of(screen).outbox() == ()


@story
async def test_one_goes_to_live_with_another_household(house: House) -> None:
    screen = await with_wife(house)
    store = store_of(screen)
    await step(screen, "member_to")

    await screen.tap(f"person-{WIFE}")
    await screen.type("life-search", "王秀英 102")
    await screen.tap(f"pick-{OTHER_HOME}")
    await saved(screen)

    assert WIFE in [one.id for one in store.members(OTHER_HOME)]
    assert shown(store, OTHER_HOME)["people_count"] == 3
    assert shown(store, HOME)["people_count"] == 1, "the head is still there"


@pytest.mark.parametrize(("name", "count"), [("together", 3), ("twice", 1)])
def test_two_households_become_one(near: Neighbourhood, name: str, count: int) -> None:
    @story
    async def told() -> None:
        screen = await open_app(House(near.device, near.clock))
        store = store_of(screen)
        await step(screen, name)

        await screen.type("life-search", "102")
        await screen.tap(f"pick-{OTHER_HOME}")
        await saved(screen)

        assert store.counts().households == 11
        assert {one.id for one in store.members(HOME)} == {HEAD, resident_id(1)}
        assert shown(store, HOME)["people_count"] == count
        opened = store.household(OTHER_HOME)
        assert opened is not None
        assert opened.id == HOME

    told()


@story
async def test_a_child_is_born(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    await step(screen, "birth")
    await screen.tap("save")
    await screen.until(lambda: screen.tab.notice == "请填写姓名")

    await screen.type("life-name", "李小宝")
    await screen.tap("choice-2")
    await saved(screen)

    child = next(one for one in store.members(HOME) if one.name == "李小宝")
    assert (child.sex, child.birth_date) == ("2", "2026-09-21")
    assert shown(store, HOME)["people_count"] == 2
    await screen.sees("李小宝 加入本户")


@story
async def test_the_head_dies_and_the_household_is_called_after_the_next(house: House) -> None:
    screen = await with_wife(house)
    store = store_of(screen)
    await step(screen, "death")

    await screen.tap(f"person-{HEAD}")
    await saved(screen)

    assert shown(store, HEAD)["status"] == "died"
    assert shown(store, HOME)["head_name"] == "王秀英"
    assert shown(store, WIFE)["relation"] == "0"
    await screen.sees("李建国 去世")


@story
async def test_a_day_in_the_future_is_not_taken(house: House) -> None:
    screen = await open_app(house)
    await step(screen, "member_away")

    await screen.tap(f"person-{HEAD}")
    await screen.type("life-day", "2027-01-01")
    await screen.tap("save")

    await screen.until(lambda: "不能晚于今天" in screen.tab.notice)


@story
async def test_a_door_with_a_new_number_is_the_same_home(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    await step(screen, "renumber")

    await screen.type("life-plate", "新华路8号101室")
    await saved(screen)

    await screen.sees("门牌号：梧桐路11号1单元101室 → 新华路8号101室")
    assert [card.id for card in store.search("新华路8").cards] == [HOME]


@story
async def test_both_phones_agree_after_a_split(near: Neighbourhood, house: House) -> None:
    screen = await with_wife(house)
    store = store_of(screen)
    await step(screen, "split")
    await screen.tap(f"person-{WIFE}")
    await saved(screen)
    mine = {one.id: one.household for one in store.members(HOME)}

    near.office.push(store)
    near.office.bring(store)

    assert {one.id: one.household for one in store.members(HOME)} == mine
    assert store.outbox() == ()
    assert shown(store, str(shown(store, WIFE)["household"]))["people_count"] == 1
