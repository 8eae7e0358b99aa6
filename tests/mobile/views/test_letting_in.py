"""A shared device and a forgotten PIN, as the workers at its screen see them."""

import gc
import weakref

import pytest

from mobile.errors import AppError
from mobile.store.store import Store
from mobile.views.state.house import House
from server.office.devices import mark_lost
from server.office.rescues import agree, refuse, waiting
from server.office.roles import Role
from tests.mobile.field import PIN, Field, Phone, synced
from tests.mobile.headless import Screen, story
from tests.mobile.kit import create
from tests.mobile.views.test_enrol import choose_pin, link

NEW_PIN = "502619"
OTHER_PIN = "290583"
A_HOUSEHOLD = "慕容小燕"


def worked(field: Field) -> tuple[Phone, House]:
    """A phone with unsent work, locked."""
    phone = field.phone("W1")
    synced(phone)
    phone.store.save([create("household", phone.clock.new_id(), head_name=A_HOUSEHOLD)])
    phone.device.lock()
    return phone, House(phone.device, phone.clock)


def agreed(field: Field, *logins: str) -> None:
    """So many admins agree to all that is asked."""
    town = field.town
    for login in logins:
        who = town.account(login, Role.TOWN_ADMIN)
        with town.act(who) as act:
            for request in waiting(act.conn, who, town.clock()):
                agree(act, request.id)


@story
async def test_two_admins_and_a_new_pin_open_what_was_forgotten(field: Field) -> None:
    phone, house = worked(field)
    screen = await Screen.open(house)
    await screen.tap("forgot-pin")
    await screen.sees("未上报的内容和草稿都会保留")
    await screen.tap("rescue-ask")
    await screen.sees("等第一名管理员同意")
    with field.town.act() as act:
        (request,) = waiting(act.conn, act.who, field.town.clock())
    assert all(word in screen.words() for word in request.words("zh").split())

    agreed(field, "admin1")
    await screen.tap("rescue-look")
    await screen.sees("一名管理员已同意，还须另一名")
    agreed(field, "admin2")
    await screen.tap("rescue-look")
    await screen.sees("请设置新密码")
    await choose_pin(screen, NEW_PIN)
    await choose_pin(screen, NEW_PIN)

    await screen.sees("W1，您好")
    assert phone.store.counts().unsent in (0, 1)
    assert phone.store.search("mrxy").total == 1
    await screen.until(lambda: phone.store.counts().unsent == 0)


@story
async def test_no_network_a_refusal_and_a_change_of_mind_are_all_ways_back(field: Field) -> None:
    phone, house = worked(field)
    screen = await Screen.open(house)
    await screen.tap("forgot-pin")
    phone.line.down = True
    await screen.tap("rescue-ask")
    await screen.sees("现在连不上服务器")
    phone.line.down = False
    await screen.tap("rescue-ask")
    await screen.shows("rescue-look")
    with field.town.act() as act:
        refuse(act, waiting(act.conn, act.who, field.town.clock())[0].id, "不是本人")
    await screen.tap("rescue-look")
    await screen.sees("办公室没有同意")
    await screen.tap("rescue-ask")
    await screen.tap("rescue-cancel")
    await screen.tap("rescue-leave")
    await choose_pin(screen, PIN)

    await screen.sees("W1，您好")


@story
async def test_a_phone_called_lost_is_wiped_when_it_asks(field: Field) -> None:
    phone, house = worked(field)
    with field.town.act() as act:
        mark_lost(act, phone.device.accounts()[0].device, "试")
    screen = await Screen.open(house)
    await screen.tap("forgot-pin")
    await screen.tap("rescue-ask")

    await screen.sees("把这台设备登记到您名下")
    assert not list((phone.home / "accounts").iterdir())


@story
async def test_a_used_up_pin_says_where_help_is(field: Field) -> None:
    phone, house = worked(field)
    vault, said = phone.device._accounts.vault(phone.account), ""
    screen = await Screen.open(house)
    for _ in range(10):
        phone.clock.tick(vault.wait_seconds() * 1000)
        with pytest.raises(AppError) as refused:
            phone.device.unlock(phone.account, "918273")
        said = refused.value.words.en
    await choose_pin(screen, PIN)

    await screen.sees("请点“忘记密码”")
    assert "Forgot PIN" in said


@story
async def test_nothing_of_one_worker_is_left_in_the_memory_of_the_next(field: Field) -> None:
    phone, house = worked(field)
    screen = await Screen.open(house)
    await choose_pin(screen, PIN)
    await screen.place(1)
    await screen.sees(A_HOUSEHOLD)
    field.workers["W2"] = field.town.worker("W2", "g2")
    mine: weakref.ref[Store] = weakref.ref(phone.store)
    phone.clock.tick()
    phone.device.enrol(phone.device.parse_enrolment(link(field, "W2")), OTHER_PIN)
    screen.tab.lock()

    assert phone.device.accounts()[0].worker_name == "工W2"
    await choose_pin(screen, OTHER_PIN)
    await screen.sees("工W2，您好")
    await screen.place(1)
    await screen.shows("search")
    gc.collect()

    assert mine() is None, "the records of the first worker are still held in memory"
    assert A_HOUSEHOLD not in screen.words()


@story
async def test_switching_to_a_colleague_is_one_tap_and_her_pin(field: Field) -> None:
    phone, house = worked(field)
    phone.clock.tick()
    phone.device.enrol(phone.device.parse_enrolment(link(field, "W2")), OTHER_PIN)
    phone.device.lock()
    screen = await Screen.open(house)
    await choose_pin(screen, OTHER_PIN)
    await screen.sees("工W2，您好")
    await screen.place(3)

    await screen.tap(f"switch-{phone.account}")
    await screen.sees("工W1")
    locked = phone.device.account
    await choose_pin(screen, PIN)

    await screen.sees("工W1，您好")
    opened = phone.device.account
    assert (locked, opened and opened.id) == (None, phone.account)


@story
async def test_the_lock_screen_says_why_an_account_is_gone(field: Field) -> None:
    phone, house = worked(field)
    phone.clock.tick()
    phone.device.enrol(phone.device.parse_enrolment(link(field, "W2")), OTHER_PIN)
    phone.device.lock()
    screen = await Screen.open(house)
    await screen.tap(f"account-{phone.account}")
    await choose_pin(screen, PIN)
    await screen.sees("工W1，您好")
    lost = next(one for one in phone.device.accounts() if one.id == phone.account)
    with field.town.act() as act:
        mark_lost(act, lost.device, "丢在公交车上")
    house.sync()

    await screen.sees("已被登记为丢失")
    await screen.sees("其他账号不受影响")
    await screen.sees("工W2")
    assert "工W1" not in screen.words()
