"""The product can be read in an afternoon: no long file, no long function."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 300
WRITTEN_BY_A_TOOL = "migrations"


def test_no_file_is_longer_than_can_be_read_at_once() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _sources()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > FILE_LINES_MAX
    }

    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function.name}": lines
        for path in _sources()
        for function in _functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    }

    assert long == {}


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _sources() -> list[Path]:
    return [
        path
        for folder in ("mobile", "rehearsal", "server", "shared", "tools")
        for path in (ROOT / folder).rglob("*.py")
        if WRITTEN_BY_A_TOOL not in path.parts
    ]
