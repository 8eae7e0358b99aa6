"""A phone number is kept in one form, however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import PhoneFault, check_phone, normal_phone


@pytest.mark.parametrize(
    "text",
    [
        "15400009000",
        "154 0000 9000",
        "154-0000-9000",
        "１５４００００９０００",
        "+8615400009000",
        "008615400009000",
    ],
)
def test_a_mobile_number_is_kept_as_its_eleven_digits(text: str) -> None:
    assert normal_phone(text) == "15400009000"
    assert check_phone(text) is None


@pytest.mark.parametrize("text", ["0520-55550123", "(0520) 5555 0123", "55550123", "010-5555012"])
def test_landlines_with_and_without_area_are_numbers(text: str) -> None:
    assert check_phone(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", PhoneFault.TOO_SHORT),
        ("1540000900", PhoneFault.TOO_SHORT),
        ("154000090001", PhoneFault.TOO_LONG),
        ("12400009000", PhoneFault.PREFIX),
        ("555501", PhoneFault.TOO_SHORT),
        ("0520-555", PhoneFault.TOO_SHORT),
        ("15400009000转8", PhoneFault.CHARACTERS),
        ("无", PhoneFault.CHARACTERS),
    ],
)
def test_a_number_that_cannot_be_dialled_is_refused(text: str, fault: PhoneFault) -> None:
    assert check_phone(text) is fault


@given(st.text(max_size=30))
def test_the_kept_form_of_a_kept_form_is_itself(text: str) -> None:
    once = normal_phone(text)

    if check_phone(text) is None:
        assert normal_phone(once) == once
        assert check_phone(once) is None
