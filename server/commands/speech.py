"""How commands talk: one language, progress on standard error, answers on standard output."""

import json
import locale
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Annotated, Protocol

import typer

from shared.wire import Words

LANGUAGE_VARIABLE = "DOORSTEP_LANG"
_BARS = "server.commands.bars"
"""Loaded where somebody is watching: it costs a small machine half a second."""

AsJson = Annotated[bool, typer.Option("--json", help="以 JSON 输出 · Answer in JSON")]
OfTown = Annotated[
    str,
    typer.Option("--town", help="镇的代号，只有一个镇时可省略 · Which town, if there are several"),
]


def language() -> str:
    """The terminal's language, zh or en: as DOORSTEP_LANG says, else as its locale."""
    said = os.environ.get(LANGUAGE_VARIABLE, "")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        said = said or os.environ.get(name, "")
    said = said or (locale.getlocale()[0] or "")
    return "zh" if said.lower().startswith(("zh", "chinese")) else "en"


def spoken(words: Words) -> str:
    """The sentence in the language of the terminal."""
    return words.zh if language() == "zh" else words.en


def say(zh: str, en: str) -> None:
    """Prints one sentence."""
    typer.echo(spoken(Words(zh, en)))


def hint(zh: str, en: str) -> None:
    """Prints one sentence beside the answer, on standard error."""
    typer.echo(spoken(Words(zh, en)), err=True)


def answer_json(content: Mapping[str, object]) -> None:
    """Prints the answer for a program."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


class Bar(Protocol):
    """Is told how far something has come."""

    def step(self, count: int = 1) -> None:
        """So many more are done."""

    def at(self, done: int, total: int) -> None:
        """So many of so many are done."""


@contextmanager
def progress(zh: str, en: str, total: int | None = None) -> Iterator[Bar]:
    """A bar while something takes long; nothing where nobody is watching."""
    if not sys.stderr.isatty():
        yield _Unseen()
        return
    drawn: Callable[[str, int | None], AbstractContextManager[Bar]] = import_module(_BARS).bar
    with drawn(spoken(Words(zh, en)), total) as bar:
        yield bar


class _Unseen:
    def step(self, count: int = 1) -> None:
        """Nobody sees it."""

    def at(self, done: int, total: int) -> None:
        """Nobody sees it."""
