"""For any form and any answers, phone and server come to the same verdict."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.model import Choice, Form, Group, Node, Question, QuestionType, Repeat
from shared.forms.scope import Moment
from shared.forms.validation import check_units
from tests.server.forms.bench_of_forms import NOW

MOMENT = Moment(NOW)
LIST = tuple(Choice(code, {"zh": code}) for code in "abc")
TYPES = (
    QuestionType.TEXT, QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.DATE,
    QuestionType.TIME, QuestionType.SELECT_ONE, QuestionType.SELECT_MULTIPLE, QuestionType.RANK,
    QuestionType.GEOPOINT, QuestionType.ACKNOWLEDGE, QuestionType.CALCULATE,
)  # fmt: skip
CONSTRAINTS = ("", ". != 'x'", ". < 10", "string-length(.) < 4", "selected(., 'a')", ". <= today()")
RAW = st.one_of(
    st.none(), st.booleans(), st.integers(-20, 20), st.floats(allow_nan=True), st.text(max_size=6),
    st.sampled_from(["a", "b a", "2024-02-30", "2024-02-29", "12:61", "1,2", "x", "７", "1 2 3 4"]),
    st.lists(st.sampled_from("abcd"), max_size=3),
    st.fixed_dictionaries({"lat": st.floats(-95, 95), "lon": st.just(120.0)}),
    st.sampled_from([{"missing": "declined"}, {"missing": "not_known"}, {"missing": 1}]),
)  # fmt: skip


@st.composite
def questions(draw: st.DrawFn, count: int, under: str) -> tuple[Question, ...]:
    made = []
    for place in range(count):
        name = f"{under.strip('/').replace('/', '_')}_{place}"
        asked = draw(st.sampled_from(TYPES))
        other = f"{under}/{under.strip('/').replace('/', '_')}_{max(place - 1, 0)}"
        rule = f"{other} != '' and {other} != '5'"
        sums = f"concat({other}, '!')" if place else "'!'"
        made.append(
            Question(
                name=name,
                path=f"{under}/{name}",
                type=asked,
                unit=name,
                choice_list="list",
                constraint=draw(st.sampled_from(CONSTRAINTS)),
                relevant=rule if place and draw(st.booleans()) else "",
                required="true()" if draw(st.booleans()) else "",
                calculation=sums if asked is QuestionType.CALCULATE else "",
                allow_declined=draw(st.booleans()),
            )
        )
    return tuple(made)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    children: list[Node] = [*draw(questions(4, "/data"))]
    inner = draw(questions(2, "/data/g"))
    children.append(Group(name="g", path="/data/g", relevant="/data/data_0 != ''", children=inner))
    rows = draw(questions(3, "/data/r"))
    children.append(Repeat(name="r", path="/data/r", unit="r", children=rows))
    return Form(
        kind="x",
        id="x",
        version="1",
        title={},
        languages=("zh",),
        default_language="zh",
        children=tuple(children),
        choices={"list": LIST},
    )


def filled(form: Form, data: st.DataObject) -> FormState:
    state = FormState.fresh(form, MOMENT)
    for _ in range(data.draw(st.integers(0, 2))):
        state.add("r")
    keys = [one.key for one in state.all_questions()]
    for key in data.draw(st.lists(st.sampled_from(keys), max_size=12)):
        state.answer(key, data.draw(RAW))
    return state


@settings(max_examples=150, deadline=None)
@given(forms(), st.data())
def test_what_a_phone_would_store_the_server_takes(form: Form, data: st.DataObject) -> None:
    state = filled(form, data)

    assert check_units(form, state.units(), MOMENT) == []


@settings(max_examples=150, deadline=None)
@given(forms(), st.data())
def test_what_a_phone_finds_wrong_the_server_finds_wrong(form: Form, data: st.DataObject) -> None:
    state = filled(form, data)

    for one in state.visible():
        if one.fault and "[" not in one.key and one.question.type is not QuestionType.CALCULATE:
            assert check_units(form, {one.question.unit: one.answer}, MOMENT), one


@settings(max_examples=100, deadline=None)
@given(forms(), st.data())
def test_a_draft_opened_again_stands_as_it_was_left(form: Form, data: st.DataObject) -> None:
    state = filled(form, data)

    again = FormState(form, state.answers, MOMENT)

    assert again.answers == state.answers
    assert again.units() == state.units()
    assert again.faults() == state.faults()
    values: dict[str, Answer] = {one.key: one.value for one in state.visible()}
    assert {one.key: one.value for one in again.visible()} == values
