"""How far the making of a demo has come, told by whoever makes it, and said in plain words."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct
from rich.console import Console
from rich.progress import Progress, TaskID

from server.demo import words
from server.demo.words import said
from shared.wire import Words


class Part(StrEnum):
    """What is being made, in this order."""

    TOWN = "town"
    """Records and visits of the past; done: changes."""
    PHONES = "phones"
    """Phones that have received their grids."""
    WEEK = "week"
    """Hours of a rehearsed week."""
    COUNTING = "counting"
    """Per cent of the figures."""


class Told(Struct, frozen=True, kw_only=True):
    """How far it has come. A rehearsal writes one as a line of JSON."""

    part: Part
    done: int
    of: int
    day: date | None = None
    """Of the week, the day that is being rehearsed."""


Tell = Callable[[Told], None]
_TITLES: Mapping[Part, Words] = MappingProxyType(
    {
        Part.TOWN: words.PART_TOWN,
        Part.PHONES: words.PART_PHONES,
        Part.WEEK: words.PART_WEEK,
        Part.COUNTING: words.PART_COUNTING,
    }
)


@contextmanager
def shown(console: Console, language: str) -> Iterator[Tell]:
    """Says each part and each day in a line as it begins, over a bar where there is a terminal."""
    with Progress(console=console, transient=True) as bar:
        yield _Shown(bar, language).tell


def lasted(begun: float) -> str:
    """How long it is since that time of the monotonic clock: "6:05", minutes and seconds."""
    minutes, seconds = divmod(round(time.monotonic() - begun), 60)
    return f"{minutes}:{seconds:02}"


class _Shown:
    def __init__(self, bar: Progress, language: str) -> None:
        self._bar, self._language = bar, language
        self._begun = time.monotonic()
        self._said = ""
        self._task: TaskID | None = None

    def tell(self, told: Told) -> None:
        day = "" if told.day is None else told.day.isoformat()
        line = said(_TITLES[told.part], self._language, of=f"{told.of:,}", day=day).strip()
        if line != self._said:
            self._begin(line)
        if self._task is not None:
            self._bar.update(self._task, completed=told.done, total=told.of)

    def _begin(self, line: str) -> None:
        self._said = line
        self._bar.console.print(f"{lasted(self._begun):>6}  {line}", markup=False, highlight=False)
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(line, total=None)
