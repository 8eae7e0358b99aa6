"""`doorstep import`."""

import json
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.server.cli.conftest import Run

GRID = "329901100001001"
TABLE = """东镇河东社区住户登记表,,,
户主姓名,门牌号,联系电话,人口数
王小芳,河东路1号101,13912345678,3
李强,河东路1号102,13912345679,2
,河东路1号103,,1
张伟,河东路1号104,电话不详啊,4
"""


@pytest.fixture
def table(home: Path) -> Path:
    path = home / "住户.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_a_dry_run_says_row_by_row_what_would_happen_and_writes_nothing(
    peopled: Run, table: Path, home: Path
) -> None:
    bad = home / "bad.xlsx"

    told = peopled("import", str(table), "--grid", GRID, "--bad-rows", str(bad), language="zh")

    assert told.code == 0
    assert "新增 2 行" in told.out
    assert "第 5 行：" in told.out
    assert "--commit" in told.err
    assert peopled("export").out == ""
    book = load_workbook(bad)
    rows = list(book[book.sheetnames[0]].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["河东路1号103", "河东路1号104"]


def test_a_committed_import_is_written_once_however_often_it_is_run(
    peopled: Run, table: Path
) -> None:
    first = peopled("import", str(table), "--grid", GRID, "--commit", "--json")
    again = peopled("import", str(table), "--grid", GRID, "--commit", "--json", "--as", "chen")

    assert (json.loads(first.out)["new"], json.loads(again.out)["new"]) == (2, 0)
    assert json.loads(again.out)["unchanged"] == 2
    assert [row["row"] for row in json.loads(again.out)["bad_rows"]] == [5, 6]
    lines = [json.loads(line) for line in peopled("export").out.splitlines()]
    names = {line["answers"].get("head_name") for line in lines if line["kind"] == "household"}
    assert names == {"王小芳", "李强"}
    assert peopled("verify").code == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", "只有标题,没有内容".encode()])
def test_a_file_that_is_no_table_is_told_in_one_sentence(
    peopled: Run, home: Path, content: bytes, language: str
) -> None:
    file = home / "wrong.xlsx"
    file.write_bytes(content)

    told = peopled("import", str(file), "--grid", GRID, "--commit", language=language)

    assert told.code == 1
    assert told.err.strip()
    assert "Traceback" not in told.err


def test_a_missing_file_grid_or_account_is_named(peopled: Run, table: Path) -> None:
    told = [
        peopled("import", "nowhere.xlsx", "--grid", GRID),
        peopled("import", str(table), "--grid", "329901100001999"),
        peopled("import", str(table), "--grid", GRID, "--as", "nobody"),
    ]

    assert [answer.code for answer in told] == [1, 1, 1]
    for answer, name in zip(told, ("nowhere.xlsx", "329901100001999", "nobody"), strict=True):
        assert name in answer.err
