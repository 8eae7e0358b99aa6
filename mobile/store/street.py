"""A street: what lies behind doors, in the order in which one walks, and found as one types."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from mobile.store.orders import door_order
from shared.search import search_keys, search_line, searcher

FEW = 100
"""So many are put into their places one by one; of more all are sorted."""


class _Known(Protocol):
    @property
    def id(self) -> str: ...


Card = TypeVar("Card", bound=_Known)


class Street(Generic[Card]):
    """Cards by id, from door to door, each with the line that a search looks through."""

    def __init__(
        self, place: Callable[[Card], str], texts: Callable[[Card], Iterable[str]]
    ) -> None:
        """place: where to knock. texts: what a card is found by, empty ones included."""
        self._place = place
        self._texts = texts
        self._cards: dict[str, Card] = {}
        self._walk: list[str] = []
        self._doors: dict[str, tuple[object, ...]] = {}
        """Where a card stands on the walk, where that was asked for."""
        self._lines: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._cards)

    def __iter__(self) -> Iterator[Card]:
        return map(self._cards.__getitem__, self._walk)

    def get(self, record: str) -> Card | None:
        """A record's card."""
        return self._cards.get(record)

    def settle(self, cards: Mapping[str, Card | None]) -> None:
        """Takes cards as they are now; None for a record that is here no more."""
        moved = [record for record, card in cards.items() if self._put(record, card)]
        if len(moved) > FEW:
            self._walk = sorted(self._cards, key=self._door)
        elif moved:
            leaving = set(moved)
            self._walk = [record for record in self._walk if record not in leaving]
            for record in filter(self._cards.__contains__, moved):
                place = bisect_left(self._walk, self._door(record), key=self._door)
                self._walk.insert(place, record)

    def take(self, cards: Sequence[Card], lines: Mapping[str, str]) -> None:
        """Takes cards that follow those that are here, in their order."""
        self._walk += [card.id for card in cards]
        self._cards.update({card.id: card for card in cards})
        self._lines.update(lines)

    def lines(self) -> dict[str, str]:
        """The lines that have been made, by id."""
        return dict(self._lines)

    def find(self, query: str) -> Iterator[Card]:
        """The cards that answer the query, from door to door."""
        if not query:
            return iter(self)
        finds, lines = searcher(query), self._lines
        return (card for card in self if finds(lines.get(card.id) or self._line(card)))

    def unprepared(self) -> list[str]:
        """Cards whose lines have not been made; making them takes a while."""
        return [record for record in self._cards if record not in self._lines]

    def prepare(self, records: Iterable[str]) -> None:
        """Makes lines before they are needed."""
        for record in records:
            if record in self._cards:
                self._line(self._cards[record])

    def _put(self, record: str, card: Card | None) -> bool:
        """Whether it must be put into another place on the walk."""
        before = self._cards.pop(record, None)
        self._lines.pop(record, None)
        if card is not None:
            self._cards[record] = card
        if card is not None and before is not None and self._place(card) == self._place(before):
            return False
        self._doors.pop(record, None)
        return before is not None or card is not None

    def _door(self, record: str) -> tuple[object, ...]:
        door = self._doors.get(record)
        if door is None:
            place = self._place(self._cards[record])
            door = self._doors[record] = (*door_order(place), record)
        return door

    def _line(self, card: Card) -> str:
        line = self._lines.get(card.id)
        if line is None:
            keys = search_keys(*filter(None, self._texts(card)))
            line = self._lines[card.id] = search_line(keys)
        return line
