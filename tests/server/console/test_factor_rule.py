"""A town says who must have a second factor; who has none sets it up, and can do nothing before."""

from pathlib import Path

import pytest

from server.db.engine import reading, writing
from server.office.accounts import reset_password
from server.office.factor_rule import FactorRule, factor_rule, set_factor_rule
from server.office.towns import NewTown, add_town
from tests.server.a_town import MINUTE, make_town
from tests.server.console.factors import code, recovery_codes, second_step, secret_on, turned_on
from tests.server.console.world import Browser, Desk, Page


@pytest.fixture
def strict(desk: Desk) -> Desk:
    """A town whose admins must."""
    with desk.town.act() as act:
        set_factor_rule(act, FactorRule.ADMINS)
    return desk


def led_to_set_up(browser: Browser, login: str) -> tuple[Page, str]:
    page = browser.sign_in(login)
    assert "本镇要求您的账号使用两步验证" in page.text, page.text
    return page, secret_on(page)


def test_a_new_town_asks_its_admins(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    services = town.services
    with writing(services.engine) as conn:
        add_town(conn, services.keys, town.clock(), NewTown("new", "新镇", "329902100000"))

    with reading(services.engine) as conn:
        assert factor_rule(conn, "new") is FactorRule.ADMINS
    services.engine.dispose()


@pytest.mark.parametrize("login", ["town", "community"])
def test_an_admin_without_one_is_led_to_it_and_can_do_nothing_else(
    strict: Desk, login: str
) -> None:
    browser = strict.browser()
    led_to_set_up(browser, login)

    for path in ("/console/", "/console/me", "/console/me/factor", "/console/households/list"):
        assert "/console/login" in browser.get(path).url
    assert "/console/login" in browser.post("/console/me/password", old="x").url
    assert "doorstep_session" not in browser.client.cookies


def test_once_it_is_set_up_they_are_in_with_recovery_codes(strict: Desk) -> None:
    browser = strict.browser()
    page, secret = led_to_set_up(browser, "town")

    wrong = second_step(browser, page, "000000")
    done = second_step(browser, wrong, code(strict, secret))

    assert wrong.status == 400
    assert secret_on(wrong) == secret  # the phone that scanned it need not scan again
    assert len(set(recovery_codes(done))) == 8
    assert browser.get("/console/me").status == 200
    assert "用密码和验证码" in browser.get("/console/me").text
    strict.town.clock.at += MINUTE
    other = strict.browser()
    asked = other.sign_in("town")
    assert "/login" not in second_step(other, asked, code(strict, secret)).url


def test_who_comes_second_with_the_same_password_sets_up_nothing(strict: Desk) -> None:
    first, second = strict.browser(), strict.browser()
    page, secret = led_to_set_up(first, "town")
    late, others = led_to_set_up(second, "town")
    second_step(first, page, code(strict, secret))

    refused = second_step(second, late, code(strict, others))

    assert refused.status == 400
    assert recovery_codes(refused) == []
    assert "doorstep_session" not in second.client.cookies


def test_what_was_begun_with_a_password_ends_with_it(strict: Desk) -> None:
    """Whoever knew the password has half an hour to scan: not when it is reset meanwhile."""
    thief = strict.browser()
    page, secret = led_to_set_up(thief, "community")
    with strict.town.act() as act:
        reset_password(act, strict.accounts["community"].id, "kettle-moss-91-river")

    late = second_step(thief, page, code(strict, secret))

    assert late.status == 400
    assert recovery_codes(late) == []
    assert "doorstep_session" not in thief.client.cookies


def test_others_go_on_by_password_until_everybody_must(strict: Desk) -> None:
    assert "/login" not in strict.signed_in("leader").get("/console/").url
    with strict.town.act() as act:
        set_factor_rule(act, FactorRule.EVERYBODY)

    for login in ("leader", "auditor", "police"):
        led_to_set_up(strict.browser(), login)


def test_an_admin_sets_the_rule_and_it_counts_from_the_next_sign_in(desk: Desk) -> None:
    town = desk.signed_in("town")

    page = town.post("/console/accounts/second-factor", rule="admins")

    assert "从各人下次登录起生效" in page.text
    assert "未设置" in town.get("/console/accounts").text
    led_to_set_up(desk.browser(), "town")
    assert "规定管理员须两步验证" in town.get("/console/audit").text


def test_who_must_have_it_cannot_turn_it_off(desk: Desk) -> None:
    secret, _ = turned_on(desk)
    with desk.town.act() as act:
        set_factor_rule(act, FactorRule.ADMINS)
    town = desk.browser()
    second_step(town, town.sign_in("town"), code(desk, secret))
    desk.town.clock.at += MINUTE

    page = town.post("/console/me/factor/off", code=code(desk, secret))

    assert "不能关闭" in page.text
    assert "已开启" in town.get("/console/me").text


def test_after_a_reset_they_are_led_to_set_it_up_anew(desk: Desk) -> None:
    turned_on(desk, "community")
    with desk.town.act() as act:
        set_factor_rule(act, FactorRule.ADMINS)
    secret, _ = turned_on_strict(desk, "town")
    other = desk.accounts["community"].id
    town = desk.browser()
    second_step(town, town.sign_in("town"), code(desk, secret))

    town.post(f"/console/accounts/{other}/factor-off", reason="手机丢失，已当面核对")

    led_to_set_up(desk.browser(), "community")


def turned_on_strict(desk: Desk, login: str) -> tuple[str, list[str]]:
    browser = desk.browser()
    page, secret = led_to_set_up(browser, login)
    codes = recovery_codes(second_step(browser, page, code(desk, secret)))
    desk.town.clock.at += MINUTE
    return secret, codes
