"""A form that asks for what it must not, or lacks what it must have, is not published."""

import pytest

from server.forms.builtin import builtin_source
from server.forms.compiler import CompiledForm, compile_form
from server.forms.forbidden import forbidden_word
from server.forms.linter import publishing_problems
from server.forms.problems import FormProblem

HEAD = (
    "| | type | name | label::中文 (zh) | label::English (en) | relevant | bind::doorstep:class"
    " | bind::doorstep:purpose | bind::doorstep:on |\n"
)


def problems(*rows: str, kind: str = "notebook", more: str = "") -> list[FormProblem]:
    survey = "| survey |\n" + HEAD + "".join(f"| | {row} |\n" for row in rows)
    compiled = compile_form((survey + more).encode(), ".md", kind)
    return list(publishing_problems(compiled))


@pytest.mark.parametrize(
    "text",
    [
        "宗教信仰",
        "Religion",
        "religious_group",
        "指纹采集",
        "人脸照片",
        "face_recognition",
        "fingerprint",
        "biometrics",
        "银行卡号",
        "bank_account",
        "行径可疑",
        "Suspicious behaviour",
        "重点上访人员",
        "petitioner",
        "吸毒人员",
        "drug abuse",
        "艾滋病",
        "HIV",
        "AIDS",
        "精神病",
        "Mental illness",
        "mentally_ill",
        "ＨＩＶ",
        "銀行帳號",
        "la religión del jefe",
        "Empreinte digitale",
        "вероисповедание",
        "رقم الحساب: حساب مصرفي",
        "دىنىي ئېتىقادى",
        "ཆོས་ལུགས",
        "шүтлэг",
        "종교",
        "số tài khoản ngân hàng",
    ],
)
def test_what_community_work_must_not_ask_is_found(text: str) -> None:
    assert forbidden_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "姓名",
        "face to face",
        "hearing aids",
        "drugstore nearby",
        "面积",
        "river bank",
        "心情",
        "dnagel",
    ],
)
def test_ordinary_words_are_no_alarm(text: str) -> None:
    assert forbidden_word(text) == ""


@pytest.mark.parametrize(
    "row",
    [
        "text | faith | 宗教 | Faith | | | x |",
        "text | religion | 信什么 | What | | | x |",
        "text | a | 问题 | Your religion? | | | x |",
        "select_one marks | a | 标记 | Mark | | | x |",
    ],
)
def test_a_forbidden_question_is_refused_in_any_language_name_or_choice(row: str) -> None:
    more = (
        "| choices |\n| | list_name | name | label::中文 (zh) | label::English (en) |\n"
        "| | marks | p | 上访户 | P |\n"
    )

    (found,) = [problem for problem in problems(row, more=more) if problem.key == "forbidden"]

    assert found.fatal
    assert found.row == 2


def test_a_place_is_no_ethnic_group_although_it_is_named_after_one() -> None:
    found = problems(
        "select_one codes:province | origin | 户籍所在省 | Province | | | x |",
        "text | street | 民族路几号 | Number | | | x |",
    )

    assert [problem.key for problem in found if problem.fatal] == []


def test_no_mark_is_made_from_ethnicity() -> None:
    rows = (
        "select_one codes:ethnicity | ethnicity | 民族 | Ethnicity | | S | x | no",
        "text | mark | 藏族家庭 | Mark | | | x |",
        "text | colour | 颜色 | Colour | ${ethnicity} != '汉' | | x |",
    )

    found = [problem for problem in problems(*rows) if problem.key == "forbidden"]

    assert [problem.row for problem in found] == [3, 4]
    (other_name,) = problems("select_one codes:ethnicity | kin | 分组 | Kin | | | x |")
    assert other_name.key == "forbidden"


def test_a_question_without_a_purpose_is_pointed_out() -> None:
    (found,) = problems("text | a | 甲 | A | | | |")

    assert (found.key, found.row, found.fatal) == ("no_purpose", 2, False)


def test_a_sensitive_question_needs_purpose_basis_and_retention_to_be_switched_on() -> None:
    switched_on = problems("text | a | 甲 | A | | S | x |")
    switched_off = problems("text | a | 甲 | A | | S | | no")

    assert [(found.key, found.fatal) for found in switched_on] == [
        ("sensitive_without_purpose", True)
    ]
    assert switched_off == []


def test_a_form_without_its_core_questions_is_refused_by_name() -> None:
    source = builtin_source("visit").decode()
    renamed = source.replace("| outcome |", "| result |").replace("${outcome}", "${result}")
    retyped = source.replace("| dateTime | started |", "| text | started |")
    narrowed = source.replace("codes:visit_mode", "codes:yes_no")

    found = [
        [problem.sentence("en") for problem in publishing_problems(_visit(text)) if problem.fatal]
        for text in (renamed, retyped, narrowed)
    ]

    assert found == [
        ['survey: The core question "outcome" (type select_one) is missing.'],
        ['survey, row 6, column "type": The core question "started" must have the type dateTime.'],
        ['survey, row 8: The core question "mode" lacks the choices: door, office, phone, video.'],
    ]


def _visit(text: str) -> CompiledForm:
    return compile_form(text.encode(), ".md", "visit")
