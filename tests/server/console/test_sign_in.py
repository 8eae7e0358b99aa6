"""Signing in to the console, and what protects a session."""

from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

from server.console.session import TRIES
from server.office.roles import Role
from tests.server.a_town import PASSWORD, add_east
from tests.server.console.world import Browser, Desk, a_desk

WRONG = "wrong-password-99"


def cookies_set(response: httpx.Response) -> dict[str, str]:
    return {
        header.split("=", 1)[0]: header
        for answer in (*response.history, response)
        for header in answer.headers.get_list("set-cookie")
    }


def test_the_root_leads_to_the_sign_in_page(desk: Desk) -> None:
    page = desk.browser().get("/")

    assert page.status == 200
    assert "/console/login" in page.url
    assert "登录后台" in page.text


def test_who_signs_in_comes_to_the_page_that_was_asked_for(desk: Desk) -> None:
    browser = desk.browser()
    asked = browser.get("/console/workers")

    page = browser.post(asked.url, login="town", password=PASSWORD)

    assert page.url.endswith("/console/workers")


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)"])
def test_signing_in_never_leads_to_another_place(desk: Desk, elsewhere: str) -> None:
    page = desk.browser().post(f"/console/login?next={elsewhere}", login="town", password=PASSWORD)

    assert page.url == "http://doorstep.test/console/"


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "登录名或密码不正确"), ("en", "is not right")]
)
def test_a_wrong_password_and_an_unknown_name_look_the_same(
    desk: Desk, language: str, words: str
) -> None:
    known, unknown = desk.browser(language=language), desk.browser(language=language)

    answers = [known.sign_in("town", WRONG), unknown.sign_in("nobody", WRONG)]

    assert [page.status for page in answers] == [400, 400]
    assert all(words in page.text for page in answers)
    assert answers[0].text == answers[1].text


def test_many_wrong_passwords_lock_the_account_for_a_while(desk: Desk) -> None:
    browser = desk.browser()
    for _ in range(6):
        browser.sign_in("town", WRONG)

    locked = browser.sign_in("town")
    desk.town.clock.at += 60 * 60_000
    later = browser.sign_in("town")

    assert locked.status == 400
    assert later.status == 200
    assert "/login" not in later.url


def test_the_session_cookie_is_for_this_site_and_no_script(desk: Desk) -> None:
    page = desk.browser().sign_in("town")

    cookie = cookies_set(page.response)["doorstep_session"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/console" in cookie


def test_in_production_every_cookie_is_secure_and_tls_is_asked_for(tmp_path: Path) -> None:
    with a_desk(tmp_path, production=True) as desk:
        page = desk.browser(origin="https://doorstep.test").sign_in("town")

        assert all("; secure" in cookie.lower() for cookie in cookies_set(page.response).values())
        assert page.response.headers["strict-transport-security"].startswith("max-age=")


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after(desk: Desk) -> None:
    browser = desk.browser()
    browser.client.cookies.set("doorstep_session", "planted", domain="doorstep.test")

    first = cookies_set(browser.sign_in("town").response)
    second = cookies_set(desk.browser().sign_in("town").response)

    def value(cookie: str) -> str:
        return next(iter(SimpleCookie(cookie).values())).value

    assert value(first["doorstep_session"]) not in ("", "planted")
    assert "starlette_admin_csrftoken" in first  # a token from before is worth nothing either
    assert value(second["doorstep_session"]) != "planted"


def test_a_forged_session_is_nobody(desk: Desk) -> None:
    browser = desk.signed_in("town")
    cookie = browser.client.cookies["doorstep_session"]
    forged = cookie[:-3] + ("aaa" if cookie[-3:] != "aaa" else "bbb")
    browser.client.cookies.clear()
    browser.client.cookies.set("doorstep_session", forged, domain="doorstep.test")

    assert "/console/login" in browser.get("/console/").url


def test_signing_out_ends_the_session_even_of_a_copied_cookie(desk: Desk) -> None:
    browser = desk.signed_in("town")
    copied = dict(browser.client.cookies)

    browser.post("/console/logout")
    thief = desk.browser()
    for name, value in copied.items():
        thief.client.cookies.set(name, value, domain="doorstep.test")

    assert "/console/login" in browser.get("/console/").url
    assert "/console/login" in thief.get("/console/").url


def test_a_closed_account_is_out_at_once(desk: Desk) -> None:
    browser = desk.signed_in("leader")
    admin = desk.signed_in("town")

    admin.post(f"/console/accounts/{desk.accounts['leader'].id}/close")

    assert "/console/login" in browser.get("/console/").url


@pytest.mark.parametrize("token", ["", "forged", "eyJhIjoxfQ.bad"])
@pytest.mark.parametrize(("language", "words"), [("zh", "没有权限"), ("en", "Not allowed")])
def test_a_request_without_the_pages_token_changes_nothing(
    desk: Desk, token: str, language: str, words: str
) -> None:
    browser = desk.signed_in("town", language=language)

    page = browser.post("/console/workers/new", csrftoken=token, name="无", staff_no="X1")

    assert page.status == 403
    assert words in page.text
    assert "X1" not in browser.get("/console/workers").text


def test_another_browsers_token_is_no_token(desk: Desk) -> None:
    one, other = desk.signed_in("town"), desk.signed_in("town")

    page = one.post("/console/workers/new", csrftoken=other.token, name="无", staff_no="X1")

    assert page.status == 403


def test_every_page_says_what_it_never_does(desk: Desk) -> None:
    for page in (desk.browser().get("/console/login"), desk.signed_in("town").get("/console/")):
        headers = page.response.headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"


def test_the_language_can_be_chosen_before_signing_in(desk: Desk) -> None:
    browser: Browser = desk.browser(language="zh")

    english = browser.get("/console/language/en")
    stays = browser.sign_in("town")

    assert "Sign in" in english.text
    assert "Hello" in stays.text


def test_a_browser_is_spoken_to_in_its_own_language_and_others_in_chinese(desk: Desk) -> None:
    told = {
        accepted: "登录" in desk.browser(language=accepted).get("/console/login").text
        for accepted in ("zh-CN,zh;q=0.9,en;q=0.8", "en-US,en;q=0.9", "de-DE", "fr, en;q=0.5")
    }

    assert list(told.values()) == [True, False, True, False]


def test_dark_or_light_is_kept(desk: Desk) -> None:
    browser = desk.browser()

    dark = browser.get("/console/look/dark")

    assert 'data-bs-theme="dark"' in dark.html
    assert 'data-bs-theme="dark"' in browser.get("/console/login").html


def test_one_address_may_not_try_forever_whatever_names_it_tries(desk: Desk) -> None:
    browser = desk.browser()
    tries = [browser.sign_in(f"name{n}", WRONG) for n in range(TRIES.tries)]

    refused = browser.sign_in("town", PASSWORD)

    assert {page.status for page in tries} == {400}
    assert refused.status == 429
    assert "登录尝试过于频繁" in refused.text
    assert int(refused.response.headers["retry-after"]) > 0
    desk.town.clock.at += TRIES.per_ms // TRIES.tries + 1
    assert desk.browser().sign_in("town", PASSWORD).status == 200


def test_with_several_towns_people_sign_in_as_name_at_town(desk: Desk) -> None:
    west = add_east(desk.town.services, desk.town.clock, "west")
    other = west.account("town", Role.TOWN_ADMIN)
    browser = desk.browser()

    unclear = browser.sign_in("town")
    here = desk.browser().sign_in("town@east")
    there = desk.browser()
    there.sign_in("town@west")

    assert unclear.status == 400
    assert "请指明是哪个镇" in unclear.text
    assert "/login" not in here.url
    accounts = there.get("/console/accounts").text
    assert other.login in accounts
    assert "leader" not in accounts


def test_the_same_name_in_another_town_opens_nothing_here(desk: Desk) -> None:
    add_east(desk.town.services, desk.town.clock, "west").account("stranger", Role.TOWN_ADMIN)

    assert desk.browser().sign_in("stranger@east").status == 400
    assert desk.browser().sign_in("stranger@west").status == 200
    assert desk.browser().sign_in("stranger@nowhere").status == 400
