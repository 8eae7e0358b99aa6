"""Designers of forms check and try them on the command line before anybody is asked."""

import json
from pathlib import Path

import pytest

from server.cli import commands
from tests.server.paper.reading import pages

FORM = """
| survey |
| | type | name | label::中文 (zh) | label::English (en) | relevant | constraint | constraint_message::中文 (zh) | constraint_message::English (en) | required | appearance |
| | integer | age | 年龄 | Age | | . > 0 | 太小 | Too small | yes | {appearance} |
| | begin group | housing | 住房 | Housing | | | | | | |
| | decimal | rent | 租金 | Rent | ${{age}} > 17 | | | | | |
| | end group | | | | | | | | | |
| | begin repeat | member | 成员 | Member | | | | | | |
| | text | name | 姓名 | Name | | | | | | |
| | select_one codes:yes_no | pupil | ${{name}}上学吗 | Does ${{name}} go to school? | | | | | | |
| | end repeat | | | | | | | | | |
| | {extra} | last | 最后 | Last | | | | | | |
"""  # noqa: E501


def written(tmp_path: Path, appearance: str = "", extra: str = "text") -> Path:
    file = tmp_path / "people.md"
    file.write_text(FORM.format(appearance=appearance, extra=extra), encoding="utf-8")
    return file


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOORSTEP_LANG", "en")


@pytest.mark.parametrize(
    ("appearance", "extra", "code"),
    [("", "text", 0), ("sparkling", "text", 1), ("", "hologram", 2), ("", "background-audio", 2)],
)
def test_the_exit_code_says_whether_a_form_can_be_used(
    tmp_path: Path, appearance: str, extra: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands()(["forms", "check", str(written(tmp_path, appearance, extra))]) == code

    said = capsys.readouterr().out
    assert ("survey, row 2" in said) is (code == 1)
    assert ("survey, row 10" in said) is (code == 2)


def test_the_report_names_sheet_row_and_column_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands()(["forms", "check", str(written(tmp_path, "sparkling")), "--json"])

    report = json.loads(capsys.readouterr().out)
    assert report["usable"]
    assert report["questions"] == 5
    (warning,) = (one for one in report["problems"] if one["level"] == "warning")
    assert (warning["sheet"], warning["row"], warning["column"]) == ("survey", 2, "appearance")


Found = dict[str, dict[str, object]]


def tried(tmp_path: Path, answers: dict[str, object], capsys: pytest.CaptureFixture[str]) -> Found:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(answers), encoding="utf-8")
    form = str(written(tmp_path))
    command = ["forms", "try", form, "--answers", str(file), "--lang", "en", "--json"]
    assert commands()(command) == 0
    return {one["path"]: one for one in json.loads(capsys.readouterr().out)}


def test_trying_tells_how_every_question_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"age": -1, "member[2]/name": "Li", "/data/member[2]/pupil": "yes"}

    found = tried(tmp_path, answers, capsys)

    assert list(found) == [
        "age",
        "housing/rent",
        "member[1]/name",
        "member[1]/pupil",
        "member[2]/name",
        "member[2]/pupil",
        "last",
    ]
    age, rent, pupil = found["age"], found["housing/rent"], found["member[2]/pupil"]
    assert (age["valid"], age["message"], age["value"]) == (False, "Too small", -1)
    assert (rent["relevant"], rent["value"], rent["valid"]) == (False, None, True)
    assert pupil["label"] == "Does Li go to school?"
    assert pupil["choices"] == [{"name": "yes", "label": "Yes"}, {"name": "no", "label": "No"}]
    assert age["required"]
    assert age["name"] == "age"


def test_a_required_question_without_an_answer_is_not_valid(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    age = tried(tmp_path, {"rent": "12.5"}, capsys)["age"]

    assert (age["valid"], age["message"]) == (False, "Please answer this.")


def test_answers_are_given_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = tried(tmp_path, {"age": 30, "housing/rent": 900, "age ": 40}, capsys)

    assert (found["age"]["value"], found["housing/rent"]["value"]) == (40, 900)


@pytest.mark.parametrize("answers", ['{"nobody": 1}', '{"member[1]/nobody": 1}', "[]", "{"])
def test_answers_that_fit_nowhere_are_refused_in_words(tmp_path: Path, answers: str) -> None:
    file = tmp_path / "answers.json"
    file.write_text(answers, encoding="utf-8")

    with pytest.raises(Exception, match=r"no question|JSON object"):
        commands()(["forms", "try", str(written(tmp_path)), "--answers", str(file)])


def test_tables_beside_the_form_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    form, answers = tmp_path / "f.md", tmp_path / "a.json"
    form.write_text(
        "| survey |\n| | type | name | label |\n| | select_one_from_file t.csv | t | T |\n",
        encoding="utf-8",
    )
    answers.write_text("{}", encoding="utf-8")
    assert commands()(["forms", "check", str(form)]) == 2
    (tmp_path / "f-media").mkdir()
    (tmp_path / "f-media" / "t.csv").write_text("name,label\na,A\n", encoding="utf-8")
    capsys.readouterr()

    assert commands()(["forms", "try", str(form), "--answers", str(answers), "--json"]) == 0

    (one,) = json.loads(capsys.readouterr().out)
    assert one["choices"] == [{"name": "a", "label": "A"}]


def test_a_form_is_printed_in_the_language_asked_for(tmp_path: Path) -> None:
    paper = tmp_path / "people.pdf"

    assert commands()(["forms", "print", str(written(tmp_path)), str(paper), "--lang", "zh"]) == 0

    assert "年龄" in "".join(pages(paper.read_bytes()))
