"""The town board of the rehearsed week: each number opens its list, and the wall names nobody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import text

from server.app import app_of
from tests.rehearsal.a_week import PlayedHere
from tests.server.console.world import Browser

_LINK = re.compile(
    r'<a class="num" href="(/console/(?:summary/behind|board/settled)[^"]*)">([\d,]+)<'
)
_NUMBER = re.compile(r'<h2 class="card-title num">(\d+)</h2>')
_LINES = re.compile(r'class="list-group-item')


@contextmanager
def signed_in(week: PlayedHere, login: str) -> Iterator[Browser]:
    """Somebody of the demo's accounts at the console of that town."""
    transport = httpx.ASGITransport(app_of(week.services))
    with start_blocking_portal() as portal:
        client = httpx.AsyncClient(
            transport=transport, base_url="http://doorstep.test", follow_redirects=True
        )
        browser = Browser(portal, client)
        assert "/login" not in browser.sign_in(login).url
        yield browser
        portal.call(client.aclose)


@pytest.mark.parametrize("login", ["town", "grid1"])
def test_every_number_opens_the_list_of_just_so_many_things(week: PlayedHere, login: str) -> None:
    with signed_in(week, login) as browser:
        page = browser.get("/console/board", week=week.plan.monday.isoformat())
        links = {href.replace("&amp;", "&"): number for href, number in _LINK.findall(page.html)}
        opened = {href: browser.get(href) for href in links}

    assert len(links) > 20
    for href, list_page in opened.items():
        [number] = _NUMBER.findall(list_page.html)
        assert number == links[href].replace(",", ""), href
        assert len(_LINES.findall(list_page.html)) == int(number), href


def test_the_wall_screen_names_nobody_and_leads_nowhere(week: PlayedHere) -> None:
    with week.told() as (conn, _):
        names = set(conn.execute(text("SELECT name FROM worker")).scalars())
        names |= set(conn.execute(text("SELECT name FROM account")).scalars())
        names |= set(conn.execute(text("SELECT head_name FROM household")).scalars())
    with signed_in(week, "town") as browser:
        wall = browser.get("/console/board/wall", week=week.plan.monday.isoformat())

    assert wall.status == 200
    assert '<meta http-equiv="refresh"' in wall.html
    assert "<a " not in wall.html
    assert [name for name in names if len(name) > 1 and name in wall.html] == []
