"""Bars of progress for a terminal. Loaded when there is one: drawing takes a library of its own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


@contextmanager
def bar(label: str, total: int | None) -> Iterator["DrawnBar"]:
    """A bar on standard error, gone at the end. total: None where it is not known yet."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as shown:
        yield DrawnBar(shown, shown.add_task(label, total=total))


class DrawnBar:
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
