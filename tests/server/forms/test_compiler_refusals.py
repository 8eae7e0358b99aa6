"""What is no form of ours is refused, with sheet, row and words."""

import pytest

from server.forms.compiler import compile_form
from server.forms.problems import FormRefusedError
from server.forms.xlsform import FORM_BYTES_MAX
from tests.server.forms.written import compiled, survey


def refused(document: str, kind: str = "household") -> list[str]:
    with pytest.raises(FormRefusedError) as refusal:
        compiled(document, kind)
    for problem in refusal.value.problems:
        assert problem.words.keys() == {"zh", "en"}
        assert problem.sentence("zh")
    return [problem.sentence("en") for problem in refusal.value.problems if problem.fatal]


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
