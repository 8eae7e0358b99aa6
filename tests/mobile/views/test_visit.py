"""A visit: its outcome in one tap, and one save for all that was learnt at the door."""

import asyncio

from mobile.store.values import SentChange
from mobile.views.state.house import House
from shared.changes import ChangeKind
from tests.mobile.headless import Screen, story
from tests.mobile.kit import shown
from tests.mobile.views.neighbourhood import household_id
from tests.mobile.views.worker import edit_phone, open_app, open_household, store_of


async def start_visit(house: House) -> Screen:
    """The form of a new visit."""
    screen = await open_household(house)
    await screen.tap("visit")
    await screen.shows("outcome-done")
    return screen


async def change_phone_during_visit(house: House) -> Screen:
    """A visit that is not saved yet, nor the phone number that was given at the door."""
    screen = await start_visit(house)
    await screen.tap("outcome-done")
    await edit_phone(screen, "13800138000")
    await screen.shows("outcome-done")
    return screen


def by_kind(screen: Screen) -> dict[str, SentChange]:
    return {change.record_kind: change for change in store_of(screen).outbox()}


@story
async def test_nobody_home_takes_two_taps(house: House) -> None:
    screen = await start_visit(house)

    await screen.tap("outcome-nobody_home")
    await screen.tap("save")

    await screen.sees("走访已保存在本机")
    (visit,) = store_of(screen).outbox()
    assert visit.units["outcome"] == "nobody_home"
    assert visit.units["household"] == household_id(0)
    assert visit.units["started"]
    assert visit.units["ended"]
    assert store_of(screen).drafts() == ()


@story
async def test_a_visit_without_an_outcome_is_not_saved(house: House) -> None:
    screen = await start_visit(house)

    await screen.tap("save")

    await screen.sees("还差：走访结果")
    assert store_of(screen).outbox() == ()


@story
async def test_someone_met_is_noted_on_the_household(house: House) -> None:
    screen = await start_visit(house)

    await screen.tap("outcome-done")
    await screen.type("q-note", "一切都好")
    await screen.tap("save")

    await screen.sees("一切都好")
    store = store_of(screen)
    today = screen.tab.now().date().isoformat()
    assert shown(store, household_id(0))["last_seen"] == today
    changes = by_kind(screen)
    visit, household = changes["visit"], changes["household"]
    assert household.units == {"last_seen": today}
    assert visit.save == household.save


@story
async def test_what_is_changed_during_a_visit_is_saved_with_it_and_names_it(
    house: House,
) -> None:
    screen = await start_visit(house)
    await screen.tap("outcome-done")

    await edit_phone(screen, "13800138000")
    await screen.sees("联系电话")
    assert store_of(screen).outbox() == ()
    await screen.tap("save")

    await screen.sees("走访已保存在本机")
    changes = by_kind(screen)
    assert changes["household"].units["phone"] == "13800138000"
    assert changes["household"].save == changes["visit"].save
    visit = changes["visit"].record
    view = store_of(screen).record(household_id(0))
    assert view is not None
    assert view.units["phone"].values[0].visit == visit
    assert store_of(screen).drafts() == ()


@story
async def test_a_resident_can_be_added_during_a_visit(house: House) -> None:
    screen = await start_visit(house)
    await screen.tap("outcome-done")

    await screen.tap("visit-member")
    await screen.type("q-name", "李小明")
    await screen.tap("q-relation-2")
    await screen.tap("done")
    await screen.shows("outcome-done")
    await screen.tap("save")

    await screen.sees("李小明")
    member = next(c for c in store_of(screen).outbox() if c.record_kind == "resident")
    assert member.kind is ChangeKind.CREATE
    assert member.units["household"] == household_id(0)


@story
async def test_a_visit_that_was_left_is_gone_on_with(house: House) -> None:
    screen = await start_visit(house)
    await screen.tap("outcome-refused")
    await screen.type("q-note", "改天再来")
    await screen.tap("back")

    await screen.sees("继续走访")
    await screen.tap("visit")

    await screen.shows("q-note")
    assert screen.field("q-note").value == "改天再来"
    assert screen.find("outcome-refused") is not None


@story
async def test_discarding_a_visit_discards_what_was_changed_during_it(house: House) -> None:
    screen = await change_phone_during_visit(house)

    await screen.tap("drop")
    await screen.tap("confirm-yes")

    await screen.sees("开始走访")
    assert store_of(screen).drafts() == ()
    assert store_of(screen).outbox() == ()


@story
async def test_today_lists_a_visit_and_its_changes_as_one(house: House) -> None:
    await change_phone_during_visit(house)

    again = await open_app(house)

    await again.sees("接着填写")
    assert len(again.identifiers("begun-")) == 1
    await again.tap(again.identifiers("begun-")[0])
    await again.shows("outcome-done")
    await again.sees("修改住户信息")


@story
async def test_refused_is_not_red(house: House) -> None:
    screen = await start_visit(house)

    await screen.tap("outcome-refused")
    await screen.until(lambda: _colour(screen, "outcome-refused") == "primary")

    assert "error" not in {_colour(screen, name) for name in screen.identifiers("outcome-")}


def _colour(screen: Screen, identifier: str) -> str:
    tile = screen.tappable(identifier)
    return str(getattr(tile, "bgcolor", "")).lower().rpartition(".")[2]


@story
async def test_a_second_tap_on_save_makes_no_second_visit(house: House) -> None:
    screen = await start_visit(house)
    await screen.tap("outcome-nobody_home")

    await asyncio.gather(screen.tap("save"), screen.tap("save"), screen.tap("save"))

    await screen.sees("走访已保存在本机")
    assert len(store_of(screen).outbox()) == 1
