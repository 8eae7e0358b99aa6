"""What is committed: small files, no address of one machine, and one way to check it all."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_BYTES_MAX = 1_000_000

# Written so that this file does not find itself.
ADDRESSES = re.compile(
    r"(?:[-]-(?:extra-)?index[-]url|[-]-find[-]links|PIP_INDEX[_]URL|files\.python[h]osted"
    r"|pypi[.]org/simple|file[:]///)[ =]*\S*"
)
# Behind a bracket it is a step of an XPath: instance(...) and its items.
PLACES = re.compile(r"(?<![\w.)])/(?:hom[e]|User[s]|roo[t]|wor[k])/[\w.-]+(?:/[\w.-]+)*")


def test_no_committed_file_is_large() -> None:
    large = [path for path in _committed() if path.stat().st_size > FILE_BYTES_MAX]

    assert large == []


def test_no_committed_file_names_a_package_index() -> None:
    assert _found_in_text(ADDRESSES) == []


def test_no_committed_file_names_a_place_on_the_disk_of_one_machine() -> None:
    home = re.escape(str(Path.home()))
    here = re.compile(rf"{re.escape(str(ROOT))}|(?<![\w.)]){home}/[\w.]+")

    assert _found_in_text(PLACES) == []
    assert _found_in_text(here) == []


def test_ci_runs_the_two_commands_that_the_readme_names() -> None:
    run = ROOT / ".ci" / "run"

    assert os.access(run, os.X_OK)
    assert re.findall(r"^make (\w+)", run.read_text(encoding="utf-8"), re.MULTILINE) == [
        "check",
        "test",
    ]


def test_the_apk_is_built_with_the_flet_that_the_app_is_written_for() -> None:
    pinned = re.search(r'"flet==([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    workflow = (ROOT / ".github" / "workflows" / "android.yml").read_text(encoding="utf-8")

    assert pinned is not None
    assert set(re.findall(r"flet(?:-cli)?==([\d.]+)", workflow)) == {pinned[1]}


def _found_in_text(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in _committed()
        if b"\0" not in (content := path.read_bytes())
        for found in pattern.finditer(content.decode("utf-8"))
    ]


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is a copy without its git history")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
