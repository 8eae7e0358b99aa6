"""The index of one unlocked account, kept in line with the shelf."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock

from msgspec import structs

from mobile.errors import DamagedRow
from mobile.store import inbound, mending, telling
from mobile.store.buildings import Buildings
from mobile.store.cards import Counts, HouseholdCard, HouseholdFilter
from mobile.store.gaps import Gaps, Wanted
from mobile.store.glimpses import Glimpse, glimpse_of, glimpse_of_packed
from mobile.store.index import Index
from mobile.store.leaves import MADE_BY, ROWS, Leaves, Title, only_of_the_office
from mobile.store.likely import Likely
from mobile.store.plates import Plates
from mobile.store.policy_cards import PolicyCards
from mobile.store.shelf import Shelf
from mobile.store.sketches import Sketches
from mobile.store.timeline import Timeline
from mobile.store.undoing import Undoing
from mobile.store.work import Work
from shared.records import Record

PREPARED_AT_ONCE, LOOKED_AT_ONCE = 20, 2_000
BEHIND_MIN, BEHIND_PART = 200, 50
"""The index is written down again when more than this, and this part of it, has changed."""
ANEW_PART = 4
"""It is built anew when more than this part of it has changed."""


class Catalogue:
    """Builds the index at unlock and follows every save and every page."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._wanted = Wanted(shelf)
        self._leaves = Leaves(shelf.keys, shelf.kept)
        self._writing = Lock()
        self.behind = 0
        """How many records have changed since the index was written down, at most."""
        self.fill()

    def fill(self) -> None:
        """Builds the index anew: from what was written down of it, and what has changed since."""
        with self._shelf.database.alone(), gc_paused():
            index, changed = self._written()
            whole = index is None
            index = Index() if index is None else index
            if whole:
                self._drop_damaged(self._read_shadows(index))
            touched = self._put(index, {*changed, *self._shelf.overlaid()})
            touched |= self._mark(index)
            index.settle_all() if whole else index.settle(touched)
            self.behind = len(index.versions) if whole else len(changed)
            self._look_at(index)

    def refresh(self, records: Iterable[str]) -> None:
        """Brings the cards in line with what these records are now."""
        changed = frozenset(records)
        if not changed:
            return
        with self._shelf.database.alone():
            marked = self._mark(self.index)
            touched = self._put(self.index, changed) | marked
            self.behind += len(changed)
            self.index.settle(touched)
            self.likely.forget(touched | changed)
            self.gaps.forget(touched | changed)
            self.work.changed(changed)

    def find(self, query: str, narrow: HouseholdFilter) -> list[HouseholdCard]:
        """The households that match, from door to door."""
        found = self.index.find(query, narrow)
        return [one for one in found if not narrow.incomplete or self.gaps.wanting(one.id)]

    def prepare(self) -> None:
        """Gets ready for the first search and the first filter, letting others in between."""
        with self._shelf.database.alone():
            waiting = self.index.unprepared()
        for start in range(0, len(waiting), PREPARED_AT_ONCE):
            with self._shelf.database.alone():
                self.index.prepare(waiting[start : start + PREPARED_AT_ONCE])
        ready = False
        while not ready:
            with self._shelf.database.alone():
                ready = self.likely.prepare(LOOKED_AT_ONCE)
        with self._shelf.database.alone():
            cards = list(self.index.cards())
        for card in cards:
            with self._shelf.database.alone():
                self.gaps.wanting(card.id)
        if not self.prepared:
            self.write_down()

    @property
    def prepared(self) -> bool:
        """Whether the index that was written down is nearly the one that is here."""
        return self.behind <= max(BEHIND_MIN, len(self.index.versions) // BEHIND_PART)

    def write_down(self) -> None:
        """Writes the index down for the next unlock, letting others in between the leaves."""
        if not self._writing.acquire(blocking=False):
            return
        try:
            self._write_down()
        finally:
            self._writing.release()

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

    def _written(self) -> tuple[Index | None, set[str]]:
        """The index that was written down, and the records that are other or gone since."""
        with self._shelf.database.reading() as conn:
            index = self._leaves.read(conn, self._shelf.account.forms)
            if index is None:
                return None, set()
            here = self._shelf.shadow.versions(conn)
        changed = {record for record, _ in here.items() ^ index.versions.items()}
        # To open each of so many by itself takes longer than to open all in a row.
        return (index, changed) if ANEW_PART * len(changed) < len(here) else (None, set())

    def _write_down(self) -> None:
        database, shelf, index = self._shelf.database, self._shelf, self.index
        with database.alone():
            whole = only_of_the_office(index.leaf(), frozenset(shelf.overlaid()))
            with database.writing() as conn:
                turn = self._leaves.begin(conn)
            title = Title(
                turn=turn,
                leaves=-(-len(whole.versions) // ROWS),
                made_by=MADE_BY,
                forms=shelf.account.forms,
                merged=index.merged.known(),
                news=frozenset(index.news),
                drafting=frozenset(index.drafting),
                rules=dict(index.rules),
            )
            self.behind = 0
        for n, leaf in enumerate(whole.torn(ROWS)):
            with database.writing() as conn:
                self._leaves.put(conn, turn, n, leaf)
        with database.writing() as conn:
            self._leaves.end(conn, title)

    def _mark(self, index: Index) -> set[str]:
        """Brings news and drafts in line; the households whose marks are other than before."""
        news, drafting = inbound.news(self._shelf), self._drafting()
        other = (news ^ index.news) | (drafting ^ index.drafting)
        index.news, index.drafting = news, drafting
        return set(filter(None, map(index.household_of, other)))

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
        mending.give_up(self._shelf, damaged)

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
        self.plates = Plates(self._shelf, index)
        self.sketches = Sketches(self._shelf, self.buildings)
        self.work = Work(self._shelf)
        self.policy = PolicyCards(self._shelf)

    def _drafting(self) -> frozenset[str]:
        """Records with unfinished forms, and the households they belong to."""
        drafts = self._shelf.drafts.values()
        households = {str(draft.answers.get("household", "")) for draft in drafts}
        return frozenset(households.union(draft.record for draft in drafts))


@contextmanager
def gc_paused() -> Iterator[None]:
    """While an index is built nothing becomes garbage: looking for it would take a third longer."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
