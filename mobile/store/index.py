"""The index: cards of every household, kept in memory while the account is unlocked.

SQLite has nothing to search by, since all rows are sealed; so lists and search work on this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property

from mobile.store.cards import (
    DwellingCard,
    HouseholdCard,
    HouseholdFilter,
    ResidentCard,
    VisitCard,
)
from mobile.store.glimpses import (
    DWELLING_UNITS,
    HOUSEHOLD_UNITS,
    Glimpse,
    door_label,
    dwelling_card,
    resident_card,
    slim,
    visit_card,
)
from mobile.store.merged import Merged
from mobile.store.orders import (
    by_relation,
    door_order,
    door_texts,
)
from mobile.store.summing import Family, household_card
from shared.search import matches, search_keys

KINDS = frozenset({"dwelling", "household", "resident", "visit"})


class Index:
    """Who and what lies where, by id."""

    def __init__(self) -> None:
        self.news: set[str] = set()
        """Households that somebody else has changed since the worker last looked."""
        self.drafting: AbstractSet[str] = frozenset()
        """Households with an unfinished form."""
        self.contested: dict[str, frozenset[str]] = {}
        """Units that wait for a person, by record."""
        self.residents: dict[str, ResidentCard] = {}
        self.id_numbers: dict[str, str] = {}
        self.absent: dict[str, tuple[str, ...]] = {}
        """Unanswered units that count, by record."""
        self._households: dict[str, Glimpse] = {}
        self._dwellings: dict[str, Glimpse] = {}
        self._visits: dict[str, VisitCard] = {}
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        """What refers to a dwelling or household."""
        self._merged = Merged()
        self._cards: dict[str, HouseholdCard] = {}
        self._order: dict[str, tuple[object, ...]] = {}
        self._keys: dict[str, tuple[str, ...]] = {}

    # ---- filling ------------------------------------------------------------------------------

    def put(self, glimpse: Glimpse) -> set[str]:
        """Takes a record as it is now; the households whose cards it touches."""
        touched = self.drop(glimpse.id) | self._call(glimpse.id, glimpse.survivor)
        if not glimpse.there or glimpse.kind not in KINDS:
            return touched
        if glimpse.contested:
            self.contested[glimpse.id] = glimpse.contested
        if glimpse.absent:
            self.absent[glimpse.id] = glimpse.absent
        parent = self.called(self._take(glimpse))
        self._below[parent].add(glimpse.id)
        return touched | self._touches(glimpse.id, parent)

    def drop(self, record: str) -> set[str]:
        """Forgets a record; the households whose cards it touched."""
        parent = self.parent(record)
        touched = set() if parent is None else self._touches(record, parent)
        self._below[parent or ""].discard(record)
        self.contested.pop(record, None)
        self.id_numbers.pop(record, None)
        self.absent.pop(record, None)
        for kept in (self._households, self._dwellings, self.residents, self._visits):
            kept.pop(record, None)
        return touched

    def settle(self, households: Iterable[str]) -> None:
        """Makes the cards of these households anew."""
        for household in households:
            self._keys.pop(household, None)
            glimpse = self._households.get(household)
            if glimpse is None:
                self._cards.pop(household, None)
                self._order.pop(household, None)
            else:
                card = self._cards[household] = self._card(glimpse)
                self._order[household] = (*door_order(card.place), household)
        self.__dict__.pop("_ordered", None)

    def settle_all(self) -> None:
        """Makes every card anew."""
        self.settle(list(self._households.keys() | self._cards.keys()))

    # ---- asking -------------------------------------------------------------------------------

    @property
    def households(self) -> int:
        """How many there are."""
        return len(self._cards)

    def cards(self) -> Iterator[HouseholdCard]:
        """Every household, from door to door."""
        return (self._cards[household] for household in self._ordered)

    def find(self, query: str, narrow: HouseholdFilter) -> list[HouseholdCard]:
        """The households that match, from door to door."""
        return [
            card
            for card in self.cards()
            if narrow.passes(card) and (not query or matches(query, self._keys_of(card)))
        ]

    def unprepared(self) -> list[str]:
        """Households whose search keys have not been made; making them takes a while."""
        return [household for household in self._cards if household not in self._keys]

    def prepare(self, households: Iterable[str]) -> None:
        """Makes search keys before they are needed."""
        for household in households:
            if household in self._cards:
                self._keys_of(self._cards[household])

    def called(self, record: str) -> str:
        """The record that is meant by an id: the one that it was merged into, if it was."""
        return self._merged.survivor(record)

    def card(self, household: str) -> HouseholdCard | None:
        """A household's card."""
        return self._cards.get(self.called(household))

    def members(self, household: str) -> list[ResidentCard]:
        """Those of a household: living here first, the head first."""
        below = self._below[self.called(household)]
        members = [self.residents[m] for m in below if m in self.residents]
        return sorted(members, key=by_relation)

    def visits(self, household: str) -> list[VisitCard]:
        """A household's visits, the newest first."""
        below = self._below[self.called(household)]
        visits = [self._visits[v] for v in below if v in self._visits]
        corrected = {visit.corrects for visit in visits}
        standing = [visit for visit in visits if visit.id not in corrected]
        return sorted(standing, key=lambda visit: (visit.started, visit.id), reverse=True)

    def dwelling(self, dwelling: str) -> DwellingCard | None:
        """A dwelling's card."""
        glimpse = self._dwellings.get(self.called(dwelling))
        if glimpse is None:
            return None
        return dwelling_card(glimpse, len(self._below[glimpse.id] & self._households.keys()))

    def doors(self) -> Iterator[Glimpse]:
        """Every dwelling."""
        yield from self._dwellings.values()

    def at_door(self, dwelling: str) -> list[HouseholdCard]:
        """The households of a dwelling."""
        return [self._cards[one] for one in self._below[dwelling] if one in self._cards]

    def dwellings(self, query: str) -> Iterator[DwellingCard]:
        """Dwellings that match the query, from door to door."""
        for glimpse in sorted(self._dwellings.values(), key=lambda g: door_order(door_label(g))):
            keys = search_keys(*door_texts(glimpse))
            card = self.dwelling(glimpse.id)
            if card is not None and (not query or matches(query, keys)):
                yield card

    def parent(self, record: str) -> str | None:
        """What a record refers to: "" for nothing; None when it is not here."""
        named = self._named(record)
        return None if named is None else self.called(named)

    def household_of(self, record: str) -> str | None:
        """The household to open for a record."""
        record = self.called(record)
        if record in self._households:
            return record
        parent = self.parent(record)
        return parent if parent in self._households else None

    def family(self, household: str) -> set[str]:
        """A household with its members and visits."""
        return {household} | self._below[self.called(household)]

    def label(self, record: str) -> str:
        """A record in one line; "" when it is not here."""
        record = self.called(record)
        if record in self.residents:
            return self.residents[record].name
        if record in self._visits:
            return self._visits[record].started[:10]
        if record in self._dwellings:
            return door_label(self._dwellings[record])
        card = self._cards.get(record)
        return "" if card is None else " · ".join(filter(None, (card.head_name, card.place)))

    def phone(self, household: str) -> str:
        """A household's whole phone number."""
        glimpse = self._households.get(self.called(household))
        return "" if glimpse is None else glimpse.text("phone")

    def door(self, household: str) -> tuple[str, str]:
        """A household's dwelling, and its plate or code."""
        glimpse = self._households.get(self.called(household))
        dwelling = "" if glimpse is None else self.called(glimpse.text("dwelling"))
        home = self._dwellings.get(dwelling)
        return dwelling, "" if home is None else home.text("code") or home.text("plate")

    # ---- inside -------------------------------------------------------------------------------

    def _call(self, record: str, survivor: str) -> set[str]:
        """Takes a record as merged into that one, or into none; the households it touches."""
        before = self.called(record)
        if not self._merged.put(record, survivor):
            return set()
        below = self._below[before]
        for child in tuple(below):
            parent = self.parent(child) or ""
            below.discard(child)
            self._below[parent].add(child)
        return self._touches(before, "") | self._touches(self.called(record), "")

    def _named(self, record: str) -> str | None:
        """What a record refers to, by the id that it has."""
        for kept in (self.residents, self._visits):
            if record in kept:
                return kept[record].household
        if record in self._households:
            return self._households[record].text("dwelling")
        return "" if record in self._dwellings else None

    def _take(self, glimpse: Glimpse) -> str:
        if glimpse.kind == "resident":
            self.residents[glimpse.id] = resident_card(glimpse)
            if glimpse.text("id_number"):
                self.id_numbers[glimpse.id] = glimpse.text("id_number")
            return glimpse.text("household")
        if glimpse.kind == "visit":
            self._visits[glimpse.id] = visit_card(glimpse)
            return glimpse.text("household")
        if glimpse.kind == "household":
            self._households[glimpse.id] = slim(glimpse, HOUSEHOLD_UNITS)
            return glimpse.text("dwelling")
        self._dwellings[glimpse.id] = slim(glimpse, DWELLING_UNITS)
        return ""

    def _touches(self, record: str, parent: str) -> set[str]:
        """The households whose cards show something of the record."""
        if record in self._households:
            return {record}
        if record in self._dwellings:
            return self._below[record] & self._households.keys()
        return {parent}

    def _card(self, glimpse: Glimpse) -> HouseholdCard:
        return household_card(
            glimpse,
            Family(
                home=self._dwellings.get(self.called(glimpse.text("dwelling"))),
                members=self.members(glimpse.id),
                visits=self.visits(glimpse.id),
                changed_by_others=glimpse.id in self.news
                or not self._below[glimpse.id].isdisjoint(self.news),
                draft=glimpse.id in self.drafting,
            ),
        )

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self._order, key=self._order.__getitem__)

    def _keys_of(self, card: HouseholdCard) -> tuple[str, ...]:
        keys = self._keys.get(card.id)
        if keys is None:
            glimpse, home = self._households[card.id], self._dwellings.get(card.dwelling or "")
            texts = [card.head_name, *card.members, glimpse.text("landlord_name")]
            phones = [glimpse.text("phone"), glimpse.text("landlord_phone")]
            phones += [member.phone for member in self.members(card.id)]
            doors = door_texts(home) if home else ()
            keys = self._keys[card.id] = search_keys(*filter(None, (*texts, *phones, *doors)))
        return keys
