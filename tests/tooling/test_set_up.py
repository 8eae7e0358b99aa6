"""Set-up on a bare machine: one command, a clear sentence when something is missing."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import set_up

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("demo", "test", "check", "format", "bench", "screenshots", "lock", "clean")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What set-up reads, in a folder whose name has a space."""
    folder = tmp_path / "a copy of Doorstep"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    return folder


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_planned_where_nothing_is_installed(copy: Path, target: str) -> None:
    planned = _make(copy, "--dry-run", target)

    assert planned.returncode == 0, planned.stderr
    assert planned.stderr == ""
    assert ("tools/set_up.py" in planned.stdout) == (target != "clean")


def test_make_alone_lists_what_can_be_asked_for(copy: Path) -> None:
    listed = _make(copy)

    assert listed.returncode == 0
    assert all(f"make {target} " in listed.stdout for target in TARGETS)


def test_an_old_python_gets_one_clear_sentence(copy: Path, tmp_path: Path) -> None:
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(11, 15))):
        (commands / name).write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
        (commands / name).chmod(0o755)

    made = _make(copy, "setup", path=str(commands))

    assert made.returncode != 0
    assert "needs Python 3.11 or newer" in made.stderr
    assert not (copy / ".venv").exists()


def test_a_python_without_venv_gets_the_command_that_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    _write_inputs(tmp_path)

    with pytest.raises(set_up.CannotSetUp, match=r"sudo apt-get install python3\.\d+-venv"):
        set_up.set_up(tmp_path)


def test_a_failed_installation_shows_what_pip_said_and_leaves_no_stamp(tmp_path: Path) -> None:
    _write_inputs(tmp_path, lock="this is no requirement\n")

    with pytest.raises(set_up.CannotSetUp, match="pip said"):
        set_up.set_up(tmp_path)

    assert not set_up.is_set_up(tmp_path)


def test_set_up_is_skipped_until_the_lock_or_the_folder_changes(tmp_path: Path) -> None:
    home = tmp_path / "first"
    home.mkdir()
    _write_inputs(home)
    subprocess.run([sys.executable, "-m", "venv", home / ".venv"], check=True, timeout=120)
    (home / ".venv" / set_up.STAMP).write_text(set_up.fingerprint(home), encoding="utf-8")

    assert set_up.is_set_up(home)

    moved = home.rename(tmp_path / "second")
    assert not set_up.is_set_up(moved)

    moved.rename(home)
    _write_inputs(home, lock="# a newer one\n")
    assert not set_up.is_set_up(home)


def test_the_lock_is_counted_for_the_progress_bar() -> None:
    assert set_up.count_requirements(ROOT / "requirements.lock") > 50


def _write_inputs(folder: Path, lock: str = "") -> None:
    (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (folder / "requirements.lock").write_text(lock, encoding="utf-8")


def _make(
    folder: Path, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    make = shutil.which("make")
    assert make is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    if path is not None:
        environment["PATH"] = path
    return subprocess.run(
        [make, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
