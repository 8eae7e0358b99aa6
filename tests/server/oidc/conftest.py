"""A town whose people may sign in by their organisation's own sign-in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.server.console.world import Desk, a_desk
from tests.server.oidc.provider import CLIENT, SECRET, Provider, a_provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    with a_provider() as made:
        yield made


@pytest.fixture
def settings(provider: Provider) -> dict[str, object]:
    """What the operator sets; a test may add to it before it asks for `desk`."""
    return {
        "public_url": "http://doorstep.test",
        "oidc_issuer": provider.issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SecretStr(SECRET),
        "oidc_name": "县统一登录",
    }


@pytest.fixture
def desk(tmp_path: Path, provider: Provider, settings: dict[str, object]) -> Iterator[Desk]:
    with a_desk(tmp_path, more=settings) as made:
        provider.now = made.town.clock
        yield made
