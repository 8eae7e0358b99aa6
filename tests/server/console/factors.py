"""Second factors as tests use them: turned on, shown, and read off a page."""

import re

from server.office.second_factor import STEP_MS, code_at
from tests.server.a_town import MINUTE
from tests.server.console.world import Browser, Desk, Page


def code(desk: Desk, secret: str) -> str:
    """What the app shows now."""
    return code_at(secret, desk.now // STEP_MS)


def secret_on(page: Page) -> str:
    """The secret that a page shows for an app."""
    found = re.search(r"[^A-Z2-7]([A-Z2-7]{32})[^A-Z2-7]", page.html)
    assert found is not None, page.text
    return found.group(1)


def recovery_codes(page: Page) -> list[str]:
    """The recovery codes that a page shows."""
    return re.findall(r'<li class="col">([A-Z2-7]{4}-[A-Z2-7]{4})</li>', page.html)


def turned_on(desk: Desk, login: str = "town") -> tuple[str, list[str]]:
    """The secret of an account that asks for codes, and its recovery codes."""
    browser = desk.signed_in(login)
    secret = secret_on(browser.get("/console/me/factor"))
    page = browser.post("/console/me/factor", secret=secret, code=code(desk, secret))
    assert "请抄下这些恢复码" in page.text, page.text
    desk.town.clock.at += MINUTE
    return secret, recovery_codes(page)


def second_step(browser: Browser, page: Page, typed: str) -> Page:
    """What comes after the password: the code."""
    pending = page.html.split('name="pending" value="')[1].split('"')[0]
    return browser.post("/console/login", pending=pending, code=typed)
