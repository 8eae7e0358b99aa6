"""The draft of a period summary in plain sentences: from the figures, and from nothing else.

It goes in the order in which such summaries are written. What no register knows (problems met,
next steps) is left open, for a person to write. The sentences are in `zh.toml` and `en.toml`.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TypedDict

from msgspec import Struct

from server.summary.values import Figure, Summary
from shared.coverage import TARGET

OPEN_PARTS = ("problems", "next")
"""What a person writes."""


class Texts(TypedDict):
    """The sentences of one language."""

    title: str
    days: str
    to_write: str
    median: str
    heading: Mapping[str, str]
    text: Mapping[str, str]
    figure: Mapping[str, str]


class Paragraph(Struct, frozen=True):
    """One section of the draft."""

    heading: str
    text: str


@lru_cache(2)
def texts(language: str) -> Texts:
    """The sentences of a language."""
    file = files("server.summary").joinpath(f"{language}.toml")
    found: Texts = tomllib.loads(file.read_text(encoding="utf-8"))  # type: ignore[assignment]
    return found


def title_of(summary: Summary, language: str) -> str:
    """What the document is called."""
    return texts(language)["title"].format(area=summary.asked.area.name)


def days_of(summary: Summary, language: str) -> str:
    """Of which days it is."""
    first, last = (_day(day, language) for day in (summary.asked.first, summary.asked.last))
    return texts(language)["days"].format(first=first, last=last)


def draft(summary: Summary, language: str) -> list[Paragraph]:
    """The paragraphs, the open ones last."""
    said, numbers = texts(language), _Numbers(summary, language)
    told = [
        Paragraph(said["heading"][section.part], said["text"][section.part].format_map(numbers))
        for section in summary.sections
    ]
    return told + [Paragraph(said["heading"][part], said["to_write"]) for part in OPEN_PARTS]


def percent(figure: Figure) -> str:
    """A share as it is printed; a dash where there is nothing to share."""
    return "—" if figure.share is None else f"{figure.share:.1%}"


class _Numbers(dict[str, str]):
    """What stands in the places of the sentences."""

    def __init__(self, summary: Summary, language: str) -> None:
        super().__init__(area=summary.asked.area.name, target=f"{TARGET:.0%}")
        self._figures = {figure.key: figure for _, figure in summary.every()}
        self._median = texts(language)["median"]

    def __missing__(self, name: str) -> str:
        if name.endswith("_share"):
            return percent(self._figures[name.removesuffix("_share")])
        if name.endswith("_days"):
            days = self._figures[name.removesuffix("_days")].days
            return "" if days is None else self._median.format(n=f"{days:.1f}")
        return str(self._figures[name].number)


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day:%-d %b %Y}"
