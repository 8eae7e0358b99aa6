"""Ids: in the order of time, and the same from the same chance."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import millis_of, uuid7

MILLIS = st.integers(0, 2**48 - 1)
CHANCE = st.binary(min_size=10, max_size=10)


@given(MILLIS, CHANCE)
def test_an_id_is_a_version_7_uuid_that_tells_its_time(ms: int, chance: bytes) -> None:
    made = uuid7(ms, chance)

    assert UUID(made).version == 7
    assert UUID(made).variant == "specified in RFC 4122"
    assert millis_of(made) == ms


@given(MILLIS, MILLIS, CHANCE, CHANCE)
def test_ids_sort_by_time(a: int, b: int, chance_a: bytes, chance_b: bytes) -> None:
    if a < b:
        assert uuid7(a, chance_a) < uuid7(b, chance_b)


def test_too_little_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="10 random bytes"):
        uuid7(0, b"short")
