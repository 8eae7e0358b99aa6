"""What the operator sets is checked at the start, and the secret is shown nowhere."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from server.app import app_of
from server.office.errors import OfficeRefused
from server.oidc.config import is_safe, oidc_of
from server.settings import Settings
from tests.server.a_town import make_town
from tests.server.console.world import Desk, a_desk

ISSUER = "https://login.example.cn"
HIDDEN = "hush-hush-9"


def test_without_it_there_is_no_button_and_no_way_in(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        page = desk.browser().get("/console/login")

        assert "统一登录" not in page.text
        for path in ("start", "back?code=x&state=y"):
            assert desk.browser().get(f"/console/oidc/{path}").url.endswith("/console/login")


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"oidc_issuer": "http://login.example.cn", "oidc_client_id": "x"}, "OIDC_ISSUER"),
        ({"oidc_issuer": "login.example.cn", "oidc_client_id": "x"}, "OIDC_ISSUER"),
        ({"oidc_issuer": ISSUER}, "OIDC_CLIENT_ID"),
        (
            {
                "oidc_issuer": ISSUER,
                "oidc_client_id": "x",
                "oidc_client_secret_file": Path("/nowhere/secret"),
            },
            "OIDC_CLIENT_SECRET_FILE",
        ),
    ],
)
def test_wrong_settings_stop_the_server_with_a_sentence(
    tmp_path: Path, more: dict[str, object], named: str
) -> None:
    town = make_town(tmp_path, more=more)

    with pytest.raises(OfficeRefused) as refused:
        app_of(town.services)

    assert named in refused.value.words.zh
    assert named in refused.value.words.en
    town.services.engine.dispose()


def test_the_secret_comes_from_a_file_and_is_printed_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{HIDDEN}\n", encoding="utf-8")
    monkeypatch.setenv("DOORSTEP_OIDC_CLIENT_SECRET", "hush-hush-8")
    inline = Settings(home=tmp_path, oidc_issuer=ISSUER, oidc_client_id="x")
    named = inline.model_copy(update={"oidc_client_secret_file": file})

    by_file, by_variable = oidc_of(named), oidc_of(inline)

    assert by_file is not None
    assert by_variable is not None
    assert by_file.secret.get_secret_value() == HIDDEN
    assert by_variable.secret == SecretStr("hush-hush-8")
    assert "hush" not in f"{inline!r}{inline}{by_file!r}{by_file}{inline.model_dump_json()}"


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        (ISSUER, True),
        ("http://127.0.0.1:9000", True),
        ("http://localhost/x", True),
        ("http://localhost.evil.test", False),
        ("http://10.0.0.1", False),
        ("ftp://login.example.cn", False),
        ("", False),
    ],
)
def test_only_tls_or_this_machine_is_safe(address: str, safe: bool) -> None:
    assert is_safe(address) is safe


def test_the_sign_in_page_asks_nobody_outside(desk: Desk) -> None:
    page = desk.browser().get("/console/login")

    assert "form-action 'self'" in page.response.headers["content-security-policy"]
    assert page.html.count("县统一登录") == 1
