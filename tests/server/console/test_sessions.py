"""Where an account is signed in, and all that ends it."""

import re

import pytest
from itsdangerous.encoding import base64_decode

from server.console.browsers import browser_name
from server.housekeeping import keep_house
from server.office.sessions import SESSIONS_MAX
from tests.server.a_town import MINUTE
from tests.server.console.factors import turned_on
from tests.server.console.world import Browser, Desk

EDGE = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
COOKIE = "doorstep_session"


def copied(desk: Desk, browser: Browser) -> Browser:
    """Somebody else's browser with a copy of the cookie."""
    thief = desk.browser()
    value = browser.client.cookies[COOKIE]
    thief.client.cookies.set(COOKIE, value, domain="doorstep.test", path="/console")
    return thief


def is_in(browser: Browser) -> bool:
    return "/console/login" not in browser.get("/console/me").url


def test_one_sees_each_browser_with_where_and_since_when(desk: Desk) -> None:
    here = desk.signed_in("leader")
    office = desk.browser()
    office.client.headers["User-Agent"] = EDGE
    office.sign_in("leader")
    desk.town.clock.at += 5 * MINUTE

    text = here.get("/console/me").text

    assert "Edge · Windows" in text
    assert "未知浏览器 当前浏览器" in text
    assert text.count("服务器本机") == 2
    assert "5 分钟前" in text
    assert EDGE.split()[-2] not in text


def test_one_ends_one_browser_or_all_others(desk: Desk) -> None:
    here, second, third = (desk.signed_in("leader") for _ in range(3))
    third.client.headers["User-Agent"] = EDGE
    stranger = desk.signed_in("town")
    ends = re.findall(r"/me/sessions/([0-9a-f-]{36})/end", here.get("/console/me").html)
    assert len(ends) == 2  # none for this one: that is signing out

    foreign = stranger.post(f"/console/me/sessions/{ends[0]}/end")
    still = [is_in(browser) for browser in (second, third)]
    here.post(f"/console/me/sessions/{ends[0]}/end")
    after_one = [is_in(browser) for browser in (second, third)]
    here.post("/console/me/sessions/end")

    assert foreign.status == 404
    assert still == [True, True]
    assert sorted(after_one) == [False, True]
    assert [is_in(browser) for browser in (here, second, third, stranger)] == [
        True, False, False, True,
    ]  # fmt: skip


def test_signing_out_ends_this_browser_only_and_every_copy_of_its_cookie(desk: Desk) -> None:
    here, elsewhere = desk.signed_in("town"), desk.signed_in("town")
    thief = copied(desk, here)
    assert is_in(thief)

    here.post("/console/logout")

    assert [is_in(browser) for browser in (here, thief, elsewhere)] == [False, False, True]


def test_a_session_from_before_the_sign_in_is_never_the_one_after(desk: Desk) -> None:
    """Fixation: an attacker plants a session that they know, and waits for somebody to sign in."""
    attacker = desk.signed_in("leader")
    victim = desk.browser()
    planted = attacker.client.cookies[COOKIE]
    attacker.post("/console/logout")
    victim.client.cookies.set(COOKIE, planted, domain="doorstep.test", path="/console")

    victim.sign_in("town")

    assert is_in(victim)
    assert victim.client.cookies[COOKIE] != planted
    assert not is_in(attacker)


@pytest.mark.parametrize(
    "act",
    [
        ("accounts/{leader}/sessions-end", {}),
        ("accounts/{leader}/close", {}),
        ("accounts/{leader}/password", {"password": "kettle-moss-91-river"}),
        ("accounts/{leader}/edit", {"name": "leader", "role": "auditor", "area": "{town}"}),
    ],
    ids=lambda act: act[0].rsplit("/", 1)[1],
)
def test_an_admin_ends_somebodys_sessions(desk: Desk, act: tuple[str, dict[str, str]]) -> None:
    leader, bystander, admin = (desk.signed_in(each) for each in ("leader", "auditor", "town"))
    names = {"leader": desk.accounts["leader"].id, "town": desk.town.areas["town"]}
    path, fields = act

    admin.post(
        f"/console/{path.format(**names)}", {k: v.format(**names) for k, v in fields.items()}
    )

    assert [is_in(browser) for browser in (leader, bystander, admin)] == [False, True, True]


def test_turning_a_second_factor_on_ends_the_others(desk: Desk) -> None:
    elsewhere = desk.signed_in("town")

    turned_on(desk)

    assert not is_in(elsewhere)


def test_a_browser_that_nobody_uses_for_an_hour_is_out(desk: Desk) -> None:
    used, left = desk.signed_in("town"), desk.signed_in("leader")
    for _ in range(5):
        desk.town.clock.at += 20 * MINUTE
        assert is_in(used)

    assert not is_in(left)


def test_an_open_page_that_asks_by_itself_is_nobody(desk: Desk) -> None:
    worker = desk.town.worker("W1", "g1")
    town = desk.signed_in("town")
    asked = []
    for _ in range(3):
        desk.town.clock.at += 25 * MINUTE
        asked.append(town.get(f"/console/workers/{worker}/code/AAAA").url)

    assert ["/console/login" in url for url in asked] == [False, False, True]


def test_after_twelve_hours_even_a_used_one_signs_in_anew(desk: Desk) -> None:
    town = desk.signed_in("town")
    for _ in range(23):
        desk.town.clock.at += 30 * MINUTE
        assert is_in(town)

    desk.town.clock.at += 31 * MINUTE

    assert not is_in(town)


def test_only_so_many_at_once_and_nothing_is_kept_of_those_that_ended(desk: Desk) -> None:
    first = desk.signed_in("leader")
    desk.town.clock.at += MINUTE
    later = [desk.browser() for _ in range(SESSIONS_MAX)]
    for browser in later:
        desk.town.clock.at += MINUTE
        browser.sign_in("leader")
    assert (is_in(first), is_in(later[-1])) == (False, True)

    desk.town.clock.at += 70 * MINUTE
    keep_house(desk.town.services, desk.town.who.town)

    with desk.town.services.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM console_session").scalar() == 0


def test_the_database_has_no_cookie(desk: Desk) -> None:
    browser = desk.signed_in("town")
    secret = re.search(r'"secret":"([^"]+)"', _said(browser.client.cookies[COOKIE]))
    assert secret is not None

    file = desk.town.services.settings.home / "doorstep.db"
    content = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    assert b"console_session" in content
    assert secret.group(1).encode() not in content


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (EDGE, "Edge · Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("(Linux; Android 14) Chrome/120 Safari/537.36 MicroMessenger/8.0", "WeChat · Android"),
        ("(iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("curl/8.0", ""),
    ],
)
def test_a_browser_is_told_in_two_words(said: str, name: str) -> None:
    assert browser_name(said) == name


def _said(cookie: str) -> str:
    """What a cookie says, without its signature."""
    said = cookie.lstrip(".").split(".")[0]
    return str(base64_decode(said.encode()).decode())
