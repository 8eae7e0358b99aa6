"""Makes the README's pictures from a demo of its own: `make screenshots`.

An invented town is made in a folder that is thrown away, a device is enrolled, and the app and the
console are shown at the same conflict, in a real Chromium.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from server.demo.ports import free_ports
from tests.e2e.app import WorkerApp
from tests.e2e.desk import Desk

IMAGES = Path(__file__).parent.parent / "docs" / "images"
PORT = 18_500
PIN = "293847"
READY_S = 180


def main() -> None:
    """Makes docs/images/app.png and console.png."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium was found; get it with: sudo apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with _demo() as said, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        _picture_of_the_app(browser, said)
        _picture_of_the_console(browser, said)
        browser.close()


@contextmanager
def _demo() -> Iterator[dict[str, str]]:
    """A running demo, as what it printed: the first address or code of each kind."""
    with tempfile.TemporaryDirectory() as home:
        (port,) = free_ports(PORT, 1)
        environment = {
            "DOORSTEP_HOME": home,
            "DOORSTEP_PORT": str(port),
            "DOORSTEP_NO_BROWSER": "1",
            "DOORSTEP_LANG": "zh",
        }
        output = Path(home, "demo.txt")
        with output.open("w") as out:
            demo = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "demo"],
                env={**os.environ, **environment},
                stdout=out,
            )
        try:
            yield _said(output, demo)
        finally:
            demo.terminate()
            demo.wait(30)


def _said(output: Path, demo: "subprocess.Popen[bytes]") -> dict[str, str]:
    deadline = time.monotonic() + READY_S
    while "Ctrl-C" not in output.read_text():
        if demo.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"the demo did not start:\n{output.read_text()}")
        time.sleep(0.2)
    lines = (line.split(": ", 1) for line in output.read_text().splitlines() if ": " in line)
    said: dict[str, str] = {}
    for key, value in lines:
        said.setdefault(key, value)
    return said


def _picture_of_the_app(browser: Browser, said: dict[str, str]) -> None:
    app = WorkerApp(browser, said["app"])
    app.write("注册码或二维码文字", said["enrol device-1"])
    app.tap("enrol-next")
    app.type_pin(PIN)
    app.type_pin(PIN)
    app.press("核对好了，开始使用")
    app.press("有两个不同的答案")
    app.rest()
    app.page.screenshot(path=IMAGES / "app.png")


def _picture_of_the_console(browser: Browser, said: dict[str, str]) -> None:
    desk = Desk(browser, said["console"].rstrip("/"))
    desk.sign_in("town")
    desk.open_conflict()
    desk.page.screenshot(path=IMAGES / "console.png")


if __name__ == "__main__":
    main()
