"""The town board of the rehearsed week: each number is the one of the journal, and of its list."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy import text

from server.app import app_of
from server.board.figures import Board, board_of
from server.console.pages.coverage import area_figures
from server.office.areas import areas_below
from tests.rehearsal.a_week import Played
from tests.rehearsal.numbers import one
from tests.rehearsal.test_numbers import SUMMARY, count, days_by_level, every_area
from tests.server.console.world import Browser

KEYS = (
    "visits", "cases_found", "cases_settled", "cases_open", "cases_overdue", "nil_expected",
    "nil_in_time", "nil_late", "nil_missing", "nil_excused", "nil_contradicted",
)  # fmt: skip
_LINK = re.compile(
    r'<a class="num" href="(/console/(?:summary/behind|board/settled)[^"]*)">([\d,]+)<'
)
_NUMBER = re.compile(r'<h2 class="card-title num">(\d+)</h2>')
_LINES = re.compile(r'class="list-group-item')


def board(week: Played, area: str) -> Board:
    with week.told() as (conn, who):
        tree = areas_below(conn, who.town, who.area_id)
        asked = week.asked(conn, who, area, week.days)
        return board_of(conn, asked, tree, area_figures(conn, who, week.plan.ends))


def test_every_line_is_what_the_journal_says(week: Played) -> None:
    inside = dict(every_area(week))
    for area, grids in inside.items():
        shown = board(week, area)
        for line in (shown.here, *shown.lines):
            with week.sql(week.days, inside[line.area.id]) as sql:
                counted = {key: one(sql, SUMMARY[key]) for key in KEYS}
            assert {key: line.count(key) for key in KEYS} == counted, line.area.name
        assert frozenset().union(*(line.grids for line in shown.lines)) <= grids
        codes = [line.area.code for line in shown.lines]
        assert codes == sorted(codes)


def test_trends_and_shares_are_what_the_journal_says(week: Played) -> None:
    (town, grids), *_ = every_area(week)
    shown = board(week, town)
    spans = [*shown.weeks, *shown.months]
    for span in spans:
        with week.sql((span.first, span.last), grids) as sql:
            levels = [one(sql, count("settled", f"level = {level}")) for level in (1, 2, 3)]
            days = days_by_level(sql)
            assert (span.found, span.settled) == (
                one(sql, SUMMARY["cases_found"]),
                one(sql, SUMMARY["cases_settled"]),
            )
        assert [share.settled.number for share in span.shares] == levels
        for level, share in enumerate(span.shares, 1):
            assert share.days == pytest.approx(days.get(level), abs=1e-4)
    assert sum(span.found for span in shown.weeks) == sum(span.found for span in shown.months)
    with week.sql((shown.since, shown.asked.last), grids) as sql:
        rows = sql.execute("SELECT sort, count(*) FROM settled GROUP BY sort")
        assert {sort.sort: sort.of for sort in shown.sorts} == dict(rows.fetchall())


@contextmanager
def signed_in(week: Played, login: str) -> Iterator[Browser]:
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
def test_every_number_opens_the_list_of_just_so_many_things(week: Played, login: str) -> None:
    with signed_in(week, login) as browser:
        page = browser.get("/console/board", week=week.plan.monday.isoformat())
        links = {href.replace("&amp;", "&"): number for href, number in _LINK.findall(page.html)}
        opened = {href: browser.get(href) for href in links}

    assert len(links) > 20
    for href, list_page in opened.items():
        [number] = _NUMBER.findall(list_page.html)
        assert number == links[href].replace(",", ""), href
        assert len(_LINES.findall(list_page.html)) == int(number), href


def test_the_wall_screen_names_nobody_and_leads_nowhere(week: Played) -> None:
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
