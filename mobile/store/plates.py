"""Finding a dwelling by its plate: by the plate's QR code, by its code, or as it is typed."""

from itertools import islice

from mobile.store.cards import DwellingCard
from mobile.store.glimpses import Glimpse
from mobile.store.index import Index
from mobile.store.shelf import Shelf
from shared.plates import plate_dwelling

FOUND_MAX = 20


class Plates:
    """Looks through the dwellings of this device."""

    def __init__(self, shelf: Shelf, index: Index) -> None:
        self._shelf = shelf
        self._index = index

    def at(self, text: str) -> tuple[DwellingCard, ...]:
        """The dwellings that a plate, or what is typed of it, may mean: exactly one if it says."""
        plain = _plain(text)
        if not plain:
            return ()
        named = plate_dwelling(text)
        with self._shelf.database.alone():
            if named is not None:
                card = self._index.dwelling(named)
                return (card,) if card else ()
            exact = [home.id for home in self._index.doors() if plain in _names(home)]
            cards = filter(None, map(self._index.dwelling, exact))
            found = cards if exact else self._index.dwellings(text.strip())
            return tuple(islice(found, FOUND_MAX))

    def households(self, dwelling: str) -> tuple[str, ...]:
        """The households that live there."""
        with self._shelf.database.alone():
            return tuple(card.id for card in self._index.at_door(self._index.called(dwelling)))


def _names(home: Glimpse) -> tuple[str, str]:
    return _plain(home.text("code")), _plain(home.text("plate"))


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
