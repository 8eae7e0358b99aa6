"""Every number of the board, the sheet, the months and the summary, re-derived from the journal."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rehearsal.__main__ import main
from rehearsal.checking import EVERYTHING, board_shown
from rehearsal.collection import SUMMARY
from rehearsal.compared import Compared
from server.work.board import FLAGGED
from tests.rehearsal.a_week import PlayedHere

AT_LEAST = {
    "summary": 400, "nil reports": 15, "weekly sheet": 50, "assessment": 90, "board": 400,
    "coverage": 200,
}  # fmt: skip
"""So many numbers there are at the least: a check of nothing would find nothing."""


def compared(week: PlayedHere, part: str) -> list[Compared]:
    return list(EVERYTHING[part](week))


@pytest.mark.parametrize("part", EVERYTHING)
def test_every_number_is_what_the_journal_says(week: PlayedHere, part: str) -> None:
    numbers = compared(week, part)

    assert [each for each in numbers if not each.same] == []
    assert len(numbers) >= AT_LEAST[part]
    assert any(each.counted for each in numbers)


def test_the_week_has_reports_of_every_fate(week: PlayedHere) -> None:
    states = {each.counted[0] for each in compared(week, "nil reports") if each.counted}  # type: ignore[index]  # a tuple there

    assert {"nil", "done"} < states
    assert set(FLAGGED) >= {"received_late", "contradicted"}


def test_the_check_of_a_made_town_names_a_number_that_is_wrong(
    week: PlayedHere, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    shutil.copytree(week.file.parent, home)
    asked = ["--check", "--home", str(home), "--monday", week.plan.monday.isoformat()]
    assert main(asked) == 0
    well = capsys.readouterr().out
    with closing(sqlite3.connect(home / week.file.name)) as spoilt, spoilt:
        spoilt.execute("DELETE FROM visit WHERE id IN (SELECT max(id) FROM visit)")
        spoilt.execute(
            "UPDATE coverage_grid SET body = "
            """CAST(replace(CAST(body AS TEXT), '"collected":', '"collected":1') AS BLOB)"""
        )
        spoilt.execute("UPDATE coverage SET reached = 'untried' WHERE reached = 'refused'")
        spoilt.execute("UPDATE coverage SET answered = answered - 1 WHERE answered > 0")

    assert main(asked) == 1
    assert " 0 differ" in well
    named = capsys.readouterr().out
    month = f"{week.plan.monday:%Y-%m}"
    for number in (
        "summary, town, visits", "summary, town, collected",
        f"assessment, town {month}, quality, value", "board, town: 试禾镇, collected",
        "coverage, town, rate collected", "coverage, list, refused",
    ):  # fmt: skip
        assert f"{number}: " in named


def test_the_doors_of_the_week_are_of_every_kind_that_is_told_of_them(week: PlayedHere) -> None:
    doors = week.doors.of(week.places()[0])

    told = (*SUMMARY, "unregistered", "incomplete", "business", "stale")
    assert [key for key in told if not doors[key]] == []
    assert 0 < doors["declined"] < doors["answered"] < doors["applicable"]
    assert 0 < doors["collected"] < doors["listed"]
    assert len(week.doors.merged) == week.week.happened["merged"]


def test_the_trends_hold_each_case_once(week: PlayedHere) -> None:
    shown = board_shown(week, week.places()[0].id)

    assert sum(span.found for span in shown.weeks) == sum(span.found for span in shown.months)
