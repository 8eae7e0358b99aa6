"""The index: cards of every household, kept in memory while the account is unlocked.

SQLite has nothing to search by, since all rows are sealed; so lists and search work on this.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from msgspec import Struct

from mobile.store.cards import DwellingCard, HouseholdCard, HouseholdFilter
from mobile.store.glimpses import Glimpse, door_label
from mobile.store.leaf import Leaf
from mobile.store.orders import door_texts
from mobile.store.rows import Rows
from mobile.store.street import Street
from mobile.store.summing import Family, household_card
from shared.records import PENDING
from shared.visiting.schedule import INTERVALS, intervals_of

EVERYBODY = HouseholdFilter()
RULES = "work_rules"


class GridRules(Struct, frozen=True):
    """How often somebody should look in, by category, as one record says."""

    grid: str
    version: int
    intervals: dict[str, int]


class Index(Rows):
    """The rows, with a card for each household and the street that both lie on."""

    def __init__(self) -> None:
        super().__init__()
        self.news: set[str] = set()
        """Households that somebody else has changed since the worker last looked."""
        self.drafting: AbstractSet[str] = frozenset()
        """Households with an unfinished form."""
        self.rules: dict[str, GridRules] = {}
        """What grids have decided about visiting, by the record that says so."""
        self._street: Street[HouseholdCard] = Street(lambda card: card.place, self._texts)
        self._doors: Street[Glimpse] = Street(door_label, door_texts)
        self._other_doors: set[str] = set()
        """Dwellings that the street of doors has not been told of."""

    # ---- filling ------------------------------------------------------------------------------

    def put(self, glimpse: Glimpse) -> set[str]:
        """Takes a record as it is now; the households whose cards it touches."""
        touched = super().put(glimpse)
        if glimpse.kind == "dwelling":
            self._other_doors.add(glimpse.id)
        if glimpse.kind == RULES and glimpse.there:
            intervals = dict(intervals_of(glimpse.answers))
            self.rules[glimpse.id] = GridRules(glimpse.grid, glimpse.version, intervals)
            touched |= self._of_grid(glimpse.grid)
        return touched

    def drop(self, record: str) -> set[str]:
        """Forgets a record; the households whose cards it touched."""
        if record in self._dwellings:
            self._other_doors.add(record)
        rules = self.rules.pop(record, None)
        return super().drop(record) | (self._of_grid(rules.grid) if rules else set())

    def settle(self, households: Iterable[str]) -> None:
        """Makes the cards of these households anew."""
        known = {household: self._households.get(household) for household in households}
        self._street.settle({one: self._card(g) if g else None for one, g in known.items()})

    def settle_all(self) -> None:
        """Makes every card anew."""
        self.settle([*self._households, *(card.id for card in self._street)])

    def load(self, leaf: Leaf) -> None:
        """Takes what was written down of some records; of each household only once."""
        self.versions.update(leaf.versions)
        self.contested.update(leaf.contested)
        self.id_numbers.update(leaf.id_numbers)
        self.absent.update(leaf.absent)
        self.residents.update({row.id: row for row in leaf.residents})
        self._visits.update({row.id: row for row in leaf.visits})
        self._households.update({row.id: row for row in leaf.households})
        self._dwellings.update({row.id: row for row in leaf.dwellings})
        self._street.take(leaf.cards, leaf.lines)
        self._doors.take(leaf.dwellings, leaf.door_lines)
        below, called = self._below, self.called
        for person in leaf.residents:
            below[called(person.household)].add(person.id)
        for visit in leaf.visits:
            below[called(visit.household)].add(visit.id)
        for home in leaf.households:
            below[called(home.text("dwelling"))].add(home.id)
        below[""].update(row.id for row in leaf.dwellings)

    def leaf(self) -> Leaf:
        """All that is here, to be written down: what is in it never changes."""
        self._walk_doors()
        return Leaf(
            versions=dict(self.versions),
            contested=dict(self.contested),
            id_numbers=dict(self.id_numbers),
            absent=dict(self.absent),
            residents=list(self.residents.values()),
            visits=list(self._visits.values()),
            households=list(self._households.values()),
            dwellings=list(self._doors),
            cards=list(self._street),
            lines=self._street.lines(),
            door_lines=self._doors.lines(),
        )

    # ---- asking -------------------------------------------------------------------------------

    def cards(self) -> Iterator[HouseholdCard]:
        """Every household, from door to door."""
        return iter(self._street)

    def find(self, query: str, narrow: HouseholdFilter) -> list[HouseholdCard]:
        """The households that match, from door to door."""
        found = self._street.find(query)
        return list(found if narrow == EVERYBODY else filter(narrow.passes, found))

    def unprepared(self) -> list[str]:
        """Households and dwellings that a search would not find at once."""
        self._walk_doors()
        return [*self._street.unprepared(), *self._doors.unprepared()]

    def prepare(self, records: Iterable[str]) -> None:
        """Gets them ready to be searched."""
        for record in records:
            self._street.prepare([record])
            self._doors.prepare([record])

    def card(self, household: str) -> HouseholdCard | None:
        """A household's card."""
        return self._street.get(self.called(household))

    def doors(self) -> Iterator[Glimpse]:
        """Every dwelling."""
        yield from self._dwellings.values()

    def at_door(self, dwelling: str) -> list[HouseholdCard]:
        """The households of a dwelling."""
        return list(filter(None, map(self._street.get, self._below[dwelling])))

    def dwellings(self, query: str) -> Iterator[DwellingCard]:
        """Dwellings that match the query, from door to door."""
        self._walk_doors()
        return filter(None, (self.dwelling(glimpse.id) for glimpse in self._doors.find(query)))

    def label(self, record: str) -> str:
        """A record in one line; "" when it is not here."""
        record = self.called(record)
        if record in self.residents:
            return self.residents[record].name
        if record in self._visits:
            return self._visits[record].started[:10]
        if record in self._dwellings:
            return door_label(self._dwellings[record])
        card = self._street.get(record)
        return "" if card is None else " · ".join(filter(None, (card.head_name, card.place)))

    # ---- inside -------------------------------------------------------------------------------

    def _walk_doors(self) -> None:
        """Puts dwellings into their places, once somebody asks: a first sync brings thousands."""
        self._doors.settle({door: self._dwellings.get(door) for door in self._other_doors})
        self._other_doors.clear()

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
                intervals=self._intervals(glimpse.grid),
            ),
        )

    def _intervals(self, grid: str) -> Mapping[str, int]:
        """Those of the grid's newest rules, as `mobile/store/work.py` reads the others."""
        own = [rules for rules in self.rules.values() if rules.grid == grid]
        # What this device has not sent yet has no version.
        newest = max(own, key=lambda rules: rules.version or PENDING, default=None)
        return newest.intervals if newest else INTERVALS

    def _of_grid(self, grid: str) -> set[str]:
        return {glimpse.id for glimpse in self._households.values() if glimpse.grid == grid}

    def _texts(self, card: HouseholdCard) -> Iterator[str]:
        """What a household is found by."""
        glimpse, home = self._households[card.id], self._dwellings.get(card.dwelling or "")
        yield from (card.head_name, *card.members)
        yield from (glimpse.text(unit) for unit in ("landlord_name", "phone", "landlord_phone"))
        yield from (member.phone for member in self.members(card.id))
        yield from door_texts(home) if home else ()
