"""The formula of the monthly assessment: pure numbers."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.assessment.formula import ADJUST_MAX, WEIGHTS, Measure, Part, Scheme, score

SCHEME: Final = Scheme(version=1, weights=dict(WEIGHTS))
FULL: Final = {part.value: Measure(1.0, 20, 20) for part in Part}


def test_a_month_in_which_everything_was_done_has_a_hundred_points() -> None:
    found = score(FULL, SCHEME)

    assert found.total == 100
    assert [(each.part, each.points) for each in found.parts] == [
        ("cases", 30), ("mediation", 20), ("visits", 25), ("quality", 15), ("reports", 10)
    ]  # fmt: skip


def test_a_part_of_which_too_little_was_due_gives_its_weight_to_the_visits() -> None:
    few = FULL | {"cases": Measure(0.0, 0, 9), "visits": Measure(0.5, 10, 20)}

    found = score(few, SCHEME)

    by_part = {each.part: each for each in found.parts}
    assert by_part["cases"].points is None
    assert by_part["visits"].weight == 55
    assert found.total == 20 + 27.5 + 15 + 10


def test_without_enough_visits_there_is_no_total() -> None:
    assert score(FULL | {"visits": Measure(1.0, 9, 9)}, SCHEME).total is None


@pytest.mark.parametrize(("adjustment", "total"), [(3, 100), (-3, 97), (-50, 95)])
def test_an_adjustment_is_bounded_and_never_goes_beyond_the_scale(
    adjustment: float, total: float
) -> None:
    assert score(FULL, SCHEME, adjustment).total == total


@given(
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.lists(st.integers(0, 40), min_size=5, max_size=5),
    st.floats(-20, 20),
)
def test_no_month_has_less_than_nothing_or_more_than_all(
    values: list[float], due: list[int], adjustment: float
) -> None:
    counted = {
        part.value: Measure(value, round(value * n), n)
        for part, value, n in zip(Part, values, due, strict=True)
    }

    found = score(counted, SCHEME, adjustment)

    if found.total is None:
        assert counted["visits"].due < SCHEME.items_min
    else:
        assert 0 <= found.total <= 100
        assert sum(each.weight for each in found.parts) == 100
        plain = score(counted, SCHEME).total
        assert plain is not None
        assert abs(found.total - plain) <= ADJUST_MAX + 0.1


def test_weights_that_are_not_a_whole_are_told_apart() -> None:
    assert SCHEME.is_whole
    assert not Scheme(weights={"visits": 100}).is_whole
    assert not Scheme(weights=dict(WEIGHTS) | {"visits": 26}).is_whole
