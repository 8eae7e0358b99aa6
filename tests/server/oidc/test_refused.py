"""What comes back from outside and is not exactly what was asked for signs nobody in."""

import logging
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from server.oidc.config import oidc_of
from server.oidc.provider import Provider as Asking
from server.oidc.provider import challenge
from tests.server.console.world import Desk
from tests.server.oidc.provider import CLIENT, SECRET, Claims, Provider
from tests.server.oidc.there_and_back import is_in, linked, there, there_and_back

HOUR = 3600


def put(**claims: object) -> Callable[[Claims], object]:
    return lambda said: said.update(claims)


def drop(name: str) -> Callable[[Claims], object]:
    return lambda said: said.pop(name)


def later(name: str, seconds: int) -> Callable[[Claims], object]:
    return lambda said: said.update({name: int(str(said[name])) + seconds})


SPOILT = {
    "another nonce": put(nonce="of-somebody-else"),
    "no nonce": drop("nonce"),
    "for another client": put(aud="another-client"),
    "for another client too, and not to us": put(aud=[CLIENT, "other"], azp="other"),
    "for two, and not said to whom": put(aud=[CLIENT, "other"]),
    "given to another": put(azp="other"),
    "expired": later("exp", -HOUR),
    "without an end": drop("exp"),
    "from tomorrow": later("iat", 24 * HOUR),
    "not valid yet": put(nbf=2_000_000_000),
    "from another issuer": put(iss="https://evil.test"),
    "of nobody": put(sub=""),
    "without a person": drop("sub"),
    "of a number": put(sub=7),
    "of a very long person": put(sub="x" * 256),
}


@pytest.fixture
def known(desk: Desk, provider: Provider) -> Desk:
    """A desk at which the provider's person has an account."""
    linked(desk, provider, "leader")
    browser = desk.browser()
    there_and_back(browser)
    assert is_in(browser)  # so that each refusal below is for what was spoilt
    return desk


@pytest.mark.parametrize("fault", SPOILT)
def test_a_token_that_is_not_for_us_now(known: Desk, provider: Provider, fault: str) -> None:
    provider.spoil = SPOILT[fault]

    refused(known)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS256", "kid": "unknown"},
    ],
    ids=["none", "shared secret", "unknown key"],
)
def test_a_token_that_the_provider_has_not_signed(
    known: Desk, provider: Provider, header: Claims
) -> None:
    provider.header = header

    refused(known)


def test_a_token_signed_by_somebody_elses_key_under_a_known_name(
    known: Desk, provider: Provider
) -> None:
    provider.kid, provider.header = "stolen", {"alg": "RS256", "kid": "first"}

    refused(known)


def test_an_answer_to_another_question(known: Desk) -> None:
    browser = known.browser()
    back = there(browser)

    page = browser.get(changed(back, state="of-somebody-else"))

    assert page.status == 400
    assert "不是在这个浏览器里开始的" in page.text
    assert not is_in(browser)


def test_an_answer_in_a_browser_that_did_not_ask(known: Desk) -> None:
    asked, other = known.browser(), known.browser()
    back = there(asked)

    page = other.get(back)

    assert page.status == 400
    assert not is_in(other)
    asked.get(back)
    assert is_in(asked)  # what another browser did with it has changed nothing


def test_a_code_is_good_for_once(known: Desk) -> None:
    browser = known.browser()
    back = there(browser)
    kept = dict(browser.client.cookies)
    browser.get(back)
    assert is_in(browser)

    again = browser.get(back)
    thief = known.browser()
    for name, value in kept.items():
        thief.client.cookies.set(name, value, domain="doorstep.test", path="/console/oidc")
    replayed = thief.get(back)

    assert again.status == 400
    assert replayed.status == 400
    assert not is_in(thief)


def test_a_code_of_somebody_elses_sign_in(known: Desk) -> None:
    """The attacker's own code, slipped into the victim's browser: PKCE and nonce are not theirs."""
    attacker, victim = known.browser(), known.browser()
    code = dict(parse_qsl(urlsplit(there(attacker)).query))["code"]

    page = victim.get(changed(there(victim), code=code))

    assert page.status == 400
    assert not is_in(victim)


def test_an_answer_from_another_provider(known: Desk) -> None:
    browser = known.browser()

    page = browser.get(changed(there(browser), iss="https://evil.test"))

    assert page.status == 400
    assert not is_in(browser)


@pytest.mark.parametrize(("language", "words"), [("zh", "没有确认您的身份"), ("en", "who you are")])
def test_who_goes_back_is_told_so(known: Desk, language: str, words: str) -> None:
    browser = known.browser(language=language)
    state = dict(parse_qsl(urlsplit(there(browser)).query))["state"]

    page = browser.get(f"/console/oidc/back?error=access_denied&state={state}")

    assert words in page.text
    assert not is_in(browser)


def test_a_provider_that_calls_itself_otherwise_is_not_asked(
    desk: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = provider.describe()
    for lie in ({"issuer": "https://evil.test"}, {"token_endpoint": "http://evil.test/token"}):
        monkeypatch.setattr(provider, "describe", lambda lie=lie: honest | lie)
        assert "统一登录暂时无法使用" in desk.browser().get("/console/oidc/start").text


def test_the_way_back_is_the_servers_own_address_whatever_a_request_says(desk: Desk) -> None:
    browser = desk.browser(origin="http://evil.test")

    async def begin() -> httpx.Response:
        return await browser.client.get("/console/oidc/start", follow_redirects=False)

    asked = dict(parse_qsl(urlsplit(browser.portal.call(begin).headers["location"]).query))

    assert asked["redirect_uri"] == "http://doorstep.test/console/oidc/back"
    assert SECRET not in str(asked)


def test_what_pkce_shows_is_what_the_standard_says() -> None:
    # RFC 7636, appendix B
    shown = challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")

    assert shown == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_each_sign_in_has_its_own_secrets(desk: Desk) -> None:
    oidc = oidc_of(desk.town.services.settings)
    assert oidc is not None
    asking = Asking(oidc, desk.town.clock)

    begun = [asking.begin("/") for _ in range(20)]

    assert len({part for b in begun for part in (b.state, b.nonce, b.verifier)}) == 60


def test_nothing_of_it_is_in_the_logs(
    known: Desk,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.INFO)
    browser = known.browser()
    back = there(browser)
    browser.get(back)
    provider.spoil = SPOILT["another nonce"]
    refused(known)

    out, err = capfd.readouterr()
    said = "\n".join(map(record_said, caplog.records)) + out + err

    assert "outside_sign_in" in said
    assert "nonce" in said  # the operator sees which claim was wrong
    hidden = [SECRET, provider.subject, "李网格", dict(parse_qsl(urlsplit(back).query))["state"]]
    for secret in (*hidden, *provider.told):
        assert secret not in said
    logging.getLogger("control").warning(provider.told[-1])
    assert provider.told[-1] in record_said(
        caplog.records[-1]
    )  # the same look finds what somebody logs


def record_said(record: logging.LogRecord) -> str:
    """What the server's side logs; not what the browser and the provider of the test do."""
    said = record.getMessage()
    of_the_test = record.name.startswith("uvicorn") or "/authorize" in said or "/console/" in said
    return "" if of_the_test and record.name != "control" else said


def refused(desk: Desk) -> None:
    browser = desk.browser()
    page = there_and_back(browser)
    assert page.status == 400, page.text
    assert "返回的信息无效" in page.text
    assert "doorstep_session" not in browser.client.cookies
    assert not is_in(browser)


def changed(back: str, **parts: str) -> str:
    split = urlsplit(back)
    return f"{split.path}?{urlencode(dict(parse_qsl(split.query)) | parts)}"
