"""Sync by button and by itself, told in plain words and numbers."""

import asyncio
import threading

from mobile.views.state.house import House
from tests.mobile.field import PIN, Fault, Field, Phone
from tests.mobile.headless import Screen, story
from tests.mobile.kit import change_of
from tests.mobile.views.worker import open_app, store_of

HOUSEHOLD = "01999999-0000-7000-8000-0000000000aa"
FOREIGN = "01999999-0000-7000-8000-0000000000bb"


def house_of(phone: Phone) -> House:
    """The phone as screens see it, locked."""
    phone.device.lock()
    return House(phone.device, phone.clock)


async def open_sync(phone: Phone) -> Screen:
    """The sync screen, after the sync that starts by itself."""
    screen = await open_app(house_of(phone), pin=PIN)
    await screen.until(lambda: screen.tab.house.line.report is not None)
    await screen.place(2)
    await screen.shows("sync-now")
    return screen


@story
async def test_unlocking_syncs_by_itself_and_brings_the_grid(field: Field) -> None:
    field.write(HOUSEHOLD, head_name="李芳")

    screen = await open_app(house_of(field.phone()), pin=PIN)

    await screen.sees("上次同步")
    await screen.place(1)
    await screen.sees("李芳")


@story
async def test_the_button_sends_what_was_saved_and_says_so_in_numbers(field: Field) -> None:
    field.write(HOUSEHOLD, head_name="李芳")
    screen = await open_sync(field.phone())
    store_of(screen).save([change_of(store_of(screen), "household", HOUSEHOLD, people_count=3)])
    await screen.sees("修改住户：常住人数")

    await screen.tap("sync-now")

    await screen.sees("办公室已收到 1 条")
    await screen.sees("都已上报")
    record = field.record(HOUSEHOLD)
    assert record is not None
    assert record.units["people_count"][0].value == 3


@story
async def test_without_a_network_everything_is_kept_and_said(field: Field) -> None:
    field.write(HOUSEHOLD, head_name="李芳")
    phone = field.phone()
    screen = await open_sync(phone)
    phone.line.down = True
    store_of(screen).save([change_of(store_of(screen), "household", HOUSEHOLD, people_count=3)])

    await screen.tap("sync-now")

    await screen.sees("连不上服务器")
    await screen.sees("1 条还在等待上报")
    await screen.sees("修改住户：常住人数")
    assert screen.client.crashes == []


@story
async def test_a_server_that_answers_nonsense_is_no_catastrophe(field: Field) -> None:
    phone = field.phone()
    screen = await open_sync(phone)
    for fault in (Fault.ERROR, Fault.HTML, Fault.NONSENSE, Fault.CUT, Fault.BUSY):
        phone.line.plan.clear()
        phone.line.plan.extend([fault] * 6)
        await screen.tap("sync-now")
        await screen.until(lambda: not screen.tab.house.line.syncing)
        await screen.shows("sync-report")
    phone.line.plan.clear()

    await screen.tap("sync-now")

    await screen.sees("都已上报")


@story
async def test_a_change_that_was_not_taken_shows_why_until_she_has_read_it(field: Field) -> None:
    phone = field.phone("W1", "g1")
    field.write(HOUSEHOLD, head_name="李芳")
    screen = await open_sync(phone)
    store_of(screen).save([change_of(store_of(screen), "household", HOUSEHOLD, people_count=-4)])

    await screen.tap("sync-now")
    await screen.until(lambda: screen.identifiers("read-") != [])
    await screen.sees("没有收录")

    place = screen.identifiers("read-")[0]
    await screen.tap(place)
    await screen.until(lambda: screen.identifiers("read-") == [])


@story
async def test_a_change_that_was_not_taken_is_put_right_from_the_household(field: Field) -> None:
    phone = field.phone("W1", "g1")
    field.write(HOUSEHOLD, head_name="李芳")
    screen = await open_sync(phone)
    store_of(screen).save([change_of(store_of(screen), "household", HOUSEHOLD, people_count=-4)])
    await screen.tap("sync-now")
    await screen.sees("1 项未被接受")

    await screen.go(f"/households/{HOUSEHOLD}")
    await screen.shows("visit")
    await screen.tap(screen.identifiers("again-")[0])
    await screen.shows("q-people_count")
    assert screen.field("q-people_count").value == "-4"
    await screen.type("q-people_count", "4")
    await screen.tap("save")
    await screen.sees("已保存在本机")

    assert store_of(screen).trouble() == ()
    await asyncio.to_thread(screen.tab.house.sync)
    record = field.record(HOUSEHOLD)
    assert record is not None
    assert record.units["people_count"][0].value == 4


@story
async def test_one_sync_runs_at_a_time_whoever_asks(field: Field) -> None:
    phone = field.phone()
    screen = await open_sync(phone)
    leave = threading.Semaphore(0)
    phone.line.before = lambda _request: _wait_for(leave)
    syncs = [asyncio.create_task(asyncio.to_thread(screen.tab.house.sync)) for _ in range(3)]
    await screen.until(lambda: sum(one.done() for one in syncs) == 2)
    assert screen.tab.house.line.syncing

    leave.release(100)
    await asyncio.gather(*syncs)

    assert not screen.tab.house.line.syncing


@story
async def test_coming_back_to_the_app_syncs(field: Field) -> None:
    phone = field.phone()
    screen = await open_sync(phone)
    field.write(HOUSEHOLD, head_name="李芳")

    page = screen.session.page
    await screen.fire(page, "app_lifecycle_state_change", {"state": "resume"})

    await screen.place(1)
    await screen.sees("李芳")


@story
async def test_another_phones_answer_is_shown_beside_hers_after_the_sync(field: Field) -> None:
    field.write(HOUSEHOLD, head_name="李芳", phone="13900010001")
    mine, other = field.phone("W1"), field.phone("W2")
    for phone, number in ((mine, "13800138000"), (other, "13911112222")):
        phone.device.sync()
        phone.store.save([change_of(phone.store, "household", HOUSEHOLD, phone=number)])
    mine.device.sync()
    screen = await open_sync(other)

    await screen.go(f"/households/{HOUSEHOLD}")

    await screen.sees("联系电话有不同的答案")
    for words in ("13800138000", "13911112222", "W1", "我"):
        await screen.sees(words)


def _wait_for(leave: threading.Semaphore) -> None:
    assert leave.acquire(timeout=5)
