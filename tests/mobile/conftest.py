"""A town with its real server, for each test of the phone that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mobile.field import Field, a_field


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    """A town with its real server in this process."""
    with a_field(tmp_path) as made:
        yield made
