"""What an XLSForm says is what happens, from the spreadsheet to the answer."""

import pytest

from server.forms.problems import FormRefusedError
from shared.changes import Answer
from shared.forms.logic import FormState
from shared.forms.scope import Moment
from tests.server.forms.bench_of_forms import NOW, filled, form_of, values

ONE = "| | type | name | label | calculation |\n"


def worth(calculation: str, rows: str = "", **answers: Answer) -> Answer:
    """What a calculation comes to."""
    sheet = f"{ONE}{rows}| | calculate | worth | | {calculation} |\n"
    state = filled(sheet, answers)
    return state.question("worth").value


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        ("pow(2, 10)", 1024),
        ("pow(0, -1)", None),
        ("abs(-2.5)", 2.5),
        ("round(2.345, 2)", 2.35),
        ("int(7.9)", 7),
        ("floor(-1.5) + ceiling(1.2)", 0),
        ("sqrt(16)", 4),
        ("sqrt(-1)", None),
        ("concat('a', 1 + 1, true())", "a2true"),
        ("join('-', 'a', 'b', '')", "a-b-"),
        ("if(1 > 2, 'x', if(true(), 'y', 'z'))", "y"),
        ("coalesce('', coalesce('', 'c'))", "c"),
        ("substr('你好世界', 1, 3)", "好世"),
        ("string-length('你好')", 2),
        ("regex('苏B·12345', '.{2}·\\w{5}')", "true"),
        ("boolean-from-string('True')", "true"),
        ("not(false()) and 1", "true"),
        ("decimal-date-time('1970-01-03T12:00:00.000+08:00')", 2.5),
        ("decimal-time('06:00:00.000+08:00')", 0.25),
        ("format-date('2024-05-01', '%Y/%n/%e %a')", "2024/5/1 周三"),
        ("format-date-time('2024-05-01T14:05:09.000+08:00', '%H:%M:%S')", "14:05:09"),
        ("date('2024-02-28') + 2", 19783),
        ("today() - date('2026-02-01')", 28),
        ("format-date(now(), '%H:%M')", "09:30"),
        ("checklist(1, 2, true(), false(), true())", "true"),
        ("weighted-checklist(3, -1, true(), 2, false(), 5)", "false"),
        ("number('abc') = number('abc')", "false"),
        ("'' < 3 or '' > 3 or '' = 0", "false"),
        ("1 div 0 > 5", "true"),
        ("distance('39.9 116.4 0 0; 39.9 116.4 0 0')", 0),
        ("area('0 0; 0 0.001; 0.001 0.001; 0.001 0')", 12391.6),
        ("geofence('1 1', '0 0; 0 2; 2 2; 2 0')", "true"),
        ("geofence('3 1', '0 0; 0 2; 2 2; 2 0')", "false"),
        ("distance('nowhere', 'at all')", None),
        ("version()", None),
    ],
)
def test_functions_of_the_field(calculation: str, expected: Answer) -> None:
    found = worth(calculation)

    if isinstance(found, float):
        assert found == pytest.approx(expected, rel=1e-4)
    else:
        assert found == expected


def test_the_way_between_two_places_is_metres() -> None:
    found = worth("distance('31.5 120.3', '31.5 120.31')")

    assert isinstance(found, float)
    assert 945 < found < 955


def test_chance_stays_the_same_for_one_question_of_one_record() -> None:
    rows = "| | calculate | other | | random() |\n| | text | a | A | |\n"
    form = form_of(
        f"{ONE}{rows}| | calculate | worth | | random() |\n| | calculate | id | | uuid() |\n"
    )
    states = [FormState.fresh(form, Moment(NOW, "zh", seed)) for seed in ("one", "one", "two")]
    for state in states:
        state.answer("a", "x")

    first, same, different = (values(state) for state in states)
    assert first == same
    assert first["worth"] not in (first["other"], different["worth"])
    assert 0 <= float(str(first["worth"])) < 1
    assert first["id"] != different["id"]
    assert len(str(first["id"])) == 36


def test_once_keeps_its_first_value_and_today_does_not() -> None:
    state = filled(f"{ONE}| | text | a | A | |\n| | calculate | first | | once(${{a}}) |", a="x")

    state.answer("a", "y")

    assert state.question("first").value == "x"


def test_an_answer_sets_off_another_when_it_changes_and_only_then() -> None:
    sheet = """
| | type | name | label | calculation | trigger |
| | text | name | 姓名 | | |
| | dateTime | named | 何时填写 | now() | ${name} |
| | text | nick | 称呼 | concat(${name}, '老师') | ${name} |
| | calculate | times | | coalesce(${times}, 0) + 1 | ${nick} |
"""
    state = filled(sheet)
    assert values(state) == {}

    state.answer("name", "王")

    assert state.question("nick").value == "王老师"
    assert str(state.question("named").value).startswith("2026-03-01T09:30")
    state.answer("nick", "小王")  # what was set can be written over
    assert state.question("nick").value == "小王"
    assert state.question("times").value == 2
    again = FormState(state.form, state.answers, Moment(NOW))
    assert again.question("nick").value == "小王"


def test_dynamic_defaults_are_made_once() -> None:
    state = filled(
        "| | type | name | label | default |\n| | date | day | D | today() - 1 |\n"
        "| | text | t | T | a-b |"
    )

    assert values(state) == {"day": "2026-02-28", "t": "a-b"}
    state.answer("day", None)
    assert values(state) == {"t": "a-b"}


PRICES = "name,label,label::en,price\napple,苹果,Apple,3.5\npear,梨,Pear,2\n".encode()
FRUIT = """
| | type | name | label::中文 (zh) | label::English (en) | calculation | choice_filter |
| | select_one_from_file fruits.csv | fruit | 水果 | Fruit | | price < 3 or ${all} = 'yes' |
| | text | all | 全部 | All | | |
| | calculate | price | | | pulldata('fruits', 'price', 'name', ${fruit}) | |
| | calculate | dear | | | count(instance('fruits')/root/item[price > 3]) | |
| | calculate | sex | | | pulldata('codes_sex', 'zh', 'name', '2') | |
"""


def test_choices_and_prices_come_from_a_file() -> None:
    form = form_of(FRUIT, {"fruits.csv": PRICES})
    state = FormState.fresh(form, Moment(NOW, "en"))
    assert [choice.name for choice in state.question("fruit").choices] == ["pear"]

    state.answer("all", "yes")
    state.answer("fruit", "apple")

    fruits = state.question("fruit").choices
    assert [form.words(choice.label, "en") for choice in fruits] == ["Apple", "Pear"]
    assert [form.words(choice.label, "zh") for choice in fruits] == ["苹果", "梨"]
    assert values(state)["price"] == "3.5"
    assert values(state)["dear"] == 1
    assert values(state)["sex"] == "女"


def test_a_choice_is_named_in_the_reader_s_language_also_inside_a_repeat() -> None:
    sheet = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | calculation |
| | begin repeat | room | 房间 | Room | |
| | select_multiple use | use | 用途 | Use | |
| | calculate | said | | | jr:choice-name(${use}, '${use}') |
| | calculate | first | | | jr:choice-name(selected-at(${use}, 0), '${use}') |
| | end repeat | | | | |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | use | live | 居住 | Living |
| | use | shop | 店铺 | Shop |
"""
    form = form_of(sheet)

    for language, expected in (("zh", "居住, 店铺"), ("en", "Living, Shop")):
        state = FormState.fresh(form, Moment(NOW, language))
        state.answer(f"{state.add('room')}/use", ["shop", "live"])
        assert state.question("room[1]/said").value == expected


def test_shuffled_choices_stay_in_their_order_while_the_form_is_open() -> None:
    sheet = """
| survey |
| | type | name | label | parameters |
| | select_one l | a | A | randomize=true |
| | select_one l | b | B | randomize=true, seed=42 |
| | text | c | C | |
| choices |
| | list_name | name | label |
""" + "".join(f"| | l | n{n} | {n} |\n" for n in range(9))
    form = form_of(sheet)
    orders = set()
    for seed in "123":
        state = FormState.fresh(form, Moment(NOW, "zh", seed))
        before = offered(state, "a"), offered(state, "b")
        state.answer("c", "x")
        assert (offered(state, "a"), offered(state, "b")) == before
        orders.add(before)

    assert len({a for a, _ in orders}) == 3
    assert len({b for _, b in orders}) == 1
    assert set(min(orders)[1]) == {f"n{n}" for n in range(9)}


def offered(state: FormState, name: str) -> tuple[str, ...]:
    return tuple(choice.name for choice in state.question(name).choices)


def test_relevance_goes_through_several_questions_and_groups() -> None:
    sheet = """
| | type | name | label | relevant |
| | text | a | A | |
| | begin group | g | G | ${a} = 'yes' |
| | integer | b | B | |
| | begin group | h | H | ${b} > 2 |
| | text | c | C | |
| | end group | | | |
| | end group | | | |
| | text | d | D | ${c} != '' |
"""
    state = filled(sheet, a="yes", b=3, c="x", d="last")
    assert state.units() == {"a": "yes", "b": 3, "c": "x", "d": "last"}

    state.answer("a", "no")
    assert state.units() == {"a": "no"}
    state.answer("a", "yes")
    assert state.units() == {"a": "yes", "b": 3, "c": "x", "d": "last"}
    state.answer("b", 2)
    assert state.units() == {"a": "yes", "b": 2}


@pytest.mark.parametrize(
    "text", ['说"好"', "O'Brien", "a<b&c", "${x}", "  两头  空格 ", "𠮷", "100%"]
)
def test_odd_characters_are_compared_and_shown_as_they_are(text: str) -> None:
    sheet = """
| | type | name | label | relevant | calculation |
| | text | a | A | | |
| | note | b | 您写的是：${a} | ${a} != '' | |
| | calculate | c | | | concat(${a}, '!') |
"""
    state = filled(sheet, a=text)

    assert state.question("b").label == f"您写的是：{text.strip()}"
    assert state.question("c").value == f"{text.strip()}!"


def test_a_message_may_show_answers() -> None:
    sheet = """
| | type | name | label | constraint | constraint_message | required | required_message |
| | integer | most | 最多 | | | | |
| | integer | n | 人数 | . <= ${most} | 最多 ${most} 人。 | ${most} > 0 | 请填人数。 |
"""
    state = filled(sheet, most=3)
    assert state.faults()["n"]["default"] == "请填人数。"

    state.answer("n", 5)

    assert state.faults()["n"]["default"] == "最多 3 人。"


def test_readonly_may_depend_on_an_answer() -> None:
    sheet = """
| | type | name | label | read_only |
| | text | a | A | |
| | text | b | B | ${a} = '1' |
"""
    state = filled(sheet)
    assert not state.question("b").readonly

    state.answer("a", "1")

    assert state.question("b").readonly


def test_a_missing_or_broken_file_is_said_with_its_row() -> None:
    for files, why in (
        ({}, 'survey, row 2, column "type": The file "fruits.csv" is missing'),
        ({"fruits.csv": b"name,name\n"}, 'The file "fruits.csv" cannot be used: its first row'),
        ({"fruits.csv": b"code,label\n1,2\n"}, 'The file "fruits.csv" has no column "name"'),
    ):
        with pytest.raises(FormRefusedError) as refused:
            form_of(FRUIT, files)
        assert any(why in one.sentence("en") for one in refused.value.problems)
