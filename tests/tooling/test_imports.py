"""Imports point down, and each side asks for what it imports."""

import ast
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sysconfig.get_path("scripts")) / "lint-imports"
OURS = {"mobile", "rehearsal", "server", "shared"}


def test_every_import_contract_is_kept() -> None:
    checked = _lint_imports(ROOT)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("wrong", "statement", "contract"),
    [
        ("shared/wrong.py", "import server", "What both share imports neither"),
        ("mobile/wrong.py", "import server", "The app and the server never import each other"),
        ("mobile/wrong.py", "import flet", "In the app, only views and app know Flet"),
        ("shared/wrong.py", "import sqlite3", "What both share opens nothing"),
        ("server/wrong.py", "import rehearsal", "Nobody imports the rehearsal"),
        ("server/wrong.py", "import fastapi", "only api, console and app know FastAPI"),
    ],
)
def test_a_wrong_import_breaks_its_contract(
    tmp_path: Path, wrong: str, statement: str, contract: str
) -> None:
    for package in OURS:
        _bare_package(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / wrong).write_text(f"{statement}\n", encoding="utf-8")

    checked = _lint_imports(tmp_path)

    assert checked.returncode != 0
    assert any(contract in line and "BROKEN" in line for line in checked.stdout.splitlines())


@pytest.mark.parametrize(
    ("packages", "extras"),
    [(("shared",), ()), (("mobile",), ("web",)), (("server",), ("server",))],
)
def test_each_side_asks_for_what_it_imports(
    packages: tuple[str, ...], extras: tuple[str, ...]
) -> None:
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = whole["project"]
    lines = list(project["dependencies"])
    if "mobile" in packages:
        lines += whole["tool"]["flet"]["android"]["dependencies"]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    asked = {canonicalize_name(Requirement(line).name) for line in lines}
    providers = packages_distributions()

    unasked = {
        f"{path.relative_to(ROOT)}: {module}"
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for module in _imported(path) - OURS - sys.stdlib_module_names
        # What is for phones only is not installed here: it is known by its own name.
        if not asked & {canonicalize_name(name) for name in providers.get(module, [module])}
    }

    assert unasked == set()


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module.partition(".")[0])
    return found


def _bare_package(source: Path, target: Path) -> None:
    # The contracts name folders that must exist; what lies in them does not matter here.
    for folder in (source, *(path for path in source.iterdir() if path.is_dir())):
        if (folder / "__init__.py").is_file():
            copy = target / folder.relative_to(source)
            copy.mkdir(parents=True)
            (copy / "__init__.py").write_text('"""Empty."""\n', encoding="utf-8")


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
