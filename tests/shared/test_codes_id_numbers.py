"""An ID number is checked as GB 11643 says, and the check never raises."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.codes import (
    IdNumberFault,
    Sex,
    birth_date_of,
    check_character,
    check_id_number,
    normal_id_number,
    sex_of,
)

TODAY = date(2026, 3, 1)
WOMAN = "11010519491231002X"
BORN_IN_1880 = "440524188001010014"


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["329901", "119905", "659903", "819901"]))
    born = draw(st.dates(min_value=date(1906, 3, 2), max_value=TODAY))
    first17 = f"{area}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + check_character(first17)


def test_the_vector_of_the_standard_is_valid() -> None:
    assert check_id_number(WOMAN, TODAY) is None
    assert sex_of(WOMAN) is Sex.FEMALE
    assert birth_date_of(WOMAN) == date(1949, 12, 31)


def test_a_right_checksum_does_not_excuse_an_age_of_146() -> None:
    assert check_character(BORN_IN_1880[:17]) == BORN_IN_1880[17]
    assert check_id_number(BORN_IN_1880, TODAY) is IdNumberFault.TOO_OLD
    assert check_id_number(BORN_IN_1880, date(2000, 12, 31)) is None


def test_age_120_is_possible_until_the_day_before_the_next_birthday() -> None:
    assert check_id_number(BORN_IN_1880, date(2000, 12, 31)) is None
    assert check_id_number(BORN_IN_1880, date(2001, 1, 1)) is IdNumberFault.TOO_OLD


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", IdNumberFault.LENGTH),
        ("110105491231002", IdNumberFault.LENGTH),
        (WOMAN + "1", IdNumberFault.LENGTH),
        ("1101051949123100XX", IdNumberFault.CHARACTERS),
        ("11010519491231002Y", IdNumberFault.CHARACTERS),
        ("١١٠١٠٥١٩٤٩١٢٣١٠٠٢٣", IdNumberFault.CHARACTERS),
        ("99010519491231002X", IdNumberFault.AREA),
        ("11000019491231002X", IdNumberFault.AREA),
        ("11010519490231002X", IdNumberFault.BIRTH_DATE),
        ("11010519490229002X", IdNumberFault.BIRTH_DATE),
        ("11010519491331002X", IdNumberFault.BIRTH_DATE),
        ("11010500000000002X", IdNumberFault.BIRTH_DATE),
        ("11010520260302002X", IdNumberFault.IN_FUTURE),
        ("110105194912310021", IdNumberFault.CHECKSUM),
    ],
)
def test_the_first_thing_that_is_wrong_is_named(number: str, fault: IdNumberFault) -> None:
    assert check_id_number(number, TODAY) is fault


def test_a_number_is_good_on_the_day_of_birth_and_not_the_day_before() -> None:
    first17 = "32990120260301001"
    newborn = first17 + check_character(first17)

    assert check_id_number(newborn, TODAY) is None
    assert check_id_number(newborn, TODAY - timedelta(days=1)) is IdNumberFault.IN_FUTURE


@pytest.mark.parametrize(
    "text", [WOMAN.lower(), " 110105 19491231 002x ", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_full_width_blanks_and_a_small_x_are_no_fault(text: str) -> None:
    assert check_id_number(text, TODAY) is None
    assert normal_id_number(text) == WOMAN


@given(id_numbers())
def test_a_number_made_by_the_rules_is_valid(number: str) -> None:
    assert check_id_number(number, TODAY) is None
    assert sex_of(number) is (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


@given(id_numbers(), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_every_wrong_character_is_caught(number: str, place: int, other: str) -> None:
    wrong = number[:place] + other + number[place + 1 :]

    assert (check_id_number(wrong, TODAY) is None) == (wrong == number)


@given(id_numbers(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]

    assert (check_id_number(swapped, TODAY) is None) == (swapped == number)


@given(st.text(max_size=24) | st.text(alphabet="0123456789Xx ", max_size=20))
def test_no_text_breaks_the_checks(text: str) -> None:
    fault = check_id_number(text, TODAY)

    assert fault is None or fault in IdNumberFault
    assert (birth_date_of(text) is not None) or (fault is not None)
    sex_of(text)
