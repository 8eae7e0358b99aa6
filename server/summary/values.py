"""What a summary consists of: sections of figures, in the order in which such reports go."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from server.clock import beginning_of
from server.office.areas import Area
from server.office.people import AccountIdentity


class Part(StrEnum):
    """The sections, in their order."""

    ORGANISATION = "organisation"
    COLLECTION = "collection"
    VISITS = "visits"
    SERVICE = "service"
    DISPUTES = "disputes"
    LIVELIHOOD = "livelihood"
    HAZARDS = "hazards"
    CASES = "cases"
    DIARY = "diary"
    REPORTS = "reports"


class Asked(Struct, frozen=True, kw_only=True):
    """Of which area, between which days, by whom, and when it is asked."""

    who: AccountIdentity
    """With the grids of the area, and no others."""
    area: Area
    first: date
    last: date
    now: int

    @property
    def since(self) -> int:
        """The beginning of the first day, ms."""
        return beginning_of(self.first)

    @property
    def until(self) -> int:
        """The end of the last day, ms."""
        return beginning_of(self.last + timedelta(days=1))


class Item(Struct, frozen=True):
    """One thing that was counted."""

    kind: str
    """Of the record; `note` where there is none."""
    id: str
    text: str = ""
    """What is said of it, where its kind has no title of its own."""
    count: int = 1
    """For how many it stands: a batch of cards is one line, and as many cards as it has."""


class Figure(Struct, frozen=True, kw_only=True):
    """One number."""

    key: str
    number: int
    of: int | None = None
    """Of how many, where it is a share."""
    days: float | None = None
    """The median of the days that it took, where that is said."""

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where it is no share, or of nothing."""
        return self.number / self.of if self.of else None


class Section(Struct, frozen=True):
    """Figures that belong together."""

    part: Part
    figures: tuple[Figure, ...]

    def figure(self, key: str) -> Figure:
        """One of them; nought where nothing of the kind was counted."""
        found = (figure for figure in self.figures if figure.key == key)
        return next(found, Figure(key=key, number=0))

    def number(self, key: str) -> int:
        """How many of one of them."""
        return self.figure(key).number


class Written(Struct, frozen=True, kw_only=True):
    """What a person wrote beneath the figures: no register knows it."""

    problems: str = ""
    next: str = ""
    version: int = 0
    """Counted from 1; 0 where nobody has written anything yet."""
    by: str = ""
    """The account that wrote it."""
    at: int | None = None


class Summary(Struct, frozen=True):
    """Everything that is counted of an area and a period, and what was written beneath."""

    asked: Asked
    sections: tuple[Section, ...]
    written: Written = Written()

    def section(self, part: Part) -> Section:
        """One of the sections."""
        return next(section for section in self.sections if section.part is part)

    def every(self) -> Iterator[tuple[Part, Figure]]:
        """All figures, each with its section."""
        for section in self.sections:
            for figure in section.figures:
                yield section.part, figure


Groups = Mapping[str, Sequence[Item]]
"""The items behind each figure of a section, by its key."""


def figures_of(groups: Groups) -> tuple[Figure, ...]:
    """A figure for each group."""
    return tuple(Figure(key=key, number=number_of(items)) for key, items in groups.items())


def number_of(items: Iterable[Item]) -> int:
    """The number that these make together."""
    return sum(item.count for item in items)
