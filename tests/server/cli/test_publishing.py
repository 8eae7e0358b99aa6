"""`forms publish`: checked, tried against the records, published; or only told what would be."""

import json
from pathlib import Path

from server.forms.builtin import builtin_source
from tests.server.cli.conftest import Run


def household(tmp_path: Path, version: str) -> str:
    file = tmp_path / "own.md"
    text = (
        builtin_source("household").decode().replace("household | 1 |", f"household | {version} |")
    )
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_form_is_published_with_a_word_on_what_it_changes(peopled: Run, tmp_path: Path) -> None:
    told = peopled("forms", "publish", household(tmp_path, "2"))

    assert told.code == 0, told.err
    assert "0 records: 0 have an answer that is no longer shown" in told.out
    assert "Published household 2." in told.out
    again = peopled("forms", "publish", household(tmp_path, "2"), "--json")
    assert json.loads(again.out)["published"]


def test_a_dry_run_changes_nothing(peopled: Run, tmp_path: Path) -> None:
    told = peopled("forms", "publish", household(tmp_path, "3"), "--dry-run", "--json")

    answer = json.loads(told.out)
    assert (answer["version"], answer["published"]) == ("3", False)
    assert answer["impact"]["records"] == 0
    assert "Published household 3." in peopled("forms", "publish", household(tmp_path, "3")).out


def test_a_form_that_cannot_be_used_ends_with_two_and_says_why(
    peopled: Run, tmp_path: Path
) -> None:
    file = tmp_path / "bad.md"
    file.write_text("| survey |\n| | type | name | label |\n| | hologram | a | A |\n")

    told = peopled("forms", "publish", str(file), "--kind", "household")

    assert told.code == 2
    assert "survey, row 2" in told.out


def test_a_version_that_is_taken_is_said_in_one_sentence(peopled: Run, tmp_path: Path) -> None:
    changed = Path(household(tmp_path, "1"))
    changed.write_text(changed.read_text("utf-8").replace(". <= 999", ". <= 9"), "utf-8")

    told = peopled("forms", "publish", str(changed))

    assert (told.code, told.out) == (1, "")
    assert told.err == "Version 1 is another form already. Give this one a new version.\n"
