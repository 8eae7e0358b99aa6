"""The server says of a change's answers what the phone would have said."""

from datetime import UTC, datetime

import msgspec
import pytest

from shared.changes import Answer
from shared.forms.model import Choice, Form, Question, QuestionType, Repeat
from shared.forms.scope import Moment
from shared.forms.validation import check_units

NOW = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))


def asked(name: str, kind: QuestionType = QuestionType.TEXT, **more: object) -> Question:
    question = Question(name=name, path=f"/data/{name}", type=kind, unit=name)
    return msgspec.structs.replace(question, **more)


FORM = Form(
    kind="household",
    id="household",
    version="1",
    title={},
    languages=("zh", "en"),
    default_language="zh",
    children=(
        asked("name", allow_declined=True),
        asked("count", QuestionType.INTEGER, constraint=". >= 0 and . <= 20"),
        asked("most", QuestionType.INTEGER, constraint=". >= /data/count"),
        asked("tenure", QuestionType.SELECT_ONE, choice_list="tenure"),
        asked("phone", check="phone"),
        asked("id_number", check="id_number"),
        asked("born", QuestionType.DATE, unit="birth", constraint=". <= today()"),
        asked("estimated", unit="birth"),
        Repeat(
            name="car",
            path="/data/car",
            unit="car",
            children=(asked("doors", QuestionType.INTEGER, path="/data/car/doors"),),
        ),
    ),
    choices={"tenure": (Choice("own", {"zh": "自有"}),)},
)


@pytest.mark.parametrize(
    "units",
    [
        {"name": "王芳", "count": 4, "tenure": "own", "phone": "13800000000"},
        {"name": {"missing": "declined"}},
        {"name": None, "count": None, "birth": None},
        {"birth": {"born": "1990-01-01"}},
        {"birth": {"born": "1990-01-01", "estimated": None}},
        {"most": 0},
        {"car": [{"doors": 4, "wheels": "many"}]},
        {"a_unit_of_a_newer_form": {"anything": [1, None]}},
        {"@grid": [None, "g1"]},
    ],
)
def test_good_answers_and_unknown_units_are_no_problem(units: dict[str, Answer]) -> None:
    assert check_units(FORM, units, NOW) == []


@pytest.mark.parametrize(
    ("units", "question", "key"),
    [
        ({"name": 5}, "name", "not_text"),
        ({"count": "4"}, "count", "not_integer"),
        ({"count": 21}, "count", "constraint"),
        ({"count": {"missing": "declined"}}, "count", "no_decline"),
        ({"tenure": "castle"}, "tenure", "not_choice"),
        ({"phone": "138"}, "phone", "bad_phone"),
        ({"id_number": "110105194912310021"}, "id_number", "bad_id_number"),
        ({"birth": {"born": "2026-03-02"}}, "born", "constraint"),
        ({"birth": "1990-01-01"}, "born", "not_object"),
    ],
)
def test_each_wrong_answer_is_named_with_words(
    units: dict[str, Answer], question: str, key: str
) -> None:
    (problem,) = check_units(FORM, units, NOW)

    assert (problem.question, problem.key) == (question, key)
    assert problem.unit in units
    assert problem.words.keys() == {"zh", "en"}


def test_problems_come_in_the_order_of_the_form() -> None:
    found = check_units(FORM, {"phone": "1", "name": 1, "count": 99}, NOW)

    assert [problem.unit for problem in found] == ["name", "count", "phone"]


ROSTER = Repeat(
    name="member",
    path="/data/member",
    unit="member",
    children=(
        Question(name="name", path="/data/member/name", type=QuestionType.TEXT, unit="name"),
        Question(
            name="age",
            path="/data/member/age",
            type=QuestionType.INTEGER,
            unit="age",
            constraint=". < 150",
        ),
    ),
)


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([{"name": "李芳", "age": 40}, {}], []),
        ([{"name": "李芳", "new": 1}], []),
        ([{"age": "40"}], ["not_integer"]),
        ([{"age": 200}, {"age": 1}], ["constraint"]),
        ({"name": "李芳"}, ["not_list"]),
        (["李芳"], ["not_list"]),
        ("李芳", ["not_list"]),
    ],
)
def test_the_instances_of_a_repeat_are_judged_one_by_one(rows: Answer, keys: list[str]) -> None:
    form = msgspec.structs.replace(FORM, children=(ROSTER,))

    found = check_units(form, {"member": rows}, NOW)

    assert [problem.key for problem in found] == keys
    assert {problem.unit for problem in found} <= {"member"}
