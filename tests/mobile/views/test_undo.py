"""What was done by mistake is taken back with one tap, offline, and the history shows both."""

import asyncio
from collections.abc import Iterable, Mapping

import pytest

from mobile.store.store import Store
from mobile.views.state.dates import parse_day
from mobile.views.state.house import House
from mobile.views.state.life import LifeState, Step
from shared.wire import Problem, Result, Words
from tests.mobile.field import PIN as FIELD_PIN
from tests.mobile.field import Field, differences, synced
from tests.mobile.headless import Screen, story
from tests.mobile.kit import StillClock, change_of, create, shown, tell
from tests.mobile.views.neighbourhood import Neighbourhood, dwelling_id, household_id, resident_id
from tests.mobile.views.worker import open_app, open_household, press_undo, store_of

HOME, OTHER_HOME = household_id(0), household_id(1)
HEAD, WIFE = resident_id(0), resident_id(0, 1)
LOOKED_AT = (HOME, OTHER_HOME, HEAD, WIFE, resident_id(1), dwelling_id(0), dwelling_id(8))
NEEDS_SOMEBODY = {Step.MEMBER_AWAY, Step.MEMBER_TO, Step.SPLIT, Step.DEATH}
Looks = dict[str, tuple[bool, str | None, Mapping[str, object]]]


def with_wife(store: Store) -> None:
    """The head's wife lives with him."""
    wife = {"household": HOME, "name": "王秀英", "relation": "1", "status": "living_here"}
    store.save([create("resident", WIFE, **wife)])


def looks(store: Store, records: Iterable[str] = LOOKED_AT) -> Looks:
    """How records stand: whether they are deleted or merged into another, and what they say."""
    found: Looks = {}
    with store.shelf.database.reading() as conn:
        for one in records:
            record = store.shelf.shown(conn, one)
            assert record is not None
            given = {u: c[0].value for u, c in record.units.items() if not u.startswith("@")}
            said = {unit: value for unit, value in given.items() if value is not None}
            found[one] = record.deleted, record.alias_of, said
    return found


def told(screen: Screen, step: Step) -> LifeState:
    """The step, with all that it asks."""
    state = LifeState(screen.tab, HOME, step)
    state.load()
    store = store_of(screen)
    if step in NEEDS_SOMEBODY:
        state.toggle(next(one for one in store.members(HOME) if one.id == WIFE))
    if step in {Step.MEMBER_TO, Step.TOGETHER, Step.TWICE}:
        state.other = store.household(OTHER_HOME)
    state.dwelling = store.dwelling(dwelling_id(8))
    for name, text in {"name": "李小宝", "plate": "新华路8号101室", "note": "听邻居说"}.items():
        state.type(name, text)
    assert parse_day(state.typed["day"]) is not None
    return state


def noted(store: Store) -> list[str]:
    """What the timeline of the household has noted down, the newest first."""
    return [event.note for event in store.known.timeline.events(HOME) if event.note]


def later(near: Neighbourhood) -> None:
    """A minute has gone by."""
    assert isinstance(near.clock, StillClock)
    near.clock.tick(60_000)


@pytest.mark.parametrize("step", list(Step))
def test_every_step_of_a_households_life_is_taken_back_and_done_once_more(
    near: Neighbourhood, step: Step
) -> None:
    @story
    async def told_and_taken_back() -> None:
        screen = await open_app(House(near.device, near.clock))
        store = store_of(screen)
        with_wife(store)
        state = told(screen, step)
        before, counts = looks(store), store.counts()

        assert state.save()
        after = looks(store)
        made = {one.record for one in store.outbox() if one.kind == "create"} - {WIFE}
        assert after != before, "the step changes something"
        assert noted(store)[0].startswith(screen.tab.texts(f"life.{step}.name"))

        later(near)
        await press_undo(screen)
        assert screen.tab.notice == "已撤销"
        assert looks(store) == before
        assert all(deleted for deleted, *_ in looks(store, made).values())
        now = store.counts()
        assert (now.households, now.residents) == (counts.households, counts.residents)
        assert noted(store)[0].startswith("撤回：")

        later(near)
        await press_undo(screen)
        assert looks(store) == after
        assert not any(deleted for deleted, *_ in looks(store, made).values())
        saves = {change.save for change in store.outbox()}
        assert len(saves) == 4, "nothing was wiped out: three saves after the wife's"

    told_and_taken_back()


@story
async def test_a_step_is_taken_back_from_the_timeline_too_and_says_so_there(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    with_wife(store)
    told(screen, Step.DEATH).save()
    await screen.go(f"/households/{HOME}")
    await screen.sees("去世 2026-09-21 听邻居说")
    later(near)

    await screen.tap(screen.identifiers("take-back-")[0])

    await screen.sees("撤回：去世 2026-09-21 听邻居说")
    assert shown(store, WIFE)["status"] == "living_here"
    assert len(screen.identifiers("take-back-")) == 1, "only the way back can be taken back now"


@story
async def test_what_others_have_built_on_is_not_taken_back(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    with_wife(store)
    told(screen, Step.SPLIT).save()
    undo = screen.tab.undo
    new = str(shown(store, WIFE)["household"])
    store.save([create("visit", household_id(99), household=new, outcome="done")])

    assert undo is not None
    await asyncio.to_thread(undo)

    assert screen.tab.notice.startswith("撤不回来了")
    assert shown(store, WIFE)["household"] == new


@story
async def test_a_withdrawn_visit_comes_back_with_what_was_learnt_at_it(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    await screen.tap("visit")
    await screen.tap("outcome-refused")
    await screen.tap("save")
    await screen.sees("走访已保存在本机")
    made = store.visits(HOME)[0].id
    await screen.tap(f"withdraw-{made}")
    await screen.tap("confirm-yes")
    await screen.sees("走访已撤回")

    await press_undo(screen)

    assert [visit.id for visit in store.visits(HOME)] == [made]
    assert shown(store, HOME)["visit_policy"] == "no_visits"


@story
async def test_a_restored_answer_and_a_postponement_are_taken_back(house: House) -> None:
    screen = await open_household(house)
    store = store_of(screen)
    store.save([change_of(store, "household", HOME, phone="13800138000")])
    await screen.go(f"/households/{HOME}/answer/{HOME}/phone")
    await screen.press_button("恢复为 13900000000")
    await screen.tap("confirm-yes")
    await screen.sees("已恢复，联网后自动上报")

    await press_undo(screen)
    assert shown(store, HOME)["phone"] == "13800138000"

    await screen.go(f"/households/{HOME}/postpone")
    await screen.type("postpone-reason", "出差")
    await screen.tap("save")
    await screen.until(lambda: len(store.visits(HOME)) == 1)
    await press_undo(screen)
    assert store.visits(HOME) == ()


@story
async def test_a_refusal_that_was_read_too_soon_is_in_the_list_again(house: House) -> None:
    screen = await open_app(house)
    store = store_of(screen)
    store.save([change_of(store, "household", HOME, people_count=-4)])
    (change,) = store.outbox()
    tell(store, [Result(1, "rejected", problem=Problem("bad", Words("不行", "No")))])
    await screen.place(2)
    await screen.tap(f"read-{change.place}")
    await screen.until(lambda: store.trouble() == ())
    await screen.sees("已标为看过")

    await press_undo(screen)

    await screen.shows(f"read-{change.place}")


@story
async def test_the_office_has_a_merge_and_its_way_back(field: Field) -> None:
    phone = field.phone()
    homes = [phone.clock.new_id() for _ in range(2)]
    for home, name in zip(homes, ("李芳", "李方"), strict=True):
        field.write(home, head_name=name, people_count=1)
    synced(phone)
    phone.device.lock()
    screen = await open_app(House(phone.device, phone.clock), pin=FIELD_PIN)
    state = LifeState(screen.tab, homes[0], Step.TWICE)
    state.other = store_of(screen).household(homes[1])
    state.load()
    assert state.save()
    await asyncio.to_thread(synced, phone)
    merged = field.record(homes[1])
    assert merged is not None
    assert merged.alias_of == homes[0]

    await press_undo(screen)
    await asyncio.to_thread(synced, phone)

    parted = field.record(homes[1])
    assert parted is not None
    assert parted.alias_of is None
    assert differences(phone, field) == []
