"""The index of one unlocked account, kept in line with the shelf."""

from collections.abc import Iterable

from msgspec import structs

from mobile.errors import DamagedRow
from mobile.store import inbound, telling
from mobile.store.buildings import Buildings
from mobile.store.cards import Counts, HouseholdCard, HouseholdFilter
from mobile.store.gaps import Gaps, Wanted
from mobile.store.glimpses import Glimpse, glimpse_of, glimpse_of_packed
from mobile.store.index import Index
from mobile.store.likely import Likely
from mobile.store.shelf import Shelf
from mobile.store.timeline import Timeline
from mobile.store.undoing import Undoing
from shared.records import Record

PREPARED_AT_ONCE = 20


class Catalogue:
    """Builds the index at unlock and follows every save and every page."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._wanted = Wanted(shelf)
        self.fill()

    def fill(self) -> None:
        """Builds the index anew."""
        with self._shelf.database.alone():
            index = Index()
            self._drop_damaged(self._read_shadows(index))
            self._put(index, self._shelf.overlaid())
            index.news, index.drafting = inbound.news(self._shelf), self._drafting()
            index.settle_all()
            self._look_at(index)

    def refresh(self, records: Iterable[str]) -> None:
        """Brings the cards in line with what these records are now."""
        with self._shelf.database.alone():
            before = self.index.news | self.index.drafting
            self.index.news, self.index.drafting = inbound.news(self._shelf), self._drafting()
            other = before ^ (self.index.news | self.index.drafting)
            changed = frozenset(records)
            households = (self.index.household_of(record) for record in other)
            touched = self._put(self.index, changed).union(filter(None, households))
            self.index.settle(touched)
            self.likely.forget(touched | changed)
            self.gaps.forget(touched | changed)

    def find(self, query: str, narrow: HouseholdFilter) -> list[HouseholdCard]:
        """The households that match, from door to door."""
        found = self.index.find(query, narrow)
        return [one for one in found if not narrow.incomplete or self.gaps.wanting(one.id)]

    def prepare(self) -> None:
        """Gets ready for the first search and the first filter, letting others in between."""
        waiting = self.index.unprepared()
        for start in range(0, len(waiting), PREPARED_AT_ONCE):
            with self._shelf.database.alone():
                self.index.prepare(waiting[start : start + PREPARED_AT_ONCE])
        for card in list(self.index.cards()):
            with self._shelf.database.alone():
                self.gaps.wanting(card.id)

    def drafts_changed(self) -> None:
        """Brings the badges of unfinished forms in line."""
        with self._shelf.database.alone():
            before, self.index.drafting = self.index.drafting, self._drafting()
            self.index.settle(before ^ self.index.drafting)

    def mark_seen(self, household: str) -> bool:
        """The worker has looked at the household; whether there was news of it."""
        with self._shelf.database.alone():
            looked_at = self.index.news & self.index.family(household)
            if looked_at:
                inbound.seen(self._shelf, looked_at)
                self.index.news -= looked_at
                self.index.settle([household])
        return bool(looked_at)

    def counts(self) -> Counts:
        """Numbers for "today"."""
        with self._shelf.database.alone():
            cards = list(self.index.cards())
            with self._shelf.database.reading() as conn:
                tally = self._shelf.outbox.tally(conn)
            return Counts(
                households=len(cards),
                residents=len(self.index.residents),
                never_visited=sum(card.visits == 0 for card in cards),
                conflicts=sum(map(len, self.index.contested.values())),
                unsent=tally.unsent,
                refused=tally.refused,
                held=tally.held,
                drafts=len(self._shelf.drafts),
                changed_by_others=sum(card.changed_by_others for card in cards),
            )

    def _read_shadows(self, index: Index) -> list[str]:
        """Fills the index from the shadow; the ids of damaged rows."""
        damaged = []
        with self._shelf.database.reading() as conn:
            for packed in self._shelf.shadow.all(conn):
                if isinstance(packed, str):
                    damaged.append(packed)
                elif not self._shelf.laid_over(packed.id):
                    glimpse = glimpse_of_packed(packed, self._shelf.rules(packed.kind))
                    index.put(self._with_absent(glimpse))
        return damaged

    def _drop_damaged(self, damaged: list[str]) -> None:
        # The checksum of their grid differs now, so the next sync fetches them again.
        if damaged:
            with self._shelf.database.writing() as conn:
                self._shelf.shadow.drop(conn, damaged)

    def _put(self, index: Index, records: Iterable[str]) -> set[str]:
        touched: set[str] = set()
        damaged: list[str] = []
        with self._shelf.database.reading() as conn:
            for record in records:
                try:
                    shown = self._shelf.shown(conn, record)
                except DamagedRow:
                    damaged.append(record)
                    shown = None
                glimpse = None if shown is None else self._glimpse(shown)
                touched |= index.put(glimpse) if glimpse else index.drop(record)
        self._drop_damaged(damaged)
        return touched

    def _glimpse(self, record: Record) -> Glimpse:
        unsent = telling.unsent(self._shelf, record.id) > 0
        glimpse = glimpse_of(record, self._shelf.rules(record.kind), unsent=unsent)
        return self._with_absent(glimpse)

    def _with_absent(self, glimpse: Glimpse) -> Glimpse:
        absent = self._wanted.absent(glimpse.kind, glimpse.answers) if glimpse.there else ()
        return structs.replace(glimpse, absent=absent) if absent else glimpse

    def _look_at(self, index: Index) -> None:
        """Makes this the index, with all that reads it."""
        self.index, self.likely = index, Likely(index)
        self.gaps = Gaps(self._shelf, index, self._wanted)
        self.timeline = Timeline(self._shelf, index)
        self.undoing = Undoing(self._shelf, index)
        self.buildings = Buildings(self._shelf, index)

    def _drafting(self) -> frozenset[str]:
        """Records with unfinished forms, and the households they belong to."""
        drafts = self._shelf.drafts.values()
        households = {str(draft.answers.get("household", "")) for draft in drafts}
        return frozenset(households.union(draft.record for draft in drafts))
