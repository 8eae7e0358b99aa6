"""A town with its real server for each test of the sync."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mobile.field import Field, Phone, a_field, synced


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    with a_field(tmp_path) as made:
        yield made


@pytest.fixture
def phone_that_synced(field: Field) -> Phone:
    """A phone of g1 that has what there is; what it asked for is forgotten."""
    made = field.phone()
    synced(made)
    made.line.asked.clear()
    return made
