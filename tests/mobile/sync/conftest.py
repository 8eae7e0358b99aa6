"""Phones of a town, for tests of the sync."""

import pytest

from tests.mobile.field import Field, Phone, synced


@pytest.fixture
def phone_that_synced(field: Field) -> Phone:
    """A phone of g1 that has what there is; what it asked for is forgotten."""
    made = field.phone()
    synced(made)
    made.line.asked.clear()
    return made
