"""`doorstep export` as tables: typed files from the command line, and a colleague's word."""

import json
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

from tests.server.a_town import PASSWORD
from tests.server.cli.conftest import Run

WHY = ("--purpose", "report", "--reason", "三季度统计")


def test_a_kind_is_written_as_a_table(peopled: Run, home: Path) -> None:
    told = peopled("export", "--format", "csv", "--kind", "household", *WHY)
    target = home / "all.geojson"
    every = peopled("export", "--format", "geojson", "--to", str(target), "--json", *WHY)

    assert list(pd.read_csv(StringIO(told.out.removeprefix("\ufeff"))).columns)[:2] == [
        "id", "community",
    ]  # fmt: skip
    assert json.loads(every.out)["records"] == len(json.loads(target.read_text())["features"])
    assert target.stat().st_mode & 0o077 == 0
    assert "more than" not in peopled("export", "--format", "csv", "--kind", "household").err
    assert peopled("export", "--format", "csv", "--kind", "household").code == 1
    assert peopled("export", "--format", "csv", "--kind", "nothing", *WHY).code == 1
    assert peopled("export", "--format", "csv", "--sensitive", *WHY).code == 1


def test_whole_numbers_leave_only_with_a_colleague_who_types_a_password(
    peopled: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("export", "--format", "csv", "--kind", "household", "--clear", *WHY)
    alone = peopled(*asked)
    unproven = peopled(*asked, "--second", "chen")
    monkeypatch.setenv("DOORSTEP_SECOND_PASSWORD", "not-the-one-9")
    wrong = peopled(*asked, "--second", "chen")
    monkeypatch.setenv("DOORSTEP_SECOND_PASSWORD", PASSWORD)

    agreed = peopled(*asked, "--second", "chen")

    assert [each.code for each in (alone, unproven, wrong, agreed)] == [1, 1, 1, 0]
    assert "head_name" in agreed.out
    assert [each.out for each in (alone, unproven, wrong)] == [""] * 3
