"""Enrolment: the office's code makes a device a worker's, and nothing else does."""

import asyncio
from pathlib import Path

from mobile.device import Device
from mobile.settings import Settings
from mobile.views.state.house import House
from tests.mobile.field import PIN, SERVER, BadLine, Field, open_device
from tests.mobile.headless import Screen, story
from tests.mobile.kit import StillClock


def bare(field: Field, name: str = "phone") -> House:
    """A device that nobody has enrolled, on a line to the town's server."""
    line = BadLine(field.portal, field.app)
    clock = StillClock(field.town.clock.at)
    return House(open_device(field.folder / name, line, clock), clock)


def link(field: Field, worker: str = "W1") -> str:
    """The text of a worker's QR code."""
    if worker not in field.workers:
        field.workers[worker] = field.town.worker(worker, "g1")
    code = field.town.code(field.workers[worker])
    return f"doorstep://enrol?server={SERVER}&code={code}"


async def choose_pin(screen: Screen, pin: str) -> None:
    await screen.press_keys(pin)
    await screen.tap("key-ok")


async def enrol(screen: Screen, text: str) -> None:
    """All steps up to the words of the key."""
    await screen.type_into("注册码", text)
    await screen.tap("enrol-next")
    await choose_pin(screen, PIN)
    await choose_pin(screen, PIN)
    await screen.sees("本机密钥的六个词")


@story
async def test_a_pasted_code_and_a_pin_make_the_device_hers(field: Field) -> None:
    house = bare(field)
    screen = await Screen.open(house)
    await screen.sees("把这台设备登记到您名下")

    await screen.type_into("注册码", link(field))
    await screen.until(lambda: "服务器地址\n" not in screen.words())
    await screen.tap("enrol-next")
    await screen.sees("设置数字密码")
    await choose_pin(screen, PIN)
    await screen.sees("再输入一次")
    await choose_pin(screen, PIN)

    await screen.sees("本机密钥的六个词")
    account = house.device.accounts()[0]
    assert all(word in screen.words() for word in account.fingerprint.split())
    await screen.tap("enrol-done")
    await screen.sees("W1，您好")


@story
async def test_a_code_can_be_typed_with_the_servers_address(field: Field) -> None:
    screen = await Screen.open(bare(field))
    code = link(field).partition("code=")[2]

    await screen.type_into("注册码", code.lower())
    await screen.type_into("服务器地址", SERVER)
    await screen.tap("enrol-next")

    await screen.sees("设置数字密码")


@story
async def test_what_is_missing_is_said_in_words(field: Field) -> None:
    screen = await Screen.open(bare(field))

    await screen.type_into("注册码", "K7Q2-9FHM-3XWP")
    await screen.tap("enrol-next")

    await screen.sees("请输入服务器地址")
    assert screen.tab.account is None


@story
async def test_a_weak_pin_and_two_different_ones_are_refused(field: Field) -> None:
    screen = await Screen.open(bare(field))
    await screen.type_into("注册码", link(field))
    await screen.tap("enrol-next")

    await choose_pin(screen, "123456")
    await screen.sees("太容易被猜到")
    await choose_pin(screen, PIN)
    await choose_pin(screen, "830418")

    await screen.sees("两次输入不一样")
    assert screen.tab.house.device.accounts() == ()


@story
async def test_a_code_is_spent_once(field: Field) -> None:
    text = link(field)
    await enrol(await Screen.open(bare(field, "first")), text)
    second = await Screen.open(bare(field, "second"))

    await second.type_into("注册码", text)
    await second.tap("enrol-next")
    await choose_pin(second, PIN)
    await choose_pin(second, PIN)

    await second.sees("把这台设备登记到您名下")
    await second.sees("注册码")
    assert second.tab.house.device.accounts() == ()


@story
async def test_without_a_key_store_the_warning_is_in_plain_sight(tmp_path: Path) -> None:
    device = Device(Settings(home=tmp_path))
    screen = await Screen.open(House(device))

    await screen.type_into("注册码", f"doorstep://enrol?server={SERVER}&code=K7Q2-9FHM-3XWP")
    await screen.tap("enrol-next")

    await screen.sees("没有安全存储")
    await screen.type_into("口令", "too short")
    await screen.tap("enrol-secret")
    await screen.sees("12")


@story
async def test_a_second_tap_does_not_spend_the_code_twice(field: Field) -> None:
    screen = await Screen.open(bare(field))
    await screen.type_into("注册码", link(field))
    await screen.tap("enrol-next")
    await choose_pin(screen, PIN)
    await screen.sees("再输入一次")
    await screen.press_keys(PIN)

    await asyncio.gather(screen.tap("key-ok"), screen.tap("key-ok"))

    await screen.sees("本机密钥的六个词")
    assert len(screen.tab.house.device.accounts()) == 1
