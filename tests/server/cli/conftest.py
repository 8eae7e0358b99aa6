"""Runs commands in this process: faster than a program of its own, and the same code."""

from collections.abc import Callable
from pathlib import Path

import pytest

from server.cli import main
from tests.server.a_town import PASSWORD
from tests.server.cli.running import Told

Run = Callable[..., Told]

TOWN = ("--town-name", "东镇", "--town-code", "329901100000")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOORSTEP_HOME", str(tmp_path))
    for name in ("DOORSTEP_HOST", "DOORSTEP_PORT", "DOORSTEP_WORKERS"):
        # `serve` tells them to its processes: they must be gone again after the test.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str, language: str = "en") -> Told:
        monkeypatch.setenv("DOORSTEP_LANG", language)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfd.readouterr()
        assert isinstance(ended.value.code, int)
        return Told(ended.value.code, out, err)

    return command


@pytest.fixture
def peopled(run: Run) -> Run:
    """The same, in a home with a town, a grid and a worker."""
    for arguments in (
        ("add-admin", "chen", "--name", "陈敏", "--password", PASSWORD, *TOWN),
        ("second-factor", "--set", "nobody"),
        ("add-area", "329901100001", "河东社区"),
        ("add-area", "329901100001001", "第一网格"),
        ("add-worker", "W1", "王芳", "--grid", "329901100001001"),
    ):
        told = run(*arguments)
        assert told.code == 0, told.err
    return run
