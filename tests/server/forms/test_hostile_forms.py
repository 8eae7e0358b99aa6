"""Forms that are huge, broken or made to hurt are refused with a reason, and soon."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from server.forms.compiler import compile_form
from server.forms.problems import FormRefusedError
from shared.forms.logic import FormState
from shared.forms.patterns import matches, why_not
from shared.forms.scope import Moment
from tests.server.forms.bench_of_forms import NOW, form_of

pytestmark = pytest.mark.timeout(300)
"""An end for a form that has none; all of these take some seconds."""
HEAD = "| survey |\n| | type | name | label | calculation | relevant | constraint |\n"


def refusal(document: bytes, suffix: str = ".md") -> str:
    with pytest.raises(FormRefusedError) as refused:
        compile_form(document, suffix, "household")
    return str(refused.value)


def calculated(expression: str) -> bytes:
    return f"{HEAD}| | text | a | A | | | |\n| | calculate | c | | {expression} | | |\n".encode()


def test_a_zip_bomb_is_not_unpacked() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * (100 * 1024 * 1024))

    assert len(content.getvalue()) < 200_000
    assert "unpacks to more than" in refusal(content.getvalue(), ".xlsx")


def test_a_cell_of_megabytes_is_refused() -> None:
    document = f"{HEAD}| | text | a | {'A' * 4_000_000} | | | |\n".encode()

    assert refusal(document).startswith("survey, row 2: This row is too long")


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("(" * 4_000 + "1" + ")" * 4_000, "nested too deeply"),
        ("not(" * 1_500 + "1" + ")" * 1_500, "nested too deeply"),
        ("1" + " + 1" * 4_000, "may have 10000 characters"),
        ("count(/data/*[count(/data/*[count(/data/*[count(/data/*[1])])])])", "nested too deeply"),
        ("regex(${a}, '(a+)+b')", "repetition inside a repetition"),
        ("regex(${a}, '(a?a?)*b')", "repetition inside a repetition"),
        ("regex(${a}, '" + "a*" * 40 + "')", "too many repetitions"),
        ("regex(${a}, '" + "a" * 600 + "')", "may have 500 characters"),
        ("regex(${a}, '[')", "it is no pattern"),
        ("concat(", "cannot be read"),
        ("${a} + + + ", "cannot be read"),
        ("system('rm')", "cannot be read"),
        ("/data/a/ancestor::x", "cannot be read"),
    ],
)
def test_a_formula_that_would_never_end_is_refused_with_its_row(expression: str, why: str) -> None:
    found = refusal(calculated(expression))

    assert "survey, row 3" in found
    assert why in found


@pytest.mark.parametrize(
    "pattern", ["1[3-9]\\d{9}", "[a-z]+@[a-z]+\\.[a-z]+", "(ab)?c{2,5}", "a|b"]
)
def test_ordinary_patterns_are_fine(pattern: str) -> None:
    assert why_not(pattern) == ""


def test_a_slow_pattern_looks_at_short_texts_only() -> None:
    assert not matches(".*.*.*.*.*=x", "a" * 100_000)
    assert not matches("(a+)+b", "a" * 50)


@pytest.mark.parametrize("depth", [25, 900])
def test_groups_without_end_are_refused(depth: int) -> None:
    rows = "".join(f"| | begin group | g{n} | G | | | |\n" for n in range(depth))
    rows += "| | text | a | A | | | |\n" + "| | end group | | | | | |\n" * depth

    assert "nested too deeply: at most 20" in refusal((HEAD + rows).encode())


def test_circles_are_found_also_through_groups_and_repeats() -> None:
    rows = (
        "| | begin group | g | G | | ${b} > 1 | |\n| | integer | a | A | | | |\n"
        "| | end group | | | | | |\n| | calculate | b | | ${a} + 1 | | |\n"
        "| | begin repeat | r | R | | | |\n| | calculate | x | | ${y} | | |\n"
        "| | calculate | y | | ${x} | | |\n| | end repeat | | | | | |\n"
    )

    found = refusal((HEAD + rows).encode())

    assert "depend on each other in a circle: g, a, b, x, y" in found


@pytest.mark.parametrize(
    ("document", "suffix"),
    [
        (b"", ".xlsx"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, ".xls"),
        (b"PK\x05\x06" + b"\x00" * 18, ".xlsx"),
        (b"\x00" * 1000, ".csv"),
        (b"survey,type\x00,name\n", ".csv"),
        ("| survey |\n| | type | name |\n| | text | a |\n".encode("utf-16"), ".md"),
        (b"| choices |\n| | list_name | name |\n| | a | b |\n", ".md"),
        (b"| survey |\n", ".md"),
        (b"| survey |\n| | type |\n| | text |\n", ".md"),
        (b"| survey |\n| | name | label |\n| | a | b |\n", ".md"),
    ],
)
def test_what_is_no_form_is_refused_in_words(document: bytes, suffix: str) -> None:
    assert refusal(document, suffix)


def test_a_broken_workbook_is_refused() -> None:
    content = io.BytesIO()
    Workbook().save(content)
    whole = content.getvalue()

    for cut in (100, len(whole) // 2, len(whole) - 30):
        assert refusal(whole[:cut], ".xlsx")
    assert refusal(whole, ".xlsx")


def test_a_form_of_a_thousand_questions_in_four_languages_with_five_thousand_choices() -> None:
    languages = ("中文 (zh)", "English (en)", "العربية (ar)", "Français (fr)")
    labels = " | ".join(f"label::{language}" for language in languages)
    rows = "".join(f"| | text | q{n} | 题{n} | Q{n} | س{n} | F{n} |\n" for n in range(1_000))
    choices = "".join(f"| | big | c{n} | 项{n} | C{n} | ج{n} | L{n} |\n" for n in range(5_000))
    document = (
        f"| survey |\n| | type | name | {labels} |\n{rows}"
        "| | select_one big | b | 选 | B | ب | B |\n"
        f"| choices |\n| | list_name | name | {labels} |\n{choices}"
    )
    form = form_of(document)

    state = FormState.fresh(form, Moment(NOW, "ar"))

    assert state.answer("q500", "x") == {"q500"}  # and looks at no other
    assert state.question("q7").label == "س7"
    assert len(state.question("b").choices) == 5_000
    assert form.languages == ("zh", "en", "ar", "fr")


def test_an_answer_in_one_of_two_hundred_instances_leaves_the_others_alone() -> None:
    state = FormState.fresh(
        form_of(
            "| | type | name | label | relevant | calculation |\n"
            "| | begin repeat | person | P | | |\n| | integer | age | A | | |\n"
            "| | text | school | S | ${age} < 18 | |\n| | end repeat | | | | |\n"
            "| | calculate | all | | | sum(${age}) |\n"
        ),
        Moment(NOW),
    )
    for _ in range(200):
        state.add("person")

    touched = state.answer("person[117]/age", 9)

    assert touched == {"person[117]/age", "person[117]/school", "all"}
    assert state.question("all").value == 9


BOMBS = """
import io, resource, sys, zipfile
from server.forms.compiler import compile_form
from server.forms.problems import FormRefusedError

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
bomb = io.BytesIO()
with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
    with packed.open("xl/workbook.xml", "w") as part:
        for _ in range(1_200):
            part.write(bytes(1 << 20))
cell = b"| survey |\\n| | type | name | label |\\n| | text | a | " + b"A" * (10 << 20)
wide = b"survey,type,name\\n" + b",".join([b"x"] * 2_000_000)
for document, suffix in ((bomb.getvalue(), ".xlsx"), (cell, ".md"), (wide, ".csv")):
    try:
        compile_form(document, suffix, "household")
        sys.exit("taken")
    except FormRefusedError:
        pass
"""


def test_what_unpacks_to_more_than_there_is_is_refused_within_bounded_memory() -> None:
    root = Path(__file__).parents[3]
    ran = subprocess.run(
        [sys.executable, "-c", BOMBS], cwd=root, capture_output=True, timeout=240, check=False
    )

    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
