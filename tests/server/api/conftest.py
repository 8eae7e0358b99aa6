"""A town with its app for each test of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.a_town import ATown, make_town
from tests.server.api.caller import Caller, calling


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    return make_town(tmp_path)


@pytest.fixture
def caller(town: ATown) -> Iterator[Caller]:
    with calling(town) as made:
        yield made
