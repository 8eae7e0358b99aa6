"""The draft of a period summary in plain sentences: from the figures, and from nothing else.

It goes in the order in which such summaries are written. What no register knows (problems met,
next steps) is left open, for a person to write. The sentences are in `zh.toml` and `en.toml`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from string import Formatter
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


class Piece(Struct, frozen=True):
    """A part of a sentence: words, or a figure that can be opened."""

    text: str
    figure: Figure | None = None
    """Whose number or share it is; none for words."""


class Paragraph(Struct, frozen=True):
    """One section of the draft."""

    heading: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(piece.text for piece in self.pieces)


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
    """The paragraphs; last what a person writes, or the room for it."""
    said, numbers = texts(language), _Numbers(summary, language)
    written = summary.written
    told = [
        Paragraph(said["heading"][section.part], tuple(numbers.filled(said["text"][section.part])))
        for section in summary.sections
    ]
    by_hand = zip(OPEN_PARTS, (written.problems, written.next), strict=True)
    return told + [
        Paragraph(said["heading"][part], (Piece(text or said["to_write"]),))
        for part, text in by_hand
    ]


def percent(figure: Figure) -> str:
    """A share as it is printed; a dash where there is nothing to share."""
    return "—" if figure.share is None else f"{figure.share:.1%}"


class _Numbers:
    """What stands in the places of the sentences."""

    def __init__(self, summary: Summary, language: str) -> None:
        self._words = {"area": summary.asked.area.name, "target": f"{TARGET:.0%}"}
        self._figures = {figure.key: figure for _, figure in summary.every()}
        self._median = texts(language)["median"]

    def filled(self, sentence: str) -> Iterator[Piece]:
        """The sentence in pieces, each place with what stands there."""
        for words, place, _, _ in Formatter().parse(sentence):
            yield Piece(words)
            if place in self._words:
                yield Piece(self._words[place])
            elif place is not None:
                yield self._number(place)

    def _number(self, place: str) -> Piece:
        figure = self._figures[place.removesuffix("_share").removesuffix("_days")]
        if place.endswith("_share"):
            return Piece(percent(figure), figure)
        if place.endswith("_days"):
            days = "" if figure.days is None else self._median.format(n=f"{figure.days:.1f}")
            return Piece(days, figure)
        return Piece(str(figure.number), figure)


def _day(day: date, language: str) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day:%-d %b %Y}"
