"""Rows: what lists need of each record, and which record refers to which."""

from collections import defaultdict

from mobile.store.cards import DwellingCard, ResidentCard, VisitCard
from mobile.store.glimpses import (
    DWELLING_UNITS,
    HOUSEHOLD_UNITS,
    Glimpse,
    dwelling_card,
    resident_card,
    slim,
    visit_card,
)
from mobile.store.merged import Merged
from mobile.store.orders import by_relation

KINDS = frozenset({"dwelling", "household", "resident", "visit"})


class Rows:
    """Who and what lies where, by id."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}
        """Which version of a record a row was made from; 0 for more than the office has."""
        self.contested: dict[str, frozenset[str]] = {}
        """Units that wait for a person, by record."""
        self.residents: dict[str, ResidentCard] = {}
        self.id_numbers: dict[str, str] = {}
        self.absent: dict[str, tuple[str, ...]] = {}
        """Unanswered units that count, by record."""
        self.merged = Merged()
        self._households: dict[str, Glimpse] = {}
        self._dwellings: dict[str, Glimpse] = {}
        self._visits: dict[str, VisitCard] = {}
        self._below: defaultdict[str, set[str]] = defaultdict(set)
        """What refers to a dwelling or household."""

    # ---- filling ------------------------------------------------------------------------------

    def put(self, glimpse: Glimpse) -> set[str]:
        """Takes a record as it is now; the households whose cards it touches."""
        touched = self.drop(glimpse.id) | self._call(glimpse.id, glimpse.survivor)
        self.versions[glimpse.id] = glimpse.version
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
        for known in (self.versions, self.contested, self.id_numbers, self.absent):
            known.pop(record, None)
        for kept in (self._households, self._dwellings, self.residents, self._visits):
            kept.pop(record, None)
        return touched

    # ---- asking -------------------------------------------------------------------------------

    def called(self, record: str) -> str:
        """The record that is meant by an id: the one that it was merged into, if it was."""
        return self.merged.survivor(record)

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
        if not self.merged.put(record, survivor):
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
