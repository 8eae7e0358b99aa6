"""Whoever designs a form sees it in the console as the worker will, and nobody else does."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import (
    Browser,
    FilePayload,
    FrameLocator,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from server.forms.stage import Stage
from server.office.roles import Role
from tests.server.a_town import PASSWORD
from tests.server.console.world import Desk, a_desk

pytestmark = pytest.mark.timeout(600)
READY_MS = 150_000
FOCUS_MS = 450
TRIES = 6
LOOK_MS = 3_000
"""Before a picture is taken: the app draws itself anew."""
STOP_S = 10
SHEET = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant | constraint | constraint_message::中文 (zh) | constraint_message::English (en) |
| | integer | age | 年龄 | Age | | . < 120 | 太大 | Too old |
| | text | school | 学校 | School | ${age} < 18 | | | |
| | select_one roof | roof | 屋顶 | Roof | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) | media::image |
| | roof | flat | 平顶 | Flat | flat.png |
| | roof | tiled | 瓦顶 | Tiled | tiled.png |
| settings |
| | form_title | form_id | version | default_language |
| | 学龄调查 | pupils | 1 | 中文 (zh) |
"""  # noqa: E501


@dataclass
class Window:
    """Somebody's window at the console."""

    page: Page
    origin: str
    elsewhere: list[str] = field(default_factory=list)
    """What it asked of anybody else."""

    def watch(self) -> None:
        self.page.on("request", lambda request: self._note(request.url))

    def _note(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.elsewhere.append(url)

    def sign_in(self, login: str) -> None:
        self.page.goto(f"{self.origin}/console/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/console/")

    def frame(self) -> FrameLocator:
        """The app in the page's frame, with what screen readers see of it."""
        frame = self.page.frame_locator(".desk-stage iframe")
        placeholder = frame.locator("flt-semantics-placeholder")
        placeholder.wait_for(state="attached", timeout=READY_MS)
        placeholder.evaluate("element => element.click()")
        return frame


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with a_desk(tmp_path_factory.mktemp("preview")) as made:
        yield made


@pytest.fixture(scope="module")
def origin(desk: Desk) -> Iterator[str]:
    with serving(desk) as origin:
        yield origin


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        expect.set_options(timeout=READY_MS)
        yield chromium
        expect.set_options(timeout=5_000)
        chromium.close()


@pytest.fixture(scope="module")
def designer(browser: Browser, origin: str) -> Window:
    """The window of a designer who has uploaded the form with its pictures, and previews it."""
    designer = window(browser, origin, "town")
    designer.page.goto(f"{origin}/console/forms")
    form: FilePayload = {
        "name": "pupils.md",
        "mimeType": "text/markdown",
        "buffer": SHEET.encode(),
    }
    pictures: list[FilePayload] = [
        {"name": f"{name}.png", "mimeType": "image/png", "buffer": a_picture(colour)}
        for name, colour in (("flat", "teal"), ("tiled", "brown"))
    ]
    designer.page.set_input_files("#file", form)
    designer.page.set_input_files("#tables", pictures)
    designer.page.click("form[action$='/forms/upload'] button[type=submit]")
    designer.page.click("#preview")
    designer.page.wait_for_url("**/form-previews/*")
    return designer


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    config = uvicorn.Config(desk.app, port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    started, startup = threading.Event(), server.startup

    async def tell(sockets: list[object] | None = None) -> None:
        await startup()
        started.set()

    server.startup = tell  # type: ignore[method-assign, assignment]  # to be told when it listens
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(STOP_S)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(STOP_S)


def window(browser: Browser, origin: str, login: str = "") -> Window:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 1100})
    context.set_default_timeout(READY_MS)
    opened = Window(context.new_page(), origin)
    opened.watch()
    if login:
        opened.sign_in(login)
    return opened


def part(frame: FrameLocator, identifier: str) -> Locator:
    return frame.locator(f'[flt-semantics-identifier="{identifier}"]').first


def picture(window: Window, name: str) -> None:
    """Keeps a picture to be looked at, where the environment asks for them."""
    if folder := os.environ.get("STORY_PICTURES"):
        window.page.wait_for_timeout(LOOK_MS)
        window.page.screenshot(path=f"{folder}/{name}.png")


def a_picture(colour: str) -> bytes:
    written = BytesIO()
    Image.new("RGB", (600, 400), colour).save(written, "PNG")
    return written.getvalue()


def says(frame: FrameLocator, words: str) -> None:
    expect(frame.locator("flt-semantics-host")).to_contain_text(words)


def types(window: Window, field: Locator, text: str) -> None:
    """Types as a person does: again, when the engine was not yet listening."""
    for _ in range(TRIES):
        field.click()
        window.page.wait_for_timeout(FOCUS_MS)
        field.fill(text)
        window.page.wait_for_timeout(FOCUS_MS)
        if field.input_value() == text:
            return
    raise AssertionError(f"could not type {text}")


def test_a_designer_sees_a_draft_as_workers_will_before_it_is_published(
    desk: Desk, origin: str, designer: Window
) -> None:
    frame = designer.frame()
    age = part(frame, "q-age").locator("input")
    expect(age).to_be_visible()
    expect(part(frame, "q-school")).to_have_count(0)

    types(designer, age, "9")
    expect(part(frame, "q-school")).to_be_visible()
    part(frame, "q-roof-tiled").locator("[role=button]").click()
    types(designer, age, "999")
    says(frame, "太大")
    expect(part(frame, "q-school")).to_have_count(0)
    picture(designer, "preview-zh")

    designer.page.click("label[for=language-en]")
    says(frame, "Too old")
    age.click()
    expect(age).to_have_value("999")
    designer.page.click("label[for=dark-1]")
    designer.page.click("label[for=width-desk]")
    picture(designer, "preview-en-desk")
    box = designer.page.locator(".desk-stage iframe").bounding_box()
    assert box is not None
    assert box["width"] > 900
    assert designer.elsewhere == []
    assert "pupils" not in desk.register.forms(desk.town.who.town)


def test_nobody_else_opens_it_and_it_reaches_nothing_of_the_console(
    desk: Desk, origin: str, browser: Browser, designer: Window
) -> None:
    desk.town.account("town2", Role.TOWN_ADMIN)
    page, inside = designer.page.url, designer.page.frames[-1]
    base = inside.evaluate("document.baseURI")
    assert inside.evaluate("window.origin") == "null", "it has an origin of its own"
    assert base.startswith(f"{origin}/previews/")

    for login, said in (("community", 403), ("town2", 404)):
        other = window(browser, origin, login).page.context.request
        assert [other.get(url).status for url in (page, f"{page}/app")] == [said, said], login
    stranger = window(browser, origin).page.context.request
    assert all("/login" in stranger.get(url).url for url in (page, f"{page}/app"))
    assert stranger.get(f"{origin}/previews/{page.rsplit('/', 1)[1]}/version.json").status == 404

    assert stranger.get(f"{base}version.json").status == 200, "the frame's name lets in"
    desk.signed_in("town2").post(f"/console/accounts/{desk.accounts['town'].id}/close")
    assert stranger.get(f"{base}version.json").status == 404, "until its account is closed"


def test_a_preview_that_has_ended_says_so(desk: Desk, origin: str, browser: Browser) -> None:
    who = desk.town.account("town3", Role.TOWN_ADMIN)
    over = Stage("id", 1, desk.now + 1000, who.town, who.id, "household", "1")
    name = desk.town.services.stages.page_name(over)

    other = window(browser, origin, "town3")
    other.page.goto(f"{origin}/console/form-previews/{name}")

    expect(other.page.get_by_text("预览已结束")).to_be_visible()
    expect(other.page.locator("#again")).to_be_visible()
