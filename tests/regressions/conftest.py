"""A town with its real server for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mobile.field import Field, a_field


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    with a_field(tmp_path) as made:
        yield made
