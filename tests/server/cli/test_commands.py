"""A command loads what it needs, and all of them are found."""

import json
import subprocess
import sys

import pytest

from server.cli import COMMANDS, commands

HEAVY = {"sqlalchemy", "sqlmodel", "fastapi", "pyxform", "uvicorn", "server.register.register"}
LOADED = """
import json, sys
from server.cli import commands
commands()(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(*arguments: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], capture_output=True, text=True, check=True
    )
    return set(json.loads(told.stdout.splitlines()[-1]))


def test_the_version_is_told_without_loading_the_server() -> None:
    assert not HEAVY & loaded_by("--version")


def test_a_command_does_not_load_the_others() -> None:
    assert {"fastapi", "pyxform", "uvicorn"}.isdisjoint(loaded_by("db", "distribution"))


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands()(["--help"]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert COMMANDS.keys() <= {words[0] for words in lines if words}
    assert all(len(words) > 1 for words in lines if words and words[0] in COMMANDS)
