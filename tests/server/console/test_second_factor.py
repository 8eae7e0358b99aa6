"""Two-step sign-in: a password alone opens nothing, each code counts once, guesses lock."""

import pytest

from server.office.second_factor import STEP_MS, code_at, step_of
from tests.server.a_town import MINUTE, PASSWORD
from tests.server.console.factors import (
    code,
    recovery_codes,
    second_step,
    secret_on,
    turned_on,
)
from tests.server.console.world import Desk

VECTORS = ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130"))
"""RFC 6238, appendix B, SHA-1, the last six digits."""
VECTOR_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


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
    secret = secret_on(browser.get("/console/me/factor"))

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
    account, town = desk.accounts["leader"].id, desk.signed_in("town")
    mute = town.post(f"/console/accounts/{account}/factor-off")
    assert "请写明理由" in mute.text
    assert "验证码" in desk.browser().sign_in("leader").text
    town.post(f"/console/accounts/{account}/factor-off", reason="本人到窗口，已核对工作证")

    assert "/login" not in desk.browser().sign_in("leader").url
    written = town.get("/console/audit", deed="factor_off").text
    assert "本人到窗口，已核对工作证" in written


def test_nobody_resets_their_own(desk: Desk) -> None:
    secret, _ = turned_on(desk)
    town = desk.browser()
    second_step(town, town.sign_in("town"), code(desk, secret))

    own = desk.accounts["town"].id
    page = town.post(f"/console/accounts/{own}/factor-off", reason="我自己要关闭")

    assert "请由另一位管理员办理" in page.text
    assert "验证码" in desk.browser().sign_in("town").text


def test_codes_guessed_inside_count_and_lock_too(desk: Desk) -> None:
    secret, _ = turned_on(desk, "leader")
    leader = desk.browser()
    second_step(leader, leader.sign_in("leader"), code(desk, secret))
    desk.town.clock.at += MINUTE

    for _ in range(5):
        leader.post("/console/me/factor/off", code="000000")
    late = leader.post("/console/me/factor/off", code=code(desk, secret))

    assert "验证码不正确" in late.text
    assert "已开启" in leader.get("/console/me").text


def test_new_recovery_codes_take_the_place_of_the_old(desk: Desk) -> None:
    secret, old = turned_on(desk)
    town = desk.browser()
    second_step(town, town.sign_in("town"), old[0])
    assert "还剩 7 个恢复码" in town.get("/console/me").text

    renewed = recovery_codes(town.post("/console/me/factor/recovery", code=code(desk, secret)))

    assert len(set(renewed)) == 8
    assert not set(renewed) & set(old)
    browser = desk.browser()
    page = browser.sign_in("town")
    assert second_step(browser, page, old[1]).status == 400
    assert "/login" not in second_step(browser, page, renewed[1]).url


def test_another_phone_takes_over_with_a_code_of_the_first(desk: Desk) -> None:
    old, codes = turned_on(desk)
    town = desk.browser()
    second_step(town, town.sign_in("town"), code(desk, old))
    desk.town.clock.at += MINUTE
    new = secret_on(town.get("/console/me/factor"))
    without = town.post("/console/me/factor", secret=new, code=code(desk, new), now="")
    assert without.status == 400

    page = town.post("/console/me/factor", secret=new, code=code(desk, new), now=code(desk, old))

    assert len(recovery_codes(page)) == 8
    desk.town.clock.at += MINUTE
    browser = desk.browser()
    asked = browser.sign_in("town")
    for gone in (code(desk, old), codes[0]):
        assert second_step(browser, asked, gone).status == 400
    assert "/login" not in second_step(browser, asked, code(desk, new)).url


def test_the_secret_stands_nowhere_in_the_database(desk: Desk) -> None:
    secret, recovery = turned_on(desk)

    file = desk.town.services.settings.home / "doorstep.db"
    content = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))

    assert content
    for hidden in (secret, recovery[0], recovery[0].replace("-", "")):
        assert hidden.encode() not in content
    assert PASSWORD.encode() not in content
