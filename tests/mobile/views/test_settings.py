"""Settings take effect at once, and logging out never loses work."""

import flet as ft
import pytest

from mobile.settings import Theme
from mobile.views.state.house import House
from tests.mobile.field import PIN, Field
from tests.mobile.headless import DESK, Screen, story
from tests.mobile.kit import change_of
from tests.mobile.views.neighbourhood import Neighbourhood, household_id
from tests.mobile.views.worker import open_app, store_of


async def settings(house: House) -> Screen:
    """The settings."""
    screen = await open_app(house)
    await screen.place(3)
    await screen.shows("language-en")
    return screen


@story
async def test_the_language_changes_at_once_and_on_every_tab(house: House) -> None:
    other = await open_app(house)
    screen = await settings(house)

    await screen.tap("language-en")

    await screen.sees("Appearance")
    await other.sees("Hello 王芳")
    await screen.tap("language-zh")
    await screen.sees("外观")


@pytest.mark.parametrize(
    ("told", "shown"), [("en-GB", "Unlock"), ("zh-Hant-TW", "请输入"), ("fr", "请输入")]
)
def test_the_devices_own_language_counts_first(near: Neighbourhood, told: str, shown: str) -> None:
    @story
    async def story_told() -> None:
        screen = await Screen.open(House(near.device, near.clock))
        screen.tab.system_language = told
        screen.tab.changed()

        await screen.sees("PIN" if shown == "Unlock" else shown)

    story_told()


@story
async def test_dark_is_dark_and_the_choice_is_kept(near: Neighbourhood, house: House) -> None:
    screen = await settings(house)

    await screen.tap("theme-dark")

    await screen.until(lambda: screen.session.page.theme_mode is ft.ThemeMode.DARK)
    assert near.reopened().preferences.theme is Theme.DARK


@story
async def test_larger_text_enlarges_every_size_of_the_theme(house: House) -> None:
    screen = await settings(house)
    before = _sizes(screen)

    await screen.tap("scale-200%")

    await screen.until(lambda: _sizes(screen)["body_large"] == 2 * before["body_large"])
    assert all(size == 2 * before[name] for name, size in _sizes(screen).items())


@story
async def test_lock_now_locks(house: House) -> None:
    screen = await settings(house)

    await screen.tap("lock-now")

    await screen.sees("请输入 6 位以上数字密码")
    assert "王芳，您好" not in screen.words()


@story
async def test_the_words_of_the_key_and_where_it_lies_can_be_looked_up(house: House) -> None:
    screen = await settings(house)

    await screen.shows("fingerprint")
    await screen.sees("本机密钥存放在文件里")


@story
async def test_logging_out_with_unsent_work_is_refused_in_words(house: House) -> None:
    screen = await settings(house)
    store = store_of(screen)
    store.save([change_of(store, "household", household_id(0), people_count=8)])

    await screen.tap("log-out")
    await screen.tap("confirm-yes")

    await screen.sees("还有 1 项未上报")
    assert house.device.account is not None


@story
async def test_logging_out_removes_the_account_from_the_device(field: Field) -> None:
    phone = field.phone()
    phone.device.lock()
    screen = await open_app(House(phone.device, phone.clock), pin=PIN)
    await screen.until(lambda: screen.tab.house.line.report is not None)
    await screen.place(3)

    await screen.tap("log-out")
    await screen.tap("confirm-yes")

    await screen.sees("把这台设备登记到您名下")
    assert phone.device.accounts() == ()


@story
async def test_on_a_desk_the_places_stand_at_the_side(house: House) -> None:
    screen = await open_app(house, size=DESK)
    assert any(isinstance(one, ft.NavigationRail) for one in screen.controls())

    await screen.fire(screen.session.page, "resize", {"width": 412.0, "height": 915.0})

    await screen.until(lambda: any(isinstance(one, ft.NavigationBar) for one in screen.controls()))


def _sizes(screen: Screen) -> dict[str, float]:
    theme = screen.session.page.theme
    assert theme is not None
    assert theme.text_theme is not None
    styles = vars(theme.text_theme).get("_values", {})
    return {name: style.size for name, style in styles.items() if style is not None}
