"""Two workers on one device, a PIN that was forgotten, and a device that the office calls lost."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from server.clock import now_ms
from server.demo.processes import Children
from server.forms.builtin import builtin_forms
from server.office.roles import Role
from tests.e2e.app import WorkerApp
from tests.e2e.desk import Desk
from tests.e2e.running import Phone
from tests.server.a_town import ATown, make_town
from tests.server.listening import listening

PIN_A, PIN_B, NEW_PIN = "293847", "518264", "602719"
SETTINGS = 3
pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_one_device_two_workers_two_admins(browser: Browser, tmp_path: Path) -> None:
    with ExitStack() as stack:
        town = a_town(tmp_path / "office")
        url = stack.enter_context(listening(town.services))
        children = stack.enter_context(Children(tmp_path / "logs"))
        phone = Phone("phone", tmp_path / "phone", children)
        phone.start()
        desks = [Desk(browser, url) for _ in range(2)]
        for desk, login in zip(desks, ("admin1", "admin2"), strict=True):
            desk.sign_in(login)
        app = WorkerApp(browser, phone.url)
        enrols(app, town, ("W1", PIN_A), url)
        app.go(SETTINGS)
        app.choose("lock-now")
        app.choose("enrol-another")
        enrols(app, town, ("W2", PIN_B), url)

        _she_switches_to_her_colleague(app)
        _she_forgets_her_pin(app, desks)
        _her_device_is_called_lost(app, desks[0], phone)
        assert app.foreign == []


def a_town(home: Path) -> ATown:
    """A town with two admins, whose clock stands still at this moment."""
    town = make_town(home)
    town.clock.at = now_ms()
    for form in builtin_forms().values():
        town.services.register.publish_form(town.who.town, form)
    for login in ("admin1", "admin2"):
        town.account(login, Role.TOWN_ADMIN)
    return town


def enrols(
    app: WorkerApp, town: ATown, worker: tuple[str, str], url: str, grid: str = "g1"
) -> None:
    """Enrols a device for a worker of that grid, with that PIN."""
    staff_no, pin = worker
    app.write("注册码或二维码文字", town.code(town.worker(staff_no, grid)))
    app.write("服务器地址", url)
    app.tap("enrol-next")
    app.type_pin(pin)
    app.type_pin(pin)
    app.awaits("fingerprint")
    app.press("核对好了，开始使用")
    app.says(f"工{staff_no}，您好")


def _she_switches_to_her_colleague(app: WorkerApp) -> None:
    app.go(SETTINGS)
    app.picture("shared-settings")
    app.bring(app.page.locator("[flt-semantics-identifier^=switch-]"))
    app.page.locator("[flt-semantics-identifier^=switch-]").click()
    app.awaits("pin-dots")
    app.picture("shared-lock")
    app.type_pin(PIN_A)
    app.says("工W1，您好")


def _she_forgets_her_pin(app: WorkerApp, desks: list[Desk]) -> None:
    app.go(SETTINGS)
    app.choose("lock-now")
    app.choose("forgot-pin")
    app.choose("rescue-ask")
    app.awaits("rescue-look")
    app.picture("rescue-words")
    desks[0].picture("desk-rescue")
    shown = app.words("fingerprint")
    words = desks[0].let_in()
    assert all(word in shown for word in words.split()), (words, shown)
    app.choose("rescue-look")
    app.says("一名管理员已同意")
    assert desks[1].let_in() == words
    app.choose("rescue-look")
    app.says("办公室已同意")
    app.picture("rescue-granted")
    app.type_pin(NEW_PIN)
    app.type_pin(NEW_PIN)
    app.awaits("lock-now")  # she is where she was


def _her_device_is_called_lost(app: WorkerApp, desk: Desk, phone: Phone) -> None:
    desk.mark_lost("工W1", "丢在公交车上")
    app.go(2)
    app.tap("sync-now")
    app.says("丢失")
    app.awaits("pin-dots")
    app.picture("lost")

    assert "工W2" in app.text()
    assert "工W1" not in app.text()
    assert len(list((phone.home / "accounts").iterdir())) == 1
    app.until(lambda: "已清除" in desk.status_of("工W1"), "the office has the receipt")
    app.type_pin(PIN_B)
    app.says("工W2，您好")
