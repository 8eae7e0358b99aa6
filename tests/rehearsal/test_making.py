"""Making a demo with a week: how far it has come, cut short, and begun anew."""

import shutil
import subprocess
import sys
from datetime import timedelta
from itertools import groupby
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from rehearsal.__main__ import main
from server.demo.home import make
from server.demo.progress import Part, Told
from server.settings import DATABASE_FILE
from server.town import TownPlan, generate
from tests.rehearsal.a_week import MONDAY, SIZE, PlayedHere

TINY = replace(SIZE, villages=0, grids=1, workers=1, households=6)
END_S = 60


def cut_short(home: Path, database: Path) -> int:
    """A rehearsal whose demo ends before it does; what it answers."""
    asked = ("--home", home, "--database", database, "--monday", MONDAY, "--attended")
    with subprocess.Popen(
        [sys.executable, "-m", "rehearsal", *map(str, asked)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as week:
        assert week.stdin is not None
        assert week.stdout is not None
        assert msgspec.json.decode(week.stdout.readline(), type=Told).part is Part.PHONES
        week.stdin.close()
        week.stdout.read()
        return week.wait(END_S)


@pytest.mark.timeout(600)
def test_a_week_that_was_cut_short_ends_and_is_made_anew(week: PlayedHere, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(week.file.parent, home)
    (home / DATABASE_FILE).rename(unfinished := home / f"{DATABASE_FILE}.unfinished")
    ended = cut_short(home, unfinished)
    left = {path.name for path in (home / "week").iterdir()}
    town = generate(TownPlan(size=TINY, today=MONDAY - timedelta(days=8)))
    told: list[Told] = []

    mark = make(home, town, told.append, MONDAY)

    assert ended == 1
    assert "phone-1" in left
    assert mark.week == MONDAY.isoformat()
    assert [part for part, _ in groupby(told, lambda each: each.part)] == list(Part)
    assert not unfinished.exists()
    assert not (home / "week").exists()
    assert main(["--check", "--home", str(home)]) == 0
