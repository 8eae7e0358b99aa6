"""The worker's app by itself in a real Chromium: no server, no network, and a kill in between."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from mobile.clock import Clock
from server.demo.processes import Children
from tests.e2e.app import WorkerApp
from tests.e2e.running import Phone
from tests.mobile.views.neighbourhood import PIN, Neighbourhood, household_id

TODAY, HOUSEHOLDS, SYNC, SETTINGS = range(4)
DESK = (1280, 800)
HOUSEHOLD = household_id(7)
DARK_MAX, LIGHT_MIN = 60, 200
"""How bright the ground of a dark and of a light screen is, 0 to 255."""


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    """A device with a dozen households whose app runs in a process of its own."""
    home = tmp_path / "phone"
    Neighbourhood(home, keystore=tmp_path / "phone.key", clock=Clock())
    with Children(tmp_path / "logs") as children:
        phone = Phone("phone", home, children)
        phone.start()
        yield phone


def open_app(browser: Browser, phone: Phone, **how: tuple[int, int]) -> WorkerApp:
    app = WorkerApp(browser, phone.url, **how)
    app.unlock(PIN)
    return app


@pytest.mark.timeout(300)
def test_a_worker_finds_edits_and_visits_and_finds_her_draft_after_a_kill(
    browser: Browser, phone: Phone
) -> None:
    app = open_app(browser, phone)
    app.find("zhq")  # 赵强
    app.says("共 1 户")
    app.tap(f"household-{HOUSEHOLD}")

    app.tap("edit")
    app.write("联系电话", "13800138000")
    app.tap("save")
    app.says("13800138000")
    app.tap("visit")
    app.tap("outcome-done")
    app.write("走访记录", "楼道灯不亮，要报修")
    app.tap("save")
    app.says("楼道灯不亮，要报修")

    app.tap("edit")
    app.write("诉求与需要", "想装扶手")
    app.says("随填随存")
    phone.kill()
    phone.start()
    app.close()
    app = open_app(browser, phone)
    app.says("接着填写")
    app.press("赵强")
    app.awaits("save")

    needs = app.field("诉求与需要")
    assert needs.input_value() == "想装扶手"  # it has the focus: she is where she was
    app.back()
    app.go(SYNC)
    app.says("修改住户")
    assert app.foreign == []
    app.close()


@pytest.mark.timeout(300)
def test_a_field_keeps_its_text_when_the_form_is_scrolled_away_from_it(
    browser: Browser, phone: Phone
) -> None:
    app = open_app(browser, phone)
    app.go(HOUSEHOLDS)
    app.page.get_by_role("button", name="登记住户", exact=True).click()
    app.awaits("dwelling-new")
    app.write("户主姓名", "李建国")
    app.write("联系电话", "13900000000")
    app.says("看起来很像")  # above the fields, while she is in one of them
    for wheel in (-20_000, 20_000, -20_000):
        app.page.mouse.wheel(0, wheel)
        app.rest()

    app.choose("add-member")
    app.tap("done")
    app.awaits("drop")

    field = app.field("联系电话")
    app.bring(field)
    field.click()
    app.until(lambda: field.input_value() == "13900000000", "the telephone is still there")
    app.close()


@pytest.mark.timeout(300)
def test_another_language_and_the_dark_are_one_tap_away(browser: Browser, phone: Phone) -> None:
    app = open_app(browser, phone)
    app.go(SETTINGS)
    assert _brightness(app) > LIGHT_MIN

    app.choose("language-en")
    app.says("Appearance")
    app.choose("theme-dark")

    app.until(lambda: _brightness(app) < DARK_MAX, "the screen turns dark")
    app.go(TODAY)
    app.says("Hello 王芳")
    assert app.foreign == []
    app.close()


@pytest.mark.timeout(300)
def test_on_a_desk_list_and_household_stand_side_by_side(browser: Browser, phone: Phone) -> None:
    app = WorkerApp(browser, phone.url, size=DESK)
    app.unlock(PIN)
    app.press("住户")
    app.says("请选择一户")

    app.tap(f"household-{household_id(1)}")

    app.awaits("visit")
    app.says("共 12 户")
    app.close()


@pytest.mark.timeout(300)
def test_every_file_that_the_browser_asks_for_is_served(browser: Browser, phone: Phone) -> None:
    missing: list[str] = []
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.on("response", lambda r: missing.append(r.url) if r.status >= 400 else None)
    page.on("requestfailed", lambda r: missing.append(r.url))

    page.goto(phone.url)
    page.locator("flt-semantics-placeholder").wait_for(state="attached")
    page.wait_for_load_state("networkidle")

    assert missing == []
    context.close()


def _brightness(app: WorkerApp) -> int:
    picture = Image.open(io.BytesIO(app.page.screenshot())).convert("L")
    return picture.crop((picture.width - 4, 100, picture.width, 104)).tobytes()[0]
