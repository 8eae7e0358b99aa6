"""`doorstep audit`: the head, the check with heads that were kept, and looking rows up."""

import json
from pathlib import Path

from tests.server.cli.conftest import Run


def test_the_trail_is_checked_against_heads_that_were_kept(peopled: Run, home: Path) -> None:
    file = home / "elsewhere.txt"
    file.write_text(peopled("audit", "head").out)
    peopled("add-area", "329901100002", "河西社区")

    well = peopled("audit", "verify", "--heads", str(file), "--json")
    file.write_text(file.read_text().replace(":", ":0"))
    forged = peopled("audit", "verify", "--heads", str(file))
    nothing = peopled("audit", "verify", "--heads", str(home / "none"))

    assert (well.code, json.loads(well.out)["heads"]) == (0, 1)
    assert forged.code == 1
    assert "not what the kept heads say" in forged.out
    assert nothing.code == 1
    rows = peopled("audit", "show", "--deed", "area_added", "--json")
    assert len(json.loads(rows.out)["rows"]) == 3
    assert "Nothing found" in peopled("audit", "show", "no such mark").err


def test_housekeeping_writes_the_days_head(peopled: Run, home: Path) -> None:
    peopled("housekeeping")

    assert (home / "audit-heads.txt").read_text().count("\n") == 1
    assert "agrees with 1" in peopled("audit", "verify").out


def test_how_long_records_are_kept_is_set_and_tried_by_command(peopled: Run) -> None:
    none = peopled("retention")
    told = peopled("retention", "--set", "visit", "--since", "updated", "--days", "365")
    wrong = peopled("retention", "--set", "visit", "--days", "3")

    assert "everything is kept" in none.out
    assert "visit: erased 365 days after the last change; 0 are due now" in told.out
    assert wrong.code == 1
    assert peopled("retention", "--set", "visit", "--days", "0").out == none.out
