"""`doorstep processing-record`: made anew from the forms, with every gap named."""

import csv
from io import StringIO
from pathlib import Path

import pytest

from server.forms.builtin import every_form
from server.rights.processing import gaps, processed
from tests.server.cli.conftest import Run


def test_the_built_in_forms_leave_no_gap_in_the_record_of_processing() -> None:
    items = processed(every_form(), "zh")

    assert len(items) > 80
    assert list(gaps(items)) == []


def test_the_record_names_each_item_with_its_purpose_and_nothing_is_typed_by_hand(
    peopled: Run, tmp_path: Path
) -> None:
    file = tmp_path / "record.csv"

    done = peopled("processing-record", "--to", str(file))

    assert done.code == 0
    rows = list(csv.DictReader(StringIO(file.read_text(encoding="utf-8-sig"))))
    phone = next(row for row in rows if (row["Record"], row["Item"]) == ("household", "phone"))
    assert (phone["Class"], bool(phone["Purpose"]), bool(phone["Basis"])) == ("N", True, True)
    assert {"dwelling", "household", "resident", "visit"} <= {row["Record"] for row in rows}


def test_the_draft_of_the_assessment_lists_what_is_sensitive(peopled: Run) -> None:
    told = peopled("processing-record", "--as", "impact")

    assert told.code == 0
    assert "resident.id_number" in told.out
    assert "household.phone" not in told.out
    assert "Do the safeguards match the risks?" in told.out


def test_a_question_without_its_purpose_is_named_as_a_gap(peopled: Run, tmp_path: Path) -> None:
    form = tmp_path / "garden.md"
    form.write_text(
        "| survey |\n| | type | name | label |\n| | text | tree | Which tree? |\n"
        "| settings |\n| | form_title | form_id | version |\n| | Garden | garden | 1 |\n"
    )
    published = peopled("forms", "publish", str(form))

    told = peopled("processing-record")

    assert published.code == 0, published.err
    assert told.code == 1
    assert "garden.tree" in told.err


@pytest.mark.parametrize("wanted", ["xml", ""])
def test_another_form_of_the_record_is_refused(peopled: Run, wanted: str) -> None:
    assert peopled("processing-record", "--as", wanted).code != 0
