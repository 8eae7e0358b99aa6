"""How commands talk: one language, progress on standard error, answers on standard output."""

import json
import locale
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from shared.wire import Words

LANGUAGE_VARIABLE = "DOORSTEP_LANG"

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


@contextmanager
def progress(zh: str, en: str, total: int | None = None) -> Iterator["Bar"]:
    """A bar while something takes long; nothing where nobody is watching."""
    console = Console(file=sys.stderr)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as shown:
        yield Bar(shown, shown.add_task(spoken(Words(zh, en)), total=total))


class Bar:
    """One line of progress."""

    def __init__(self, shown: Progress, task: TaskID) -> None:
        self._shown = shown
        self._task = task

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._shown.advance(self._task, count)

    def at(self, done: int, total: int) -> None:
        """So many of so many are done."""
        self._shown.update(self._task, completed=done, total=total)
