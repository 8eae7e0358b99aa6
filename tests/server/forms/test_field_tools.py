"""What those who know ODK Collect, Enketo and KoboToolbox expect of a form, and get."""

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import Workbook

from server.forms.compiler import CompiledForm, compile_form
from server.forms.problems import FormRefusedError
from server.forms.publishing import compiled as published_form
from server.forms.trial import Tried, UnknownPathError, try_form
from server.register.published import Source
from shared.changes import Answer

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
Answers = dict[str, Answer]


def compiled(sheets: str, files: dict[str, bytes] | None = None) -> CompiledForm:
    document = sheets.strip("\n")
    survey = document if document.startswith("| survey") else f"| survey |\n{document}"
    return compile_form(survey.encode(), ".md", "record", files or {})


def tried(
    sheets: str, answers: Answers, language: str = "", files: dict[str, bytes] | None = None
) -> dict[str, Tried]:
    form = compiled(sheets, files).form
    return {one.path: one for one in try_form(form, answers, language=language, now=NOW)}


def worth(calculation: str, kind: str = "calculate") -> Answer:
    rows = f"| | type | name | label | calculation |\n| | {kind} | c | C | {calculation} |"
    return tried(rows, {})["c"].value


@pytest.mark.parametrize(
    ("calculation", "expected"),
    [
        ("sum('')", 0),
        ("max(3, '', 7)", 7),
        ("min('')", None),
        ("int(-1.5)", -1),
        ("round(-2.5)", -2),
        ("1 div 0", None),
        ("number('x') + 1", None),
        ("10 div 5", 2),
        ("substr('hello', -3)", "llo"),
        ("substring('hello', 2, 3)", "ell"),
        ("regex('abc', 'b')", "false"),
        ("count-selected('')", 0),
        ("selected('ab b', 'a')", "false"),
        ("boolean-from-string('yes')", "false"),
        ("if('' > 3, 'y', 'n')", "n"),
        ("'18:30' > '08:00'", "true"),
        ("format-date-time('14:05', '%H.%M')", "14.05"),
        ("decimal-date-time('1970-01-02T12:00:00Z')", 1.5),
        ("format-date('2024-01-05', '%a %b %e')", "Fri Jan 5"),
        ("round(pi() * 100)", 314),
        ("exp(0) + log10(100) + exp10(1) + log(1)", 13),
        ("round(sin(0) + cos(0) + tan(0) + atan2(0, 1))", 1),
        ("acos(1) + asin(0) + atan(0)", 0),
        ("acos(2)", None),
        ("digest('a', 'MD5')", "DMF1ucDxtqgxw5niaXcmYQ=="),
        ("digest('a', 'SHA-1', 'hex')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("digest('a', 'CRC')", None),
        ("base64-decode(base64-encode('门牌'))", "门牌"),
        ("base64-decode('?')", None),
    ],
)
def test_functions_answer_as_in_the_field_s_tools(calculation: str, expected: Answer) -> None:
    assert worth(calculation) == expected


def test_a_whole_number_is_made_by_leaving_off_what_is_behind_the_point() -> None:
    assert worth("25.9", "integer") == 25
    assert worth("25.9", "decimal") == 25.9


def test_a_sum_over_a_roster_counts_what_is_answered_and_asked() -> None:
    rows = """
| | type | name | label | calculation | relevant |
| | begin repeat | member | M | | |
| | integer | age | A | | |
| | integer | wage | W | | ${age} > 15 |
| | end repeat | | | | |
| | calculate | all | | sum(${wage}) | |
| | calculate | most | | max(${wage}) | |
"""
    found = tried(
        rows,
        {"member[1]/age": 40, "member[1]/wage": 10, "member[3]/wage": 9, "member[3]/age": 2},
    )

    assert (found["all"].value, found["most"].value) == (10, 10)
    assert not found["member[3]/wage"].relevant


LIST = """
| survey |
| | type | name | label::English | label::中文 | calculation | required | requiredMsg::English |
| | integer | n | N | 数 | | | |
| | select_multiple crop | crops | Crops | 作物 | | | |
| | select_one crop | main | Main | 主要 | | yes | One of ${n}! |
| | calculate | first | | | selected-at(${crops}, 0) | | |
| choices |
| | list_name | name | label::English | label::中文 |
| | crop | wheat | Wheat of ${n} | 小麦 |
| | crop | rice | Rice | 水稻 |
| | crop | 7 | Seven | 七 |
"""


def test_ticked_choices_stand_in_the_order_of_their_list() -> None:
    as_list = tried(LIST, {"crops": [7, "rice", "wheat"]})
    as_text = tried(LIST, {"crops": "rice wheat"})

    assert as_list["crops"].value == ["wheat", "rice", "7"]
    assert as_text["crops"].value == "wheat rice"
    assert as_text["first"].value == "wheat"


def test_a_language_is_known_by_its_name_or_its_code() -> None:
    for language in ("en", ""):
        assert tried(LIST, {}, language)["crops"].label == "Crops"
    assert tried(LIST, {}, "zh")["crops"].label == "作物"
    assert compiled(LIST).form.languages == ("en", "zh")
    assert [found.key for found in compiled(LIST).warnings if found.key != "no_purpose"] == [
        "pyxform_warning"  # the message that lacks its Chinese
    ]


def test_choices_and_messages_show_the_answers_they_name() -> None:
    found = tried(LIST, {"n": 3})["main"]

    assert (found.valid, found.message) == (False, "One of 3!")
    assert found.choices[0].label == "Wheat of 3"


def test_a_number_may_stand_for_a_code_and_a_name_for_a_file() -> None:
    rows = """
| survey |
| | type | name | label |
| | select_one l | s | S |
| | text | t | T |
| | image | photo | P |
| | geopoint | place | P |
| | dateTime | at | A |
| choices |
| | list_name | name | label |
| | l | 1 | One |
"""
    answers: Answers = {
        "s": 1, "t": 12, "photo": "a b.jpg", "place": "31.5 120 0 5", "at": "2026-03-01T10:00",
    }  # fmt: skip

    found = tried(rows, answers)

    assert all(one.valid for one in found.values())
    assert [one.value for one in found.values()] == [
        "1", "12", "a b.jpg", "31.5 120 0 5", "2026-03-01T10:00:00+00:00",
    ]  # fmt: skip


COUNTED = """
| | type | name | label | repeat_count |
| | integer | n | N | |
| | begin repeat | room | R | ${n} |
| | text | use | U | |
| | end repeat | | | |
"""


def test_an_answer_waits_for_its_instance() -> None:
    found = tried(COUNTED, {"room[2]/use": "shop", "n": 2})

    assert found["room[2]/use"].value == "shop"
    with pytest.raises(UnknownPathError, match=r"room\[3\]"):
        tried(COUNTED, {"n": 2, "room[3]/use": "x"})


def test_one_file_may_give_choices_and_be_looked_up_by_other_columns() -> None:
    rows = """
| | type | name | label | calculation | parameters |
| | calculate | price | | pulldata('fruit', 'price', 'code', ${f}) | |
| | select_one_from_file fruit.csv | f | F | | value=code label=title |
| | select_one_from_file fruit.csv | g | G | | value=title label=code |
"""
    fruit = {"fruit.csv": b"code,title,price\na,Apple ${x},3\np,Pear,2\n"}

    found = tried(rows, {"f": "p"}, files=fruit)

    assert found["price"].value == "2"
    assert [one.name for one in found["f"].choices] == ["a", "p"]
    assert found["f"].choices[0].label.replace("\u2060", "") == "Apple ${x}"
    assert [one.label for one in found["g"].choices] == ["a", "p"]


def test_an_external_list_is_a_list_like_any_other() -> None:
    rows = """
| survey |
| | type | name | label | choice_filter |
| | text | town | T | |
| | select_one_external street | street | S | town=${town} |
| external_choices |
| | list_name | name | label | town |
| | street | a | A | x |
| | street | b | B | y |
"""
    found = tried(rows, {"town": "y", "street": "a"})["street"]

    assert [one.name for one in found.choices] == ["b"]
    assert not found.valid


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("begin_score | x | X", 'column "type": The question type "begin_score" is not supported'),
        ("osm | x | X", 'column "type": The question type "osm" is not supported'),
        ("select_one_from_file a.geojson | x | X", '"a.geojson" is no CSV'),
        ("calculate | x | | preceding-sibling::a", 'column "calculation": The expression'),
        ("calculate | x | | instance('gone')/root", 'The file "gone.csv" is missing'),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_row(row: str, said: str) -> None:
    with pytest.raises(FormRefusedError) as refused:
        compiled(f"| | type | name | label | calculation |\n| | text | a | A | |\n| | {row} |")

    assert any(one.row == 3 and said in one.sentence("en") for one in refused.value.problems), (
        refused.value.problems
    )


def test_the_answers_saved_before_are_said_to_be_missing() -> None:
    form = compiled("| | type | name | label | default |\n| | text | a | A | ${last-saved#a} |")

    assert [(one.key, one.row) for one in form.warnings] == [("last_saved", 2)]


def test_cells_of_excel_are_read_as_what_they_show() -> None:
    workbook, file = Workbook(), io.BytesIO()
    survey = workbook.worksheets[0]
    survey.title = "survey"
    survey.append(("type", "name", "label", "required", "default"))
    survey.append(("date", "d", "D", True, date(2024, 1, 5)))
    survey.append(("select_one size", "s", "S", False, 2))
    survey.append(("image", "photo", "P"))
    choices = workbook.create_sheet("choices")
    choices.append(("list_name", "name", "label"))
    choices.append(("size", 2, 40))
    workbook.save(file)

    made = compile_form(file.getvalue(), ".xlsx", "record")

    assert made.warnings == ()
    day, size, _ = try_form(made.form, {}, now=NOW)
    assert (day.required, day.value, day.valid) == (True, "2024-01-05", True)
    assert (size.value, size.choices[0].label) == ("2", "40")


@pytest.mark.parametrize(
    ("name", "settings", "kind", "version"),
    [
        ("Shop check.md", "", "shop_check", "5311c7b4"),
        ("a.md", "| settings |\n| | form_id | version |\n| | Well-2 | 7 |\n", "well_2", "7"),
    ],
)
def test_a_plain_form_can_be_published_as_it_is(
    name: str, settings: str, kind: str, version: str
) -> None:
    document = f"| survey |\n| | type | name | label |\n| | text | a | A |\n{settings}"

    form, problems = published_form(Source(document.encode(), name))

    assert (form.kind, form.version) == (kind, version)
    assert not any(one.fatal for one in problems)
    assert ("no_version" in {one.key for one in problems}) is (settings == "")
