"""What is masked cannot be read back, and what a worker needs to see stays."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.changes import Answer
from shared.codes import check_character
from shared.forms.model import QuestionType
from shared.policies import PrivacyClass
from shared.privacy import (
    AGE_BANDS,
    HIDDEN,
    NON_ANSWERS,
    OLDEST_BAND,
    age_band,
    mask_answer,
    mask_id_number,
    mask_name,
    mask_numbers,
    mask_phone,
)

TODAY = date(2026, 3, 1)
QUESTIONS = ["head_name", "name", "phone", "landlord_phone", "id_number", "birth_date", "care", "x"]
HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5))

answers = (
    st.text(max_size=30)
    | st.integers()
    | st.booleans()
    | st.lists(st.text(max_size=5), max_size=3)
    | st.dates().map(date.isoformat)
    | st.builds(lambda lat, lon: {"lat": lat, "lon": lon, "accuracy": 5}, st.floats(), st.floats())
)


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    born = draw(st.dates(min_value=date(1926, 1, 1), max_value=TODAY))
    first17 = f"329901{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + check_character(first17)


def masked(value: Answer, question: str, type: QuestionType, privacy: PrivacyClass) -> Answer:
    return mask_answer(value, question=question, type=type, privacy=privacy, today=TODAY)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张**"),
        ("欧阳修文", "欧阳**"),
        ("欧阳修", "欧阳*"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("龘三", "龘*"),
        ("𬱖三", "𬱖*"),
        ("阿不都·热合曼", "阿**"),
        ("Li Fang", "L**"),
        ("  张三 ", "张*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("15400009000", "154****9000"),
        ("+86 154 0000 9000", "154****9000"),
        ("0520-55550123", "0520-******23"),
        ("010 5555 0123", "010-******23"),
        ("55550123", "******23"),
        ("12345", HIDDEN),
        ("找儿子", HIDDEN),
        ("", HIDDEN),
    ],
)
def test_a_phone_keeps_what_tells_two_of_them_apart(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("32990119491231002X", "3299**************"),
        ("329901491231002", "3299***********"),
        ("3299", HIDDEN),
        ("Q3299011949123100X", HIDDEN),
    ],
)
def test_an_id_number_shows_its_area_only(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (date(2012, 3, 2), "7–13"),
        (date(2012, 3, 1), "14–17"),
        (date(1946, 3, 2), "70–79"),
        (date(1946, 3, 1), "80+"),
        (date(2026, 3, 1), "0–6"),
        (date(1906, 1, 1), "80+"),
    ],
)
def test_an_age_band_changes_on_the_birthday(born: date, band: str) -> None:
    assert age_band(born, TODAY) == band


@given(id_numbers(), id_numbers())
def test_two_id_numbers_of_one_prefecture_look_the_same(one: str, other: str) -> None:
    assert mask_id_number(one) == mask_id_number(other)


@given(HAN.filter(bool))
def test_a_masked_name_never_shows_how_it_ends(name: str) -> None:
    assert mask_name(name).endswith("*")
    assert mask_name(name) != name


@given(st.text(max_size=20))
def test_of_a_phone_seven_digits_are_shown_at_most(phone: str) -> None:
    shown = sum(character.isdigit() for character in mask_phone(phone))

    assert shown <= 7


@given(answers, st.sampled_from(QUESTIONS), st.sampled_from(list(QuestionType)))
def test_an_answer_of_class_s_is_never_shown_as_it_is(
    value: Answer, question: str, type: QuestionType
) -> None:
    # What is masked already has nothing more to hide.
    assume(not isinstance(value, str) or (value.strip() and "*" not in value))

    assert masked(value, question, type, PrivacyClass.SENSITIVE) != value


@given(id_numbers(), st.sampled_from(list(QuestionType)), st.sampled_from("NS"))
def test_no_screen_gets_a_tail_of_an_id_number(
    number: str, type: QuestionType, privacy: str
) -> None:
    shown = masked(number, "id_number", type, PrivacyClass(privacy))

    assert shown == "3299" + "*" * 14


@given(st.dates(max_value=TODAY), st.sampled_from("NS"))
def test_a_birth_date_becomes_an_age_band(born: date, privacy: str) -> None:
    shown = masked(born.isoformat(), "birth_date", QuestionType.DATE, PrivacyClass(privacy))

    assert shown in {band for _, band in AGE_BANDS} | {OLDEST_BAND}


@pytest.mark.parametrize("value", NON_ANSWERS)
@pytest.mark.parametrize("privacy", list(PrivacyClass))
def test_that_someone_declined_is_shown(value: Answer, privacy: PrivacyClass) -> None:
    assert masked(value, "phone", QuestionType.TEXT, privacy) == value


def test_a_value_dressed_up_as_a_non_answer_is_hidden() -> None:
    value = {"missing": "32990119491231002X"}

    assert masked(value, "id_number", QuestionType.TEXT, PrivacyClass.SENSITIVE) == HIDDEN


@pytest.mark.parametrize("privacy", [PrivacyClass.PUBLIC, PrivacyClass.INTERNAL])
@given(value=answers)
def test_what_is_not_personal_is_shown(privacy: PrivacyClass, value: Answer) -> None:
    assert masked(value, "plate", QuestionType.TEXT, privacy) is value


@pytest.mark.parametrize(
    ("value", "question", "type", "shown"),
    [
        ("rented", "tenure", QuestionType.SELECT_ONE, "rented"),
        (["floating"], "marks", QuestionType.SELECT_MULTIPLE, ["floating"]),
        (3, "people_count", QuestionType.INTEGER, 3),
        ("2026-12-31", "lease_until", QuestionType.DATE, "2026-12-31"),
        ("儿子张小三 15400009000", "emergency_contact", QuestionType.TEXT, HIDDEN),
        ("a1b2.jpg", "photo", QuestionType.IMAGE, HIDDEN),
        ({"lat": 31.2, "lon": 120.1, "accuracy": 5}, "home", QuestionType.GEOPOINT, HIDDEN),
        (None, "phone", QuestionType.TEXT, None),
        ("1953", "birth_date", QuestionType.DATE, HIDDEN),
        (15400009000, "phone", QuestionType.TEXT, HIDDEN),
    ],
)
def test_of_personal_answers_codes_are_shown_and_words_are_not(
    value: Answer, question: str, type: QuestionType, shown: Answer
) -> None:
    assert masked(value, question, type, PrivacyClass.PERSONAL) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("儿子张小三 15400009000，晚上打", "儿子张小三 154****9000，晚上打"),
        ("打139 0000 9000或0510-83550000", "打139****9000或0510-******00"),
        ("身份证32990119491231002X丢了", "身份证3299**************丢了"),
        ("3-1-201，2026-12-31，共15400009000123元", "3-1-201，2026-12-31，共15400009000123元"),
    ],
)
def test_numbers_of_people_are_masked_in_the_middle_of_words(words: str, shown: str) -> None:
    assert mask_numbers(words) == shown


def test_words_without_such_numbers_are_the_very_same() -> None:
    words = "白天上班，周末在家"

    assert mask_numbers(words) is words
