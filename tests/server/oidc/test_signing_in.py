"""Signing in by the organisation's own sign-in: whose account it is, and what else is asked."""

import re

import pytest

from server.office.factor_rule import FactorRule, set_factor_rule
from tests.server.a_town import MINUTE
from tests.server.console.factors import code, recovery_codes, second_step, secret_on, turned_on
from tests.server.console.world import Desk
from tests.server.oidc.provider import Provider
from tests.server.oidc.there_and_back import code_on, is_in, linked, there_and_back


def test_somebody_unknown_is_told_a_code_and_an_admin_links_them(
    desk: Desk, provider: Provider
) -> None:
    browser, admin = desk.browser(), desk.signed_in("town")
    assert "用县统一登录登录" in browser.get("/console/login").text

    unknown = there_and_back(browser)
    again = there_and_back(desk.browser(language="en"))
    listed = admin.get("/console/accounts")
    [waiting] = re.findall(r"/accounts/identities/([0-9a-f-]{36})/link", listed.html)
    admin.post(f"/console/accounts/identities/{waiting}/link", account=desk.accounts["leader"].id)
    inside = there_and_back(browser)

    assert unknown.status == 400
    assert "还没有关联后台账号" in unknown.text
    assert "is not linked" in again.text
    assert code_on(unknown) == code_on(again)
    assert code_on(unknown) in listed.text
    assert "李网格" in listed.text
    assert inside.url == "http://doorstep.test/console/"
    me = browser.get("/console/me").text
    assert "用统一登录" in me
    assert "leader" in me
    assert "关联统一登录身份" in admin.get("/console/audit").text


def test_nobody_is_ever_given_a_new_account(desk: Desk, provider: Provider) -> None:
    with desk.town.services.engine.connect() as conn:
        count = conn.exec_driver_sql("SELECT count(*) FROM account").scalar()
    provider.claims = {"name": "新人", "preferred_username": "newcomer"}

    there_and_back(desk.browser())

    with desk.town.services.engine.connect() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM account").scalar() == count


def test_one_comes_to_the_page_that_was_asked_for_and_never_elsewhere(
    desk: Desk, provider: Provider
) -> None:
    linked(desk, provider, "town")

    asked = there_and_back(desk.browser(), "/console/oidc/start?next=/console/workers")
    lured = there_and_back(desk.browser(), "/console/oidc/start?next=https://evil.test/")

    assert asked.url == "http://doorstep.test/console/workers"
    assert lured.url == "http://doorstep.test/console/"


class TestByClaim:
    """The operator has named the claim that has the work number, which is the login name here."""

    @pytest.fixture
    def settings(self, settings: dict[str, object]) -> dict[str, object]:
        return settings | {"oidc_login_claim": "employee_number"}

    def test_the_first_to_come_with_a_number_has_that_account_for_good(
        self, desk: Desk, provider: Provider
    ) -> None:
        provider.claims = {"employee_number": " Leader "}
        first = desk.browser()
        there_and_back(first)
        provider.claims = {"employee_number": "town"}  # another number later changes nothing
        later = desk.browser()
        there_and_back(later)
        provider.subject, provider.claims = "somebody-else", {"employee_number": "leader"}
        other = desk.browser()
        refused = there_and_back(other)

        assert "leader" in first.get("/console/me").text
        assert "网格长" in later.get("/console/me").text
        assert "还没有关联后台账号" in refused.text
        assert not is_in(other)

    @pytest.mark.parametrize("said", ["nobody", "", 7, None, ["leader"], "lea\u200bder"])
    def test_what_is_nobodys_number_links_nobody(
        self, desk: Desk, provider: Provider, said: object
    ) -> None:
        provider.claims = {"employee_number": said}
        browser = desk.browser()

        assert "还没有关联后台账号" in there_and_back(browser).text
        assert not is_in(browser)

    def test_whom_an_admin_has_unlinked_no_claim_brings_back(
        self, desk: Desk, provider: Provider
    ) -> None:
        provider.claims = {"employee_number": "leader"}
        browser = desk.browser()
        there_and_back(browser)
        assert is_in(browser)

        desk.signed_in("town").post(f"/console/accounts/{desk.accounts['leader'].id}/unlink")

        assert not is_in(browser)
        assert "还没有关联后台账号" in there_and_back(browser).text


class TestByMail:
    """An address counts only where the provider says that it has been verified."""

    @pytest.fixture
    def settings(self, settings: dict[str, object]) -> dict[str, object]:
        return settings | {"oidc_login_claim": "email"}

    @pytest.mark.parametrize(
        ("verified", "is_linked"), [(True, True), (False, False), ("true", False)]
    )
    def test_an_address(
        self, desk: Desk, provider: Provider, verified: object, is_linked: bool
    ) -> None:
        provider.claims = {"email": "leader", "email_verified": verified}
        browser = desk.browser()

        there_and_back(browser)

        assert is_in(browser) is is_linked


def test_the_second_factor_is_asked_for_all_the_same(desk: Desk, provider: Provider) -> None:
    linked(desk, provider, "town")
    secret, _ = turned_on(desk)
    browser = desk.browser()

    page = there_and_back(browser, "/console/oidc/start?next=/console/workers")

    assert not is_in(browser)
    inside = second_step(browser, page, code(desk, secret))
    assert "/login" not in inside.url
    assert "用统一登录" in browser.get("/console/me").text


def test_who_must_have_one_sets_it_up(desk: Desk, provider: Provider) -> None:
    linked(desk, provider, "town")
    with desk.town.act() as act:
        set_factor_rule(act, FactorRule.ADMINS)
    browser = desk.browser()
    page = there_and_back(browser)

    assert "本镇要求您的账号使用两步验证" in page.text
    assert len(recovery_codes(second_step(browser, page, code(desk, secret_on(page))))) == 8
    assert is_in(browser)


class TestWithItsOwnFactor:
    """The provider asks for a second factor itself."""

    @pytest.fixture
    def settings(self, settings: dict[str, object]) -> dict[str, object]:
        return settings | {"oidc_brings_factor": True}

    def test_ours_need_not_be_shown(self, desk: Desk, provider: Provider) -> None:
        linked(desk, provider, "town")
        turned_on(desk)
        browser = desk.browser()

        there_and_back(browser)

        assert is_in(browser)
        assert "验证码" in desk.browser().sign_in("town").text  # by password it is asked for


def test_a_closed_account_stays_closed(desk: Desk, provider: Provider) -> None:
    linked(desk, provider, "leader")
    browser = desk.browser()
    there_and_back(browser)
    assert is_in(browser)

    desk.signed_in("town").post(f"/console/accounts/{desk.accounts['leader'].id}/close")

    assert not is_in(browser)
    for language, words in (("zh", "账号已关闭"), ("en", "is closed")):
        late = desk.browser(language=language)
        assert words in there_and_back(late).text
        assert not is_in(late)


def test_signing_out_leads_to_the_way_out_there_too(desk: Desk, provider: Provider) -> None:
    linked(desk, provider, "leader")
    browser = desk.browser()
    there_and_back(browser)

    page = browser.post("/console/logout")

    assert "您已退出本后台" in page.text
    assert f"{provider.issuer}/out?client_id=doorstep-console" in page.html
    assert not is_in(browser)


def test_a_provider_may_change_its_keys(desk: Desk, provider: Provider) -> None:
    linked(desk, provider, "leader")
    assert is_in_after(desk)
    provider.kid, provider.published = "second", ["first", "second"]
    assert is_in_after(desk)
    provider.published = ["second"]
    desk.town.clock.at += 61 * MINUTE  # those that were kept are fetched anew

    assert is_in_after(desk)
    provider.kid = "first"
    assert not is_in_after(desk)


def test_while_it_is_away_one_signs_in_by_password(desk: Desk, provider: Provider) -> None:
    provider.is_down = True
    browser = desk.browser()

    page = browser.get("/console/oidc/start")

    assert "统一登录暂时无法使用" in page.text
    assert "/login" not in browser.sign_in("leader").url


def is_in_after(desk: Desk) -> bool:
    browser = desk.browser()
    there_and_back(browser)
    return is_in(browser)
