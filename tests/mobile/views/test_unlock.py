"""The lock screen lets the right worker in, and says what a wrong try costs."""

from pathlib import Path

import msgspec

from mobile.accounts import Accounts
from mobile.vault.keystore import FileKeyStore
from mobile.views.state.house import House
from tests.mobile.headless import Screen, story
from tests.mobile.kit import StillClock, identity
from tests.mobile.views.neighbourhood import AREA, PIN, Neighbourhood, household_id
from tests.mobile.views.worker import open_app

WRONG = "918273"
MINUTE_MS = 60_000


@story
async def test_the_right_pin_opens_today(house: House) -> None:
    screen = await Screen.open(house)
    await screen.sees("王芳")

    await screen.press_keys(PIN)
    await screen.tap("key-ok")

    await screen.sees("王芳，您好")
    await screen.sees("西郊社区 第三网格")


@story
async def test_a_wrong_pin_says_how_many_tries_are_left_and_forgets_what_was_typed(
    house: House,
) -> None:
    screen = await Screen.open(house)

    await screen.press_keys(WRONG)
    await screen.tap("key-ok")

    await screen.sees("还可以试 9 次")
    await screen.until(lambda: screen.tappable("key-ok") is None)


@story
async def test_after_five_wrong_tries_even_the_right_pin_must_wait(house: House) -> None:
    screen = await Screen.open(house)

    for tries_left in range(9, 4, -1):
        await screen.press_keys(WRONG)
        await screen.tap("key-ok")
        await screen.sees(f"还可以试 {tries_left} 次")
    await screen.press_keys(PIN)

    await screen.sees("秒后可以再试")
    assert screen.tappable("key-ok") is None


@story
async def test_without_a_key_store_a_passphrase_is_asked_for(tmp_path: Path) -> None:
    near = Neighbourhood(tmp_path, households=1, pin=False)
    screen = await Screen.open(House(near.device, near.clock))
    await screen.sees("请输入口令")

    await screen.type_into("口令", near.secret)
    await screen.tap("unlock")

    await screen.sees("王芳，您好")


@story
async def test_two_workers_share_a_device_and_switch(near: Neighbourhood, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path, FileKeyStore(tmp_path / "key"), near.clock)
    other = msgspec.structs.replace(identity("device-b", "worker-b"), worker_name="李强")
    account = accounts.create(other, (AREA,), PIN)
    screen = await Screen.open(House(near.device, near.clock))
    shown, hidden = near.device.accounts()

    await screen.tap(f"account-{hidden.id}")
    await screen.sees(f"切换到 {shown.worker_name}")
    await screen.press_keys(PIN)
    await screen.tap("key-ok")

    await screen.sees(f"{hidden.worker_name}，您好")
    assert account.id in {shown.id, hidden.id}


@story
async def test_a_new_tab_must_be_unlocked_by_itself(house: House) -> None:
    first = await open_app(house)
    second = await Screen.open(house, route=f"/households/{household_id(0)}")

    await second.sees("请输入 6 位以上数字密码")
    assert "李建国" not in second.words()
    await second.press_keys(PIN)
    await second.tap("key-ok")

    await second.sees("李建国")
    await first.sees("王芳，您好")


@story
async def test_locking_in_one_tab_locks_every_tab(house: House) -> None:
    first = await open_app(house)
    second = await open_app(house)

    await second.place(3)
    await second.tap("lock-now")

    await second.sees("请输入 6 位以上数字密码")
    await first.sees("请输入 6 位以上数字密码")
    assert house.device.account is None


@story
async def test_the_app_locks_itself_when_nobody_touches_it(
    near: Neighbourhood, house: House
) -> None:
    screen = await open_app(house)
    clock = near.clock
    assert isinstance(clock, StillClock)

    clock.tick(4 * MINUTE_MS)
    await screen.place(1)
    clock.tick(4 * MINUTE_MS)
    screen.tab.lock_when_due()
    assert screen.tab.account is not None
    clock.tick(2 * MINUTE_MS)
    screen.tab.lock_when_due()

    await screen.sees("请输入 6 位以上数字密码")


@story
async def test_closing_the_last_tab_locks_the_device(house: House) -> None:
    screen = await open_app(house)

    screen.tab.close()

    assert house.device.account is None
