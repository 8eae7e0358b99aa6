"""Every type of question in a real Chromium: all of it can be tapped, read aloud and seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from server.demo.processes import Children
from shared.forms.model import encode_form
from tests.e2e.app import PHONE, STILL_MS, WHEELS_MAX, WorkerApp
from tests.e2e.every_type import KIND, every_type
from tests.e2e.running import any_free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
DESK = (1280, 800)
BARS = 190
"""What the bars above and below cover, and a little more."""
FORM = f"/own/{KIND}/form/new"


BEYOND = """() => [...document.querySelectorAll('[role=button],[role=checkbox],input,textarea')]
  .map(one => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.width > 0 && (box.left < -1 || box.right > innerWidth + 1))
  .map(([one, box]) => `${one.ariaLabel || one.innerText}: ${box.left} to ${box.right}`)"""
"""What is tapped or typed into, and stands out of the screen to the left or right."""


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The form as whoever designs it looks at it: `doorstep forms preview`."""
    folder: Path = tmp_path_factory.mktemp("types")
    document = folder / "form.json"
    document.write_bytes(encode_form(every_type()))
    port = any_free_port()
    here = f"http://127.0.0.1:{port}"
    with Children(folder / "logs") as children:
        app = ["-m", "mobile.app", "--preview", str(document), "--port", str(port)]
        children.await_ready(
            children.start("preview", app, here, {"DOORSTEP_NO_BROWSER": "1"}),
        )
        yield here


def looked_through(app: WorkerApp, name: str) -> None:
    """Scrolls through all of the form; what is on the screen is large enough, and has a name."""
    width, height = app.size
    app.page.mouse.move(width / 2, height / 2)
    for number in range(WHEELS_MAX):
        app.page.wait_for_timeout(STILL_MS)
        app.picture(f"types-{name}-{number:02d}")
        assert app.too_small() == []
        # A slider's name stands around it: Flutter draws the control itself as a part of its own.
        assert [one for one in app.nameless() if 'type="range"' not in one] == []
        assert app.page.evaluate(BEYOND) == []
        last = app.part("add-member").bounding_box()
        if last and last["y"] + last["height"] < height:
            return
        app.page.mouse.wheel(0, height - BARS)
    raise AssertionError("the form has no end")


@pytest.mark.parametrize(
    ("name", "size", "choices"),
    [
        ("phone-large", PHONE, ("language-zh", "theme-light", "scale-200%")),
        ("phone-en-dark", PHONE, ("language-en", "theme-dark", "scale-100%")),
        ("desk-zh", DESK, ("language-zh", "theme-light", "scale-100%")),
    ],
)
def test_every_type_of_question_can_be_used_at_every_size(
    browser: Browser, url: str, name: str, size: tuple[int, int], choices: tuple[str, ...]
) -> None:
    settings = WorkerApp(browser, f"{url}/settings")
    for choice in choices:
        settings.choose(choice)
    settings.rest()
    settings.close()
    app = WorkerApp(browser, f"{url}{FORM}", size=size)
    app.awaits("q-story")

    looked_through(app, name)

    assert app.foreign == []
    app.close()
