"""Two-step sign-in: a password alone opens nothing, each code counts once, guesses lock."""

import re

import pytest

from server.office.second_factor import STEP_MS, code_at, step_of
from tests.server.a_town import MINUTE, PASSWORD
from tests.server.console.world import Browser, Desk, Page

VECTORS = ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130"))
"""RFC 6238, appendix B, SHA-1, the last six digits."""
VECTOR_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def code(desk: Desk, secret: str) -> str:
    return code_at(secret, desk.now // STEP_MS)


def turned_on(desk: Desk, login: str = "town") -> tuple[str, list[str]]:
    """The secret of an account that asks for codes, and its recovery codes."""
    browser = desk.signed_in(login)
    secret = browser.get("/console/me").html.split('name="secret" value="')[1].split('"')[0]
    page = browser.post("/console/me/factor", secret=secret, code=code(desk, secret))
    assert "请抄下这些恢复码" in page.text, page.text
    desk.town.clock.at += MINUTE
    return secret, re.findall(r'<li class="col">([A-Z2-7]{4}-[A-Z2-7]{4})</li>', page.html)


def second_step(browser: Browser, page: Page, typed: str) -> Page:
    pending = page.html.split('name="pending" value="')[1].split('"')[0]
    return browser.post("/console/login", pending=pending, code=typed)


@pytest.mark.parametrize(("seconds", "expected"), VECTORS)
def test_codes_are_those_of_the_standard(seconds: int, expected: str) -> None:
    assert code_at(VECTOR_SECRET, seconds // 30) == expected


def test_a_code_of_a_minute_ago_is_no_code(desk: Desk) -> None:
    now = desk.now
    assert step_of(VECTOR_SECRET, code_at(VECTOR_SECRET, now // STEP_MS - 1), now) is not None
    assert step_of(VECTOR_SECRET, code_at(VECTOR_SECRET, now // STEP_MS - 2), now) is None


def test_a_password_alone_opens_nothing(desk: Desk) -> None:
    turned_on(desk)
    browser = desk.browser()

    page = browser.sign_in("town")

    assert "验证码" in page.text
    assert "/login" in browser.get("/console/accounts").url


def test_the_apps_code_opens_once(desk: Desk) -> None:
    secret, _ = turned_on(desk)
    typed = code(desk, secret)
    browser, other = desk.browser(), desk.browser()

    inside = second_step(browser, browser.sign_in("town"), typed)
    again = second_step(other, other.sign_in("town"), typed)

    assert "/login" not in inside.url
    assert again.status == 400
    assert "已经用过" in again.text


def test_a_recovery_code_opens_once_instead_of_the_phone(desk: Desk) -> None:
    _, recovery = turned_on(desk)
    assert len(set(recovery)) == 8
    browser, other = desk.browser(), desk.browser()

    inside = second_step(browser, browser.sign_in("town"), recovery[0].lower().replace("-", " "))
    again = second_step(other, other.sign_in("town"), recovery[0])

    assert "/login" not in inside.url
    assert again.status == 400


def test_guessed_codes_lock_the_account(desk: Desk) -> None:
    secret, _ = turned_on(desk)
    browser = desk.browser()
    page = browser.sign_in("town")
    for _ in range(5):
        assert second_step(browser, page, "000000").status == 400

    late = second_step(browser, page, code(desk, secret))

    assert late.status == 400
    desk.town.clock.at += 20 * MINUTE
    fresh = desk.browser()
    inside = second_step(fresh, fresh.sign_in("town"), code(desk, secret))
    assert "/login" not in inside.url


def test_nobody_makes_up_that_a_password_was_shown(desk: Desk) -> None:
    secret, _ = turned_on(desk)
    browser = desk.browser()
    browser.get("/console/login")

    for pending in ("x", '["east","town"]', ""):
        page = browser.post("/console/login", pending=pending, code=code(desk, secret))
        assert page.status == 400


def test_it_is_turned_on_only_with_a_code_of_that_app(desk: Desk) -> None:
    browser = desk.signed_in("leader")
    secret = browser.get("/console/me").html.split('name="secret" value="')[1].split('"')[0]

    wrong = browser.post("/console/me/factor", secret=secret, code="000000")
    strange = browser.post("/console/me/factor", secret="!" * 32, code="000000")

    assert (wrong.status, strange.status) == (400, 400)
    assert "/login" not in desk.signed_in("leader").get("/console/").url


def test_it_is_turned_off_with_a_code_or_by_the_town_admin(desk: Desk) -> None:
    secret, _ = turned_on(desk, "leader")
    leader = desk.browser()
    second_step(leader, leader.sign_in("leader"), code(desk, secret))
    desk.town.clock.at += MINUTE
    assert "验证码不正确" in leader.post("/console/me/factor/off", code="123456").text
    leader.post("/console/me/factor/off", code=code(desk, secret))
    assert "/login" not in desk.browser().sign_in("leader").url

    turned_on(desk, "leader")
    account = desk.accounts["leader"].id
    town = desk.signed_in("town")
    town.post(f"/console/accounts/{account}/factor-off")

    assert "/login" not in desk.browser().sign_in("leader").url


def test_the_secret_stands_nowhere_in_the_database(desk: Desk) -> None:
    secret, recovery = turned_on(desk)

    file = desk.town.services.settings.home / "doorstep.db"
    content = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    assert content
    for hidden in (secret, recovery[0], recovery[0].replace("-", "")):
        assert hidden.encode() not in content
    assert PASSWORD.encode() not in content
