"""Answers are read as the value that their question takes, or refused in words."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import Answer
from shared.files import FileRef
from shared.forms.instance_text import as_text
from shared.forms.model import Choice, Form, Question, QuestionType
from shared.forms.values import read_answer, read_sent

FORM = Form(
    kind="x",
    id="x",
    version="1",
    title={},
    languages=("zh",),
    default_language="zh",
    children=(),
    choices={"list": (Choice("a", {"zh": "甲"}), Choice("b", {"zh": "乙"}))},
)
PLACE = {"lat": 31.5, "lon": 120.3, "accuracy": 4.0}
PHOTO = FileRef("a" * 64, 48213, "image/jpeg", "hydrant.jpg")
RECORD = "01890a5d-ac96-774b-bcce-b302099a8057"


def question(kind: QuestionType, check: str = "", **parameters: str) -> Question:
    return Question(
        name="q",
        path="/data/q",
        type=kind,
        unit="q",
        choice_list="list",
        check=check,
        parameters=parameters,
        allow_declined=True,
    )


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        (QuestionType.TEXT, "  王\x00芳 ", "王芳"),
        (QuestionType.INTEGER, " 12 ", 12),
        (QuestionType.INTEGER, "１２", 12),
        (QuestionType.DECIMAL, "1.50", 1.5),
        (QuestionType.DATE, "2024-5-1", "2024-05-01"),
        (QuestionType.DATE, "2024年5月1日", "2024-05-01"),
        (QuestionType.TIME, "14:30", "14:30:00"),
        (QuestionType.DATE_TIME, "2024-05-01T14:30:00+08:00", "2024-05-01T14:30:00+08:00"),
        (QuestionType.SELECT_ONE, "a", "a"),
        (QuestionType.SELECT_MULTIPLE, ["b", "a", "b"], ["a", "b"]),
        (QuestionType.SELECT_MULTIPLE, "b a", ["a", "b"]),
        (QuestionType.RANK, "b a", ["b", "a"]),
        (QuestionType.REFERENCE, RECORD.upper(), RECORD),
        (QuestionType.GEOPOINT, PLACE, PLACE),
        (QuestionType.GEOPOINT, {"lat": 1, "lon": 2}, {"lat": 1, "lon": 2, "accuracy": None}),
        (QuestionType.GEOTRACE, [PLACE], [PLACE]),
        (QuestionType.ACKNOWLEDGE, True, "OK"),
        (QuestionType.IMAGE, PHOTO.answer, PHOTO.answer),
        (QuestionType.FILE, PHOTO.answer, PHOTO.answer),
        (QuestionType.UNSUPPORTED, {"anything": [1]}, {"anything": [1]}),
        (QuestionType.TEXT, "   ", None),
        (QuestionType.TEXT, {"missing": "declined"}, {"missing": "declined"}),
    ],
)
def test_what_is_typed_is_read_as_its_type(
    kind: QuestionType, typed: Answer, expected: Answer
) -> None:
    reading = read_answer(FORM, question(kind), typed)

    assert reading.value == expected
    assert not reading.fault


@pytest.mark.parametrize(
    ("kind", "typed", "key"),
    [
        (QuestionType.TEXT, 5, "not_text"),
        (QuestionType.TEXT, "x" * 10_001, "too_long"),
        (QuestionType.INTEGER, "1.5", "not_integer"),
        (QuestionType.INTEGER, True, "not_integer"),
        (QuestionType.INTEGER, "1" * 400, "not_integer"),
        (QuestionType.DECIMAL, "many", "not_decimal"),
        (QuestionType.DECIMAL, math.inf, "not_decimal"),
        (QuestionType.DATE, "2023-02-29", "not_date"),
        (QuestionType.DATE, "yesterday", "not_date"),
        (QuestionType.TIME, "25:00", "not_time"),
        (QuestionType.DATE_TIME, "2024-05-01 14:30", "not_date_time"),
        (QuestionType.SELECT_ONE, "z", "not_choice"),
        (QuestionType.SELECT_MULTIPLE, ["a", "z"], "not_choice"),
        (QuestionType.SELECT_MULTIPLE, {"a": 1}, "not_choice"),
        (QuestionType.REFERENCE, "the neighbour", "not_reference"),
        (QuestionType.GEOPOINT, {"lat": 91, "lon": 0}, "not_place"),
        (QuestionType.GEOPOINT, {"lat": 1, "lon": 0, "accuracy": -1}, "not_place"),
        (QuestionType.GEOPOINT, "1 200", "not_place"),
        (QuestionType.IMAGE, "../secret", "not_file"),
        (QuestionType.AUDIO, PHOTO.answer, "not_file"),
        (QuestionType.NOTE, "x", "not_answer"),
        (QuestionType.TEXT, {"missing": "not_known"}, "no_not_known"),
        (QuestionType.TEXT, {"missing": "lost"}, "not_text"),
    ],
)
def test_what_the_type_does_not_take_is_refused_in_both_languages(
    kind: QuestionType, typed: Answer, key: str
) -> None:
    reading = read_answer(FORM, question(kind), typed)

    assert reading.key == key
    assert reading.fault.keys() == {"zh", "en"}
    assert reading.value is None


def test_a_range_keeps_within_its_ends() -> None:
    asked = question(QuestionType.RANGE, start="1", end="5")

    assert read_answer(FORM, asked, "3").value == 3
    assert read_answer(FORM, asked, 0).key == "too_small"
    assert read_answer(FORM, asked, 6).key == "too_large"


def test_a_checked_text_is_kept_in_its_normal_form() -> None:
    phone = question(QuestionType.TEXT, check="phone")
    id_number = question(QuestionType.TEXT, check="id_number")

    assert read_answer(FORM, phone, "+86 138-0000-0000").value == "13800000000"
    assert read_answer(FORM, id_number, "11010519491231002x").value == "11010519491231002X"


@pytest.mark.parametrize(
    ("kind", "sent", "key"),
    [
        (QuestionType.INTEGER, "12", "not_integer"),
        (QuestionType.DECIMAL, "1.5", "not_decimal"),
        (QuestionType.SELECT_MULTIPLE, "a b", "not_text"),
        (QuestionType.DATE, "2024-5-1", "not_text"),
    ],
)
def test_over_the_wire_nothing_is_guessed(kind: QuestionType, sent: Answer, key: str) -> None:
    assert read_sent(FORM, question(kind), sent).key == key


def test_over_the_wire_the_order_of_choices_says_nothing() -> None:
    assert not read_sent(FORM, question(QuestionType.SELECT_MULTIPLE), ["b", "a"]).fault


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(QuestionType), json_values)
def test_any_json_is_read_or_refused_and_reading_again_changes_nothing(
    kind: QuestionType, raw: Answer
) -> None:
    asked = question(kind)

    reading = read_answer(FORM, asked, raw)

    assert isinstance(as_text(reading.value), str)
    if not reading.fault:
        again = read_sent(FORM, asked, reading.value)
        assert not again.fault
        assert repr(again.value) == repr(reading.value)


@given(st.dates())
def test_every_day_is_read_back(day: date) -> None:
    written = f"{day.year:04}/{day.month}/{day.day}"

    assert read_answer(FORM, question(QuestionType.DATE), written).value == day.isoformat()


@given(st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1))
def test_every_whole_number_is_read_back(number: int) -> None:
    asked = question(QuestionType.INTEGER)

    assert read_answer(FORM, asked, str(number)).value == number
    assert read_sent(FORM, asked, number).value == number


def test_a_place_may_be_typed() -> None:
    form, point = FORM, question(QuestionType.GEOPOINT)

    read = read_answer(form, point, "31.5，120.3 4 8")

    assert read.value == {"lat": 31.5, "lon": 120.3, "alt": 4.0, "accuracy": 8.0}
