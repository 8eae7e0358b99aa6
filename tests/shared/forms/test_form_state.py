"""A form reacts to each answer: what is asked, what is owed, what is wrong, what is stored."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.model import Choice, Form, Group, Node, Question, QuestionType, Repeat
from shared.forms.plan import plan_of
from shared.forms.scope import Moment
from shared.forms.units import answers_of, units_of

NOW = Moment(datetime(2026, 3, 1, 12, tzinfo=UTC))


def asked(name: str, kind: QuestionType = QuestionType.TEXT, **more: object) -> Question:
    question = Question(name=name, path=f"/data/{name}", type=kind, unit=name)
    return msgspec.structs.replace(question, **more)


def form_of(*children: Node, **choices: tuple[Choice, ...]) -> Form:
    return Form(
        kind="household",
        id="household",
        version="1",
        title={"zh": "住户", "en": "Household"},
        languages=("zh", "en"),
        default_language="zh",
        children=children,
        choices=choices,
    )


TENURE = (Choice("own", {"zh": "自有"}), Choice("rented", {"zh": "租住"}))
LANDLORD = asked("landlord", relevant="/data/tenure = 'rented'", required="true()")
RENTED = form_of(
    asked("tenure", QuestionType.SELECT_ONE, choice_list="tenure"),
    LANDLORD,
    asked("landlord_phone", relevant="/data/landlord != ''", check="phone"),
    tenure=TENURE,
)


def visible(state: FormState) -> list[str]:
    return [asked.question.name for asked in state.visible()]


def test_an_answer_opens_the_questions_that_depend_on_it() -> None:
    state = FormState.fresh(RENTED, NOW)
    assert visible(state) == ["tenure"]

    touched = state.answer("tenure", "rented")

    assert visible(state) == ["tenure", "landlord"]
    assert touched == {"tenure", "landlord", "landlord_phone"}


def test_the_layout_has_a_place_for_what_is_not_asked_now() -> None:
    state = FormState.fresh(RENTED, NOW)

    placed = [one.question.name for page in state.layout() for one in page.questions]

    assert placed == ["tenure", "landlord", "landlord_phone"]
    assert visible(state) == ["tenure"]


def test_what_is_no_longer_relevant_stays_in_the_draft_and_out_of_the_record() -> None:
    state = FormState.fresh(RENTED, NOW, {"tenure": "rented", "landlord": "周琴"})
    assert visible(state) == ["tenure", "landlord", "landlord_phone"]

    state.answer("tenure", "own")

    assert visible(state) == ["tenure"]
    assert state.answers == {"tenure": "own", "landlord": "周琴"}
    assert state.units() == {"tenure": "own"}


def test_relevance_cascades_to_what_depended_on_what_is_hidden() -> None:
    state = FormState.fresh(RENTED, NOW, {"tenure": "rented", "landlord": "周琴"})
    state.answer("tenure", "own")

    state.answer("tenure", "rented")

    assert visible(state) == ["tenure", "landlord", "landlord_phone"]


def test_a_required_question_owes_an_answer_only_while_it_is_asked() -> None:
    state = FormState.fresh(RENTED, NOW, {"tenure": "rented"})
    assert state.unanswered() == ("landlord",)
    assert state.faults()["landlord"]["zh"] == "请填写这一项。"

    state.answer("tenure", "own")

    assert state.unanswered() == ()
    assert state.faults() == {}


def test_declined_is_an_answer() -> None:
    form = form_of(asked("phone", required="true()", check="phone", allow_declined=True))
    state = FormState.fresh(form, NOW)

    state.answer("phone", {"missing": "declined"})

    assert state.faults() == {}
    assert state.units() == {"phone": {"missing": "declined"}}


def test_a_constraint_says_what_is_wrong_in_the_form_s_own_words() -> None:
    message = {"zh": "最多 ${/data/most} 人。", "en": "At most ${/data/most}."}
    form = form_of(
        asked("most", QuestionType.INTEGER),
        asked(
            "count",
            QuestionType.INTEGER,
            constraint=". <= /data/most",
            constraint_message=message,
        ),
    )
    state = FormState.fresh(form, NOW, {"most": 4, "count": 5})
    assert state.question("count").fault == {"zh": "最多 4 人。", "en": "At most 4."}

    state.answer("most", 5)

    assert state.question("count").fault == {}
    assert state.units() == {"most": 5, "count": 5}


def test_an_answer_of_the_wrong_type_is_kept_as_typed_and_not_stored() -> None:
    form = form_of(asked("count", QuestionType.INTEGER))
    state = FormState.fresh(form, NOW)

    state.answer("count", "12a")

    assert state.answers == {"count": "12a"}
    assert state.question("count").fault["en"] == "Enter a whole number."
    assert state.units() == {}


def test_an_id_number_is_checked() -> None:
    form = form_of(asked("id_number", check="id_number"))
    state = FormState.fresh(form, NOW)

    state.answer("id_number", "110105194912310021")
    assert "校验位" in state.question("id_number").fault["zh"]
    state.answer("id_number", "11010519491231002X")

    assert state.faults() == {}


def test_a_calculation_follows_its_sources_through_other_calculations() -> None:
    form = form_of(
        asked("total", QuestionType.CALCULATE, calculation="/data/double + 1"),
        asked("double", QuestionType.CALCULATE, calculation="/data/n * 2"),
        asked("n", QuestionType.INTEGER),
    )
    state = FormState.fresh(form, NOW)

    state.answer("n", "4")

    assert state.units() == {"total": 9, "double": 8, "n": 4}


def test_a_calculated_date_is_a_date() -> None:
    form = form_of(
        asked("born", QuestionType.DATE),
        asked("week_old", QuestionType.DATE, calculation="/data/born + 7", readonly="true()"),
    )

    state = FormState.fresh(form, NOW, {"born": "2024-02-27"})

    assert state.question("week_old").value == "2024-03-05"
    assert state.question("week_old").readonly


def test_choices_follow_the_other_answers() -> None:
    houses = (
        Choice("h1", {"zh": "一号"}, {"street": "a"}),
        Choice("h2", {"zh": "二号"}, {"street": "b"}),
    )
    form = form_of(
        asked("street"),
        asked(
            "house",
            QuestionType.SELECT_ONE,
            choice_list="houses",
            choice_filter="street = /data/street",
        ),
        houses=houses,
    )
    state = FormState.fresh(form, NOW, {"street": "a", "house": "h1"})
    assert [choice.name for choice in state.question("house").choices] == ["h1"]
    assert state.faults() == {}

    state.answer("street", "b")

    assert [choice.name for choice in state.question("house").choices] == ["h2"]
    assert "h1" in state.question("house").fault["zh"]


def test_labels_show_the_answers_they_name() -> None:
    form = form_of(
        asked("name"), asked("phone", label={"zh": "${/data/name}的电话", "en": "Phone"})
    )
    state = FormState.fresh(form, NOW)

    touched = state.answer("name", "王芳")

    assert "phone" in touched
    assert state.question("phone").label == "王芳的电话"


def test_defaults_are_for_new_records_only() -> None:
    form = form_of(
        asked("mode", default="door"),
        asked("day", QuestionType.DATE, default_expression="today()"),
        asked("later", QuestionType.DATE, default_expression="/data/day + 1"),
    )

    assert FormState.fresh(form, NOW, {"mode": "phone"}).answers == {
        "mode": "phone",
        "day": "2026-03-01",
        "later": "2026-03-02",
    }
    assert FormState.of_record(form, {}, NOW).answers == {}
    assert FormState(form, {}, NOW).answers == {}


def test_a_form_opened_and_left_changes_nothing() -> None:
    units: dict[str, Answer] = {"tenure": "rented", "landlord": "周琴", "unknown": [1]}

    assert FormState.of_record(RENTED, units, NOW).edits(units) == {}


def test_only_what_really_changed_is_an_edit() -> None:
    units: dict[str, Answer] = {"tenure": "rented", "landlord": "周琴"}
    state = FormState.of_record(RENTED, units, NOW)

    state.answer("landlord", "李雷")
    state.answer("tenure", "own")
    state.answer("tenure", "rented")

    assert state.edits(units) == {"landlord": "李雷"}


def test_an_answer_that_lost_its_relevance_is_cleared_but_not_one_that_never_had_it() -> None:
    rented: dict[str, Answer] = {"tenure": "rented", "landlord": "周琴"}
    owned: dict[str, Answer] = {"tenure": "own", "landlord": "周琴"}
    state = FormState.of_record(RENTED, rented, NOW)
    untouched = FormState.of_record(RENTED, owned, NOW)

    state.answer("tenure", "own")

    assert state.edits(rented) == {"tenure": "own", "landlord": None}
    assert untouched.edits(owned) == {}


def test_a_wrong_answer_never_clears_the_right_one_before_it() -> None:
    units: dict[str, Answer] = {
        "tenure": "rented",
        "landlord": "周",
        "landlord_phone": "13800000000",
    }
    state = FormState.of_record(RENTED, units, NOW)

    state.answer("landlord_phone", "138")

    assert state.faults()
    assert state.edits(units) == {}


def test_order_of_codes_is_no_edit() -> None:
    marks = (Choice("a", {}), Choice("b", {}))
    form = form_of(asked("marks", QuestionType.SELECT_MULTIPLE, choice_list="marks"), marks=marks)
    units: dict[str, Answer] = {"marks": ["b", "a"]}

    assert FormState.of_record(form, units, NOW).edits(units) == {}


def test_calculations_alone_make_no_edit() -> None:
    form = form_of(asked("name"), asked("day", QuestionType.CALCULATE, calculation="today()"))
    units: dict[str, Answer] = {"name": "王芳", "day": "2025-01-01"}
    state = FormState.of_record(form, units, NOW)
    assert state.edits(units) == {}

    state.answer("name", "王方")

    assert state.edits(units) == {"name": "王方", "day": "2026-03-01"}


def test_what_was_wrong_before_does_not_keep_anyone_from_saving_something_else() -> None:
    form = form_of(asked("name", required="true()"), asked("phone", check="phone"))
    units: dict[str, Answer] = {"phone": "123"}
    state = FormState.of_record(form, units, NOW)
    assert state.unanswered() == ("name",)
    assert state.faults() == {}

    state.answer("phone", "124")

    assert list(state.faults()) == ["phone"]


def test_a_draft_of_a_record_goes_on_where_it_was_left() -> None:
    units: dict[str, Answer] = {"tenure": "rented", "landlord": "周琴"}
    before = FormState.of_record(RENTED, units, NOW)
    before.answer("tenure", "own")

    state = FormState.of_record(RENTED, units, NOW, draft=before.answers)

    assert state.answers == before.answers
    assert state.edits(units) == {"tenure": "own", "landlord": None}


def test_a_question_that_is_switched_off_is_not_asked_and_its_answer_left_alone() -> None:
    form = form_of(asked("name"), asked("ethnicity", on=False))
    units: dict[str, Answer] = {"name": "王芳", "ethnicity": "01"}
    state = FormState.of_record(form, units, NOW)

    state.answer("name", "王方")

    assert visible(state) == ["name"]
    assert state.edits(units) == {"name": "王方"}


def test_a_unit_of_several_questions_is_stored_as_one_object() -> None:
    form = form_of(asked("born", QuestionType.DATE, unit="birth"), asked("estimated", unit="birth"))
    state = FormState.fresh(form, NOW, {"born": "1990-01-01", "estimated": "yes"})

    units = state.units()

    assert units == {"birth": {"born": "1990-01-01", "estimated": "yes"}}
    assert answers_of(form, units) == {"born": "1990-01-01", "estimated": "yes"}


def test_the_answers_of_a_repeat_pass_through_untouched() -> None:
    form = form_of(asked("name"), Repeat(name="car", path="/data/car", unit="car"))
    units: dict[str, Answer] = {"name": "王芳", "car": [{"plate": "苏B"}]}
    state = FormState.of_record(form, units, NOW)

    state.answer("name", "王方")

    assert state.edits(units) == {"name": "王方"}


def test_groups_at_the_top_are_pages_and_a_hidden_group_hides_its_questions() -> None:
    rental = Group(
        name="rental",
        path="/data/rental",
        label={"zh": "出租"},
        relevant="/data/tenure = 'rented'",
        children=(asked("landlord", path="/data/rental/landlord"),),
    )
    form = form_of(asked("tenure"), rental, asked("note"))
    state = FormState.fresh(form, NOW)
    assert [(page.name, page.label) for page in state.pages()] == [("", "住户")]

    touched = state.answer("tenure", "rented")

    assert touched == {"tenure", "landlord"}
    assert [(page.name, page.label) for page in state.pages()] == [
        ("", "住户"),
        ("rental", "出租"),
        ("", "住户"),
    ]


def test_a_form_in_a_circle_still_ends() -> None:
    form = form_of(
        asked("a", QuestionType.CALCULATE, calculation="/data/b + 1"),
        asked("b", QuestionType.CALCULATE, calculation="/data/a + 1"),
        asked("c"),
    )

    state = FormState.fresh(form, NOW)
    state.answer("c", "x")

    assert plan_of(form).cycles == ("a", "b")
    assert state.units()["c"] == "x"


def test_an_unknown_question_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        FormState.fresh(RENTED, NOW).answer("nobody", 1)


def test_a_record_is_named_by_its_form() -> None:
    form = msgspec.structs.replace(form_of(asked("name")), instance_name="concat(/data/name, '户')")

    assert FormState(form, {"name": "王芳"}, NOW).instance_name() == "王芳户"


@given(st.dictionaries(st.sampled_from(["tenure", "landlord", "landlord_phone"]), st.text()))
def test_answers_in_any_order_come_to_the_same(answers: dict[str, str]) -> None:
    at_once = FormState(RENTED, answers, NOW)
    forwards, backwards = FormState(RENTED, {}, NOW), FormState(RENTED, {}, NOW)
    for name, answer in answers.items():
        forwards.answer(name, answer)
    for name, answer in reversed(answers.items()):
        backwards.answer(name, answer)

    assert at_once.visible() == forwards.visible() == backwards.visible()
    assert at_once.units() == forwards.units() == backwards.units()


@given(st.dictionaries(st.sampled_from(["tenure", "landlord", "landlord_phone"]), st.text()))
def test_units_and_answers_turn_into_each_other(answers: dict[str, str]) -> None:
    units = FormState(RENTED, answers, NOW).units()

    assert units_of(RENTED, answers_of(RENTED, units)) == units
