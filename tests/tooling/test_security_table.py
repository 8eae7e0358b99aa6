"""The table of docs/security.md names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CHECKS = range(19, 40)


def test_every_test_that_the_table_names_is_there() -> None:
    missing = [
        f"{file}::{name}"
        for file, name in NAMED.findall(TABLE)
        if not re.search(rf"^(async )?def {name}\(", _source(file), re.MULTILINE)
    ]

    assert missing == []


def test_every_check_of_the_phone_has_its_row_with_a_test() -> None:
    rows = {int(row[1]): row[2] for row in re.finditer(r"^\| (\d+) \|(.*)$", TABLE, re.MULTILINE)}

    assert [check for check in CHECKS if not NAMED.search(rows.get(check, ""))] == []


def _source(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8") if path.exists() else ""
