"""A command loads what it needs, and all of them are found."""

import json
import subprocess
import sys

import pytest

from server.cli import COMMANDS, GROUPS, commands

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


LIGHT = {
    ("db", "distribution"): {"rich", "server.services", "server.register.register"},
    ("forms", "check", "--help"): {"sqlalchemy", "rich", "server.services"},
    ("import", "--help"): {"rich", "pyxform", "fontTools"},
}
"""Commands with what they do without; none of them needs the web framework."""


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_a_command_does_not_load_what_it_does_without(arguments: tuple[str, ...]) -> None:
    assert loaded_by(*arguments) & (LIGHT[arguments] | {"fastapi", "uvicorn"}) == set()


def test_each_command_of_a_group_is_in_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    for group in GROUPS:
        commands()([group, "--help"])

        told = capsys.readouterr().out
        named = [name for name in COMMANDS if name.startswith(f"{group} ")]
        assert named
        assert GROUPS[group] in told
        assert all(f" {name.split()[1]} " in told for name in named)


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands()(["--help"]) == 0

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    first_words = {name.partition(" ")[0] for name in COMMANDS}
    assert first_words <= {words[0] for words in lines if words}
    assert all(len(words) > 1 for words in lines if words and words[0] in first_words)
