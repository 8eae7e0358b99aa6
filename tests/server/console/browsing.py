"""A browser window on the console of a test's town, that tells what it complained about."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from playwright.sync_api import ConsoleMessage, Page, Request

from tests.server.a_town import PASSWORD
from tests.server.console.world import Desk

SECONDS = 30


@dataclass
class Window:
    """A page with what it complained about and where it went."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.origin}/console{path}")

    def sign_in(self, login: str) -> None:
        self.open("/login")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/console/")

    def in_another_browser(self) -> "Window":
        """The window of somebody else: another browser, with cookies of its own."""
        browser = self.page.context.browser
        assert browser is not None
        context = browser.new_context(locale="zh-CN", viewport=self.page.viewport_size)
        other = Window(context.new_page(), self.origin)
        other.watch()
        return other

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "404" not in message.text:
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:")):
            self.elsewhere.append(request.url)


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """The console on a port of its own: its address."""
    config = uvicorn.Config(
        desk.app, host="127.0.0.1", port=0, log_level="error", lifespan="off", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(SECONDS * 100):
        if server.started:
            break
        thread.join(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(SECONDS)
