"""Expressions mean what the author of an XLSForm expects them to mean."""

from datetime import datetime, timedelta, timezone

import pytest

from shared.forms.casts import Value
from shared.forms.expressions import expression
from shared.forms.grammar import EXPRESSION_CHARS_MAX, ExpressionError
from shared.forms.instance import Element, element_at
from shared.forms.model import Choice, Form, Question, QuestionType
from shared.forms.references import references
from shared.forms.scope import Moment, Scope, Tables, World

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 3, 1, 23, 30, tzinfo=CHINA)
STREETS = (
    Choice("s1", {"zh": "一街", "en": "First Street"}, {"town": "a"}),
    Choice("s2", {"zh": "二街", "en": "Second Street"}, {"town": "b"}),
)
FORM = Form(
    kind="household",
    id="household",
    version="7",
    title={},
    languages=("zh", "en"),
    default_language="zh",
    children=(
        Question(
            name="street",
            path="/data/street",
            type=QuestionType.SELECT_ONE,
            unit="street",
            choice_list="streets",
        ),
    ),
    choices={"streets": STREETS},
)
ANSWERS = {
    "/data/street": "s1",
    "/data/number": "5",
    "/data/empty": "",
    "/data/born": "2020-02-29",
    "/data/chosen": "a b c",
    "/data/word": "门牌 3-1",
    "/data/town": "b",
}


def value(text: str, here: str = "/data/number", language: str = "zh") -> Value:
    root = Element("")
    for path, answer in ANSWERS.items():
        element_at(root, path).text = answer
    element = element_at(root, here)
    world = World(FORM, root, Tables(FORM), Moment(NOW, language))
    return expression(text).evaluate(Scope(world, element, element))


def texts(text: str) -> list[str]:
    found = value(text)
    assert isinstance(found, tuple)
    return [element.value for element in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data/number + 1", 6.0),
        ("-/data/number * 2", -10.0),
        ("7 div 2", 3.5),
        ("7 mod 3", 1.0),
        ("-7 mod 3", -1.0),
        ("1 div 0", float("inf")),
        ("(1 + 2) * 3", 9.0),
        ("/data/number = 5", True),
        ("/data/number = '5'", True),
        ("/data/number != ''", True),
        ("/data/empty = ''", True),
        (". >= 5 and . < 10", True),
        (". < 5 or /data/empty != ''", False),
        ("true() = 'x'", True),
    ],
)
def test_operators_compute_and_compare(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("text", ["/data/empty > 3", "/data/empty < 3", "/data/word > 0"])
def test_what_is_no_number_is_neither_greater_nor_smaller(text: str) -> None:
    assert value(text) is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if(/data/number > 3, 'many', 'few')", "many"),
        ("string(coalesce(/data/empty, /data/number))", "5"),
        ("selected(/data/chosen, 'b')", True),
        ("selected(/data/chosen, 'bc')", False),
        ("selected-at(/data/chosen, 2)", "c"),
        ("selected-at(/data/chosen, 9)", ""),
        ("count-selected(/data/chosen)", 3.0),
        ("concat(/data/number, '号', 1.5)", "5号1.5"),
        ("join('、', /data/street, 'x')", "s1、x"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -2)", "lo"),
        ("substring-before('3-1-02', '-')", "3"),
        ("substring-after('3-1-02', '-')", "1-02"),
        ("contains(/data/word, '门牌')", True),
        ("starts-with(/data/word, '门')", True),
        ("ends-with(/data/word, '1')", True),
        ("string-length(/data/word)", 6.0),
        ("normalize-space('  a   b ')", "a b"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("regex('13800000000', '1[3-9]\\d{9}')", True),
        ("regex('138000000001', '1[3-9]\\d{9}')", False),
        ("regex('a', '[')", False),
        ("number('12.50')", 12.5),
        ("int(-7.9)", -7.0),
        ("round(2.5)", 3.0),
        ("round(1.255, 2)", 1.26),
        ("abs(-3)", 3.0),
        ("not(/data/empty)", True),
        ("boolean-from-string('1')", True),
        ("count(/data/*)", 7.0),
        ("count-non-empty(/data/*)", 6.0),
        ("sum(/data/number)", 5.0),
        ("max(2, /data/number, 3)", 5.0),
        ("min(2, /data/number, 3)", 2.0),
        ("once('x')", "5"),
        ("version()", "7"),
        ("position(.)", 1.0),
    ],
)
def test_functions_answer(text: str, expected: Value) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today()", "2026-03-01"),
        ("now()", "2026-03-01T23:30:00.000+08:00"),
        ("today() - /data/born", 2192.0),
        ("/data/born < today()", True),
        ("/data/born <= '2020-02-28'", False),
        ("date(18321)", "2020-02-29"),
        ("date(/data/born + 1)", "2020-03-01"),
        ("date('nonsense')", ""),
        ("format-date(/data/born, '%Y年%n月%e日 %a %b %%')", "2020年2月29日 周六 2月 %"),
        ("format-date-time('2020-01-05T08:03:09+08:00', '%H:%M:%S')", "08:03:09"),
        ("decimal-date-time('2020-01-01T12:00:00+08:00')", 18262.5),
        ("date-time('2020-01-01')", "2020-01-01T00:00:00+08:00"),
    ],
)
def test_dates_count_as_days_in_the_town_s_own_time(text: str, expected: Value) -> None:
    assert value(text) == expected


def test_dates_and_choices_read_in_the_language_of_the_reader() -> None:
    assert value("format-date(/data/born, '%a %b')", language="en") == "Sat Feb"
    assert value("jr:choice-name(/data/street, '/data/street')", language="en") == "First Street"
    assert value("jr:choice-name('s2', ' /data/street ')") == "二街"


def test_tables_are_searched_by_predicates() -> None:
    found = texts("instance('streets')/root/item[town = /data/town]/name")

    assert found == ["s2"]
    assert texts("instance('streets')/root/item[2]/name") == ["s2"]
    assert texts("instance('nowhere')/root/item/name") == []


def test_relative_paths_start_at_the_question() -> None:
    assert texts("../street") == ["s1"]
    assert texts("current()/../town") == ["b"]


@pytest.mark.parametrize(
    "text",
    ["/data/a +", "uuid(", "1 ; 2", "", "a b", "'open", "nothing(1)", "if(1, 2)", "jr:nothing(1)"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"."):
        expression(text)


@pytest.mark.parametrize("text", ["//name", "@id", "$x", "child::a"])
def test_what_forms_do_not_use_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError, match="not something that a form can use"):
        expression(text)


def test_an_endless_expression_is_refused() -> None:
    with pytest.raises(ExpressionError, match="nested"):
        expression("(" * 3_000)
    with pytest.raises(ExpressionError, match="characters"):
        expression("1" * (EXPRESSION_CHARS_MAX + 1))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data/a + ../n", {"/data/a", "/data/g/n"}),
        (". > 5", {"/data/g/q"}),
        ("/data/g/*", {"/data/g/*"}),
        (
            "if(selected(/data/a, 'x'), 1, jr:choice-name(/data/b, '/data/c'))",
            {"/data/a", "/data/b"},
        ),
        (
            "instance('l')/root/item[parent = /data/a and x = current()/../y]/name",
            {"/data/a", "/data/g/y"},
        ),
        ("count(/data/r[name = 'x'])", {"/data/r", "/data/r/name"}),
    ],
)
def test_an_expression_names_the_places_it_reads(text: str, expected: set[str]) -> None:
    assert references(text, "/data/g/q") == expected


def test_a_choice_filter_reads_only_what_is_outside_its_table() -> None:
    assert references("town = /data/town", "/data/street", in_table=True) == {"/data/town"}
