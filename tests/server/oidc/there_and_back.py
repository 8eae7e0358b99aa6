"""The way of a browser to the provider and back."""

import re

import httpx

from server.db.engine import reading, writing
from server.office.identities import Outsider, account_of, link, wait
from tests.server.console.world import Browser, Desk, Page
from tests.server.oidc.provider import Provider

COOKIE = "doorstep_session"


def there(browser: Browser, path: str = "/console/oidc/start") -> str:
    """Goes to the provider; the address with which it sends the browser back."""

    async def begin() -> httpx.Response:
        return await browser.client.get(path, follow_redirects=False)

    begun = browser.portal.call(begin)
    assert begun.status_code == 303, begun.text
    answer = httpx.get(begun.headers["location"])
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


def there_and_back(browser: Browser, path: str = "/console/oidc/start") -> Page:
    """The page after the provider has sent the browser back."""
    return browser.get(there(browser, path))


def is_in(browser: Browser) -> bool:
    """Whether somebody is signed in there."""
    return "/console/login" not in browser.get("/console/me").url


def linked(desk: Desk, provider: Provider, login: str) -> None:
    """The provider's person is the owner of that account."""
    services, town = desk.town.services, desk.town.who.town
    who = Outsider(provider.issuer, provider.subject, "李网格")
    with writing(services.engine) as conn:
        wait(conn, town, who, desk.now)
    with desk.town.act() as act:
        row = act.conn.exec_driver_sql(
            "SELECT id FROM outside_identity WHERE subject = ?", (provider.subject,)
        ).scalar_one()
        link(act, row, desk.accounts[login].id)
    with reading(services.engine) as conn:
        assert account_of(conn, services.keys, town, who=who, now=desk.now)


def code_on(page: Page) -> str:
    """The code that somebody tells an admin."""
    found = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}", page.text)
    assert found is not None, page.text
    return found.group()
