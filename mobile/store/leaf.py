"""A leaf of the index: rows and cards as they are written down, so that unlocking is quick."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from msgspec import Struct

from mobile.store.cards import HouseholdCard, ResidentCard, VisitCard
from mobile.store.glimpses import Glimpse

V = TypeVar("V")


class Leaf(Struct, frozen=True, array_like=True):
    """Rows and cards of some records; `mobile/store/rows.py` says what each part means."""

    versions: dict[str, int]
    contested: dict[str, frozenset[str]]
    id_numbers: dict[str, str]
    absent: dict[str, tuple[str, ...]]
    residents: Sequence[ResidentCard]
    visits: Sequence[VisitCard]
    households: Sequence[Glimpse]
    dwellings: Sequence[Glimpse]
    """In the order in which one walks."""
    cards: Sequence[HouseholdCard]
    """In the order in which one walks."""
    lines: dict[str, str]
    """What a search looks through, by household."""
    door_lines: dict[str, str]

    def torn(self, rows: int) -> Iterator["Leaf"]:
        """The leaf in pieces of so many rows; put together in their order they say the same."""
        # Every record has a version, so nothing else is longer.
        longest = len(self.versions)
        for start in range(0, longest, rows):
            cut = slice(start, start + rows)
            yield Leaf(
                versions=_of(self.versions, cut),
                contested=_of(self.contested, cut),
                id_numbers=_of(self.id_numbers, cut),
                absent=_of(self.absent, cut),
                residents=self.residents[cut],
                visits=self.visits[cut],
                households=self.households[cut],
                dwellings=self.dwellings[cut],
                cards=self.cards[cut],
                lines=_of(self.lines, cut),
                door_lines=_of(self.door_lines, cut),
            )


def _of(rows: Mapping[str, V], cut: slice) -> dict[str, V]:
    return dict(islice(rows.items(), cut.start, cut.stop))
