"""A town with a server that a stranger's client speaks to."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from server.forms.builtin import builtin_forms
from tests.server.a_town import ATown, make_town
from tests.server.listening import listening


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    town = make_town(tmp_path)
    for form in builtin_forms().values():
        town.services.register.publish_form("east", form)
    return town


@pytest.fixture
def http(town: ATown) -> Iterator[httpx.Client]:
    with (
        listening(town.services) as url,
        httpx.Client(base_url=url, timeout=60, trust_env=False) as client,
    ):
        yield client
