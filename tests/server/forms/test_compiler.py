"""A town's own XLSForm becomes a form, or is refused with sheet, row and words."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from server.forms.compiler import compile_form
from server.forms.problems import FormRefusedError
from shared.forms.model import Group, QuestionType, unit_policies
from shared.forms.words import Words
from shared.policies import Policy, PrivacyClass
from tests.server.forms.written import compiled, survey

PLAIN = """
| survey |
| | type | name | label | relevant | constraint | calculation | default | appearance |
| | start | start | | | | | | |
| | note | hello | Welcome | | | | | |
| | text | head | Who is the head? | | | | | |
| | begin group | people | People | ${head} != '' | | | | field-list |
| | integer | adults | Adults | | . >= 0 | | 1 | |
| | integer | children | Children | | | | | |
| | calculate | all | | | | ${adults} + ${children} | | |
| | end group | | | | | | | |
| | select_one water | water | ${head}, where is your water from? | | | | | minimal |
| | select_multiple water | others | What else? | | | | tap well | |
| | rank water | best | Put in order | | | | | |
| | decimal | area | Area | | | | | |
| | range | mood | Mood | | | | | |
| | date | day | Day | | | | today() | |
| | time | hour | Hour | | | | | |
| | dateTime | moment | Moment | | | | | |
| | geopoint | place | Where | | | | | |
| | geotrace | way | Way | | | | | |
| | geoshape | field | Field | | | | | |
| | image | photo | Photo | | | | | signature |
| | audio | sound | Sound | | | | | |
| | file | paper | Paper | | | | | |
| | barcode | plate | Plate | | | | | |
| | acknowledge | sure | Sure? | | | | | |
| | text | total | Total | | | ${all} | | |
| | hidden | secret | | | | | | |
| choices |
| | list_name | name | label | town |
| | water | tap | Tap | a |
| | water | well | Well | b |
| settings |
| | form_title | form_id | version |
| | Water survey | water | 3 |
"""


def test_a_plain_form_from_elsewhere_works_as_it_is() -> None:
    form = compiled(PLAIN).form

    assert (form.kind, form.id, form.version) == ("household", "water", "3")
    assert form.words(form.title, "zh") == "Water survey"
    assert {question.privacy for question in form.questions} == {PrivacyClass.PERSONAL}
    reviewed = {unit for unit, policy in unit_policies(form).items() if policy is Policy.REVIEW}
    assert {"head", "adults", "children", "water", "day", "photo"} <= reviewed
    assert unit_policies(form)["others"] is Policy.UNION
    assert unit_policies(form)["place"] is Policy.BETTER
    assert unit_policies(form)["all"] is Policy.LATEST


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("start", QuestionType.METADATA),
        ("hello", QuestionType.NOTE),
        ("head", QuestionType.TEXT),
        ("adults", QuestionType.INTEGER),
        ("all", QuestionType.CALCULATE),
        ("water", QuestionType.SELECT_ONE),
        ("others", QuestionType.SELECT_MULTIPLE),
        ("best", QuestionType.RANK),
        ("area", QuestionType.DECIMAL),
        ("mood", QuestionType.RANGE),
        ("day", QuestionType.DATE),
        ("hour", QuestionType.TIME),
        ("moment", QuestionType.DATE_TIME),
        ("place", QuestionType.GEOPOINT),
        ("way", QuestionType.GEOTRACE),
        ("field", QuestionType.GEOSHAPE),
        ("photo", QuestionType.IMAGE),
        ("sound", QuestionType.AUDIO),
        ("paper", QuestionType.FILE),
        ("plate", QuestionType.BARCODE),
        ("sure", QuestionType.ACKNOWLEDGE),
        ("total", QuestionType.TEXT),
        ("secret", QuestionType.HIDDEN),
    ],
)
def test_each_question_type_is_known(name: str, kind: QuestionType) -> None:
    assert compiled(PLAIN).form.by_name[name].type is kind


def test_rules_and_words_come_over() -> None:
    form = compiled(PLAIN).form
    people = form.children[3]

    assert isinstance(people, Group)
    assert people.relevant == "/data/head  != ''"
    assert people.appearance == "field-list"
    assert form.by_name["adults"].path == "/data/people/adults"
    assert form.by_name["adults"].constraint == ". >= 0"
    assert form.by_name["adults"].default == "1"
    assert form.by_name["day"].default_expression == "today()"
    assert form.by_name["water"].label == {"default": "${/data/head}, where is your water from?"}
    assert form.by_name["total"].calculation == "/data/people/all"
    assert form.by_name["photo"].appearance == "signature"
    assert form.by_name["start"].preload == "timestamp:start"
    assert [choice.name for choice in form.choices["water"]] == ["tap", "well"]
    assert form.choices["water"][0].extra == {"town": "a"}


def test_messages_and_hints_come_over() -> None:
    head = "type | name | label | hint | required | required_message | constraint | read_only"
    row = "integer | a | A | As on the door | ${b} = 1 | Needed | . > 0 | yes"

    question = compiled(survey(row, "integer | b | B |", head=head)).form.by_name["a"]

    assert question.hint == {"default": "As on the door"}
    assert question.required == "/data/b  = 1"
    assert question.required_message == {"default": "Needed"}
    assert question.constraint == ". > 0"
    assert question.readonly == "true()"


def test_our_columns_say_how_an_answer_merges_and_is_protected() -> None:
    ours = [
        "merge",
        "unit",
        "class",
        "purpose::zh",
        "purpose::en",
        "order",
        "declined",
        "reference",
        "on",
        "check",
    ]
    columns = ["type", "name", "label::中文 (zh)", "label::English (en)"]
    head = " | ".join([*columns, *(f"bind::doorstep:{column}" for column in ours)])
    status = 'text | status | 状态 | State | order | | S | 随访 | To "follow" up | here gone | yes'
    landlord = "text | landlord | 房东 | Landlord | latest | owner | sensitive" + " |" * 5
    form = compiled(survey(f"{status} | | |", f"{landlord} resident | no | phone", head=head)).form

    state, owner = form.questions
    assert form.languages == ("zh", "en")
    assert state.label == {"zh": "状态", "en": "State"}
    assert (state.policy, state.order) == (Policy.ORDER, ("here", "gone"))
    assert state.purpose == {"zh": "随访", "en": 'To "follow" up'}
    assert state.allow_declined
    assert not state.allow_not_known
    assert (owner.unit, owner.policy) == ("owner", Policy.LATEST)
    assert owner.privacy is PrivacyClass.SENSITIVE
    assert (owner.type, owner.reference) == (QuestionType.REFERENCE, "resident")
    assert not owner.on
    assert owner.check == "phone"


def test_settings_give_defaults_for_all_questions() -> None:
    more = (
        "| settings |\n| | form_id | attribute::doorstep:kind | attribute::doorstep:merge"
        " | attribute::doorstep:class |\n| | diary | diary | append | I |\n"
    )

    form = compiled(survey("text | a | A", "geopoint | b | B", more=more), kind="").form

    assert form.kind == "diary"
    assert {question.policy for question in form.questions} == {Policy.APPEND}
    assert {question.privacy for question in form.questions} == {PrivacyClass.INTERNAL}


def test_a_choice_filter_is_taken_from_the_itemset() -> None:
    more = "| choices |\n| | list_name | name | label | town |\n| | l | a | A | x |\n"
    head = "type | name | label | choice_filter"

    form = compiled(
        survey(
            "text | town | T |", "select_one l | street | S | town = ${town}", head=head, more=more
        )
    ).form

    assert form.by_name["street"].choice_list == "l"
    assert form.by_name["street"].choice_filter == "town =  /data/town"


def test_questions_of_the_same_name_in_two_groups_are_told_apart() -> None:
    form = compiled(
        survey(
            "begin group | one | One",
            "text | phone | Phone",
            "end group | | ",
            "begin group | two | Two",
            "text | phone | Phone",
            "end group | | ",
        )
    ).form

    assert list(form.by_name) == ["one/phone", "two/phone"]
    assert list(form.units) == ["one/phone", "two/phone"]


def test_a_language_that_lacks_a_text_falls_back() -> None:
    head = "type | name | label::中文 (zh) | label::English (en) | hint::English (en)"
    result = compiled(survey("text | a | 甲 | A | A hint", head=head))

    hint: Words = result.form.by_name["a"].hint
    assert hint == {"en": "A hint"}
    assert [warning.key for warning in result.warnings] == ["pyxform_warning"]


def excel(*rows: tuple[str, ...]) -> bytes:
    workbook, file = Workbook(), BytesIO()
    sheet = workbook.worksheets[0]
    sheet.title = "survey"
    for row in rows:
        sheet.append(row)
    workbook.save(file)
    return file.getvalue()


def test_excel_and_csv_are_read_like_markdown() -> None:
    rows = [("type", "name", "label"), ("text", "a", "甲"), (), ("integer", "b", "乙")]
    csv = "survey,,,\n,type,name,label\n,text,a,甲\n,integer,b,乙\n"

    forms = [
        compile_form(excel(*rows), ".xlsx", "household").form,
        compile_form(csv.encode(), ".csv", "household").form,
    ]

    for form in forms:
        assert [question.name for question in form.questions] == ["a", "b"]


def test_rows_are_counted_as_excel_counts_them() -> None:
    document = excel(
        ("type", "name", "label", "constraint"),
        ("text", "a", "甲", ""),
        (),
        ("integer", "b", "乙", ". >"),
    )

    with pytest.raises(FormRefusedError, match='survey, row 4, column "constraint"'):
        compile_form(document, ".xlsx", "household")
