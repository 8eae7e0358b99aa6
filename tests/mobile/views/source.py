"""The source of the views, for what can be said of all of it."""

import ast
from collections.abc import Iterator
from pathlib import Path

VIEWS = Path(__file__).resolve().parents[3] / "mobile" / "views"


def sources() -> list[Path]:
    """Every file."""
    return sorted(VIEWS.rglob("*.py"))


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of every file, with the file's name."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield str(path.relative_to(VIEWS)), node


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call."""
    return ((name, node) for name, node in nodes() if isinstance(node, ast.Call))


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions at the top of every file."""
    for path in sources():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield str(path.relative_to(VIEWS)), node


def strings() -> Iterator[tuple[str, ast.Constant]]:
    """Every string, docstrings left out."""
    found = list(nodes())
    said = {id(node.value) for _, node in found if isinstance(node, ast.Expr)}
    for name, node in found:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield name, node


def called(node: ast.AST) -> set[str]:
    """The last names of what is called below a node."""
    return {last_name(one) for one in ast.walk(node) if isinstance(one, ast.Call)}


def last_name(call: ast.Call) -> str:
    """What is called, without what it belongs to."""
    return ast.unparse(call.func).rpartition(".")[2]
