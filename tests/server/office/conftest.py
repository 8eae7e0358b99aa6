"""A town for each test of the office."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.a_town import ATown, make_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[ATown]:
    made = make_town(tmp_path)
    yield made
    made.services.engine.dispose()
