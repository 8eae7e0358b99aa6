"""A town's own XLSForm becomes a form, or is refused with sheet, row and words."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from server.forms.compiler import CompiledForm, compile_form
from server.forms.problems import FormRefusedError
from server.forms.xlsform import FORM_BYTES_MAX
from shared.forms.model import Group, QuestionType, unit_policies
from shared.forms.words import Words
from shared.policies import Policy, PrivacyClass

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


def compiled(document: str, kind: str = "household") -> CompiledForm:
    return compile_form(document.encode(), ".md", kind)


def survey(*rows: str, head: str = "type | name | label", more: str = "") -> str:
    lines = "".join(f"| | {row} |\n" for row in (head, *rows))
    return f"| survey |\n{lines}{more}"


def refused(document: str, kind: str = "household") -> list[str]:
    with pytest.raises(FormRefusedError) as refusal:
        compiled(document, kind)
    for problem in refusal.value.problems:
        assert problem.words.keys() == {"zh", "en"}
        assert problem.sentence("zh")
    return [problem.sentence("en") for problem in refusal.value.problems if problem.fatal]


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


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            survey("text | a | A", "hologram | b | B"),
            "survey, row 3: Unknown question type 'hologram'",
        ),
        (survey("text | a | A", "text | a | B"), "survey, row 3: "),
        (survey("begin group | a | A", "text | b | B"), "survey, row 2: Unmatched 'begin_group'"),
        (survey("text | a | A", "text | 1 x | B"), "survey, row 3: "),
        (survey("text | a | A", "text | c | "), "survey, row 3: "),
        (survey("text | | A"), "survey, row 2: Question or group with no name"),
        (
            survey("text | a | A", "select_one codes:castles | b | B"),
            'survey, row 3, column "type": There is no code table named "castles"',
        ),
        (
            survey("text | a | A", "background-audio | b | B"),
            'survey, row 3, column "type": The question type "background-audio" is not supported',
        ),
        (
            survey("text | a | A", "select_one_from_file x.csv | b | B"),
            'survey, row 3, column "type": The file "x.csv" is missing; upload it',
        ),
        (
            survey(
                "text | a | A |", "text | b | B | ${zzz} = 1", head="type | name | label | relevant"
            ),
            "survey, row 3: ",
        ),
        (
            survey(
                "text | a | A |", "text | b | B | ${a} == 1", head="type | name | label | relevant"
            ),
            'survey, row 3, column "relevant": The expression "/data/a  == 1" cannot be read',
        ),
        (
            survey(
                "text | a | A |", "text | b | B | guess()", head="type | name | label | constraint"
            ),
            'survey, row 3, column "constraint": The expression "guess()" cannot be read: unknown',
        ),
        (
            survey("text | a | A | newest", head="type | name | label | bind::doorstep:merge"),
            'survey, row 2, column "bind::doorstep:merge": "newest" is not possible here; use one',
        ),
        (
            survey("text | a | A | order", head="type | name | label | bind::doorstep:merge"),
            'survey, row 2, column "bind::doorstep:order": ',
        ),
        (
            survey("text | a | A | perhaps", head="type | name | label | bind::doorstep:core"),
            'survey, row 2, column "bind::doorstep:core": "perhaps" is not possible here',
        ),
        (
            survey(
                "calculate | a | | ${b} + 1",
                "calculate | b | | ${a} + 1",
                "text | c | C |",
                head="type | name | label | calculation",
            ),
            "survey: These questions depend on each other in a circle: a, b",
        ),
        (
            survey(
                "text | a | A | max | u",
                "text | b | B | min | u",
                head="type | name | label | bind::doorstep:merge | bind::doorstep:unit",
            ),
            'survey, row 3, column "bind::doorstep:merge": Questions that share the unit "u"',
        ),
        ("hello", "This file is not a form"),
        ("", "This file is not a form"),
    ],
)
def test_a_broken_form_is_refused_with_its_row(document: str, expected: str) -> None:
    (sentence,) = refused(document)

    assert sentence.startswith(expected)


@pytest.mark.parametrize(
    ("document", "suffix"),
    [(b"PK\x03\x04 junk", ".xlsx"), (b"\xff\xfe\x00", ".csv"), (b"\xff", ".md"), (b"x", ".doc")],
)
def test_a_file_that_is_no_form_is_refused_in_words(document: bytes, suffix: str) -> None:
    with pytest.raises(FormRefusedError, match="not a form"):
        compile_form(document, suffix, "household")


def test_a_huge_file_is_not_even_read() -> None:
    with pytest.raises(FormRefusedError, match="too big"):
        compile_form(b" " * (FORM_BYTES_MAX + 1), ".md", "household")


def test_a_form_without_a_kind_is_refused() -> None:
    assert "attribute::doorstep:kind" in refused(survey("text | a | A"), kind="")[0]


def test_a_column_that_looks_like_ours_is_not_dropped_in_silence() -> None:
    result = compiled(
        survey("text | a | A | x", head="type | name | label | bind::doorstep:colour")
    )

    (warning,) = result.warnings
    assert warning.sentence("en").startswith('survey, row 2, column "bind::doorstep:colour"')
    assert not warning.fatal
