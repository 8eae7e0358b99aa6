"""The store of one unlocked account, as views and the sync see it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

import msgspec

from mobile.clock import Clock
from mobile.errors import AppError
from mobile.store import saving, telling
from mobile.store.again import edited_again
from mobile.store.cards import (
    Counts,
    DwellingCard,
    Found,
    HouseholdCard,
    HouseholdFilter,
    ResidentCard,
    VisitCard,
)
from mobile.store.catalogue import Catalogue
from mobile.store.database import Database
from mobile.store.file_box import FileBox
from mobile.store.files import Files
from mobile.store.index import Index
from mobile.store.kept import Identity
from mobile.store.listeners import Listener, Listeners
from mobile.store.shelf import Shelf
from mobile.store.values import (
    Changed,
    ConflictView,
    Draft,
    Duplicate,
    Edit,
    RecordView,
    Saved,
    SentChange,
)
from mobile.vault.sealing import Keys
from shared.changes import Answer
from shared.forms.model import Form
from shared.wire import Area

PAGE = 50
"""Rows of one page of a list."""
FILES_FOLDER = "files"
EVERY_HOUSEHOLD = HouseholdFilter()


class Store:
    """Everything an account has on this device. Safe to call from several threads.

    Reading never touches the network. Every method that writes is one transaction: when it has
    returned, a kill or a power cut loses nothing of it. Raises errors of mobile.errors only.
    """

    def __init__(self, path: Path, keys: Keys, clock: Clock, identity: Identity | None) -> None:
        """Opens the account's file, or makes it, and builds the index.

        identity: for a file that has none of its own. Raises StoreBroken (the file was set
        aside), StoreTooNew, DiskFull or DamagedRow (nothing says who this device is).
        """
        self.shelf = Shelf(Database(path, clock.now()), keys, clock, identity)
        self.files = Files(self.shelf, keys, FileBox(path.parent / FILES_FOLDER, keys))
        """Photos, recordings and documents that answers name."""
        self._listeners = Listeners()
        self._catalogue = Catalogue(self.shelf)

    # ---- finding ------------------------------------------------------------------------------

    def search(
        self,
        query: str = "",
        narrow: HouseholdFilter = EVERY_HOUSEHOLD,
        *,
        offset: int = 0,
        limit: int = PAGE,
    ) -> Found:
        """Households that match every word of the query: names, pinyin, initials, door, phone."""
        with self.shelf.database.alone():
            cards = self._catalogue.find(query.strip(), narrow)
        return Found(tuple(cards[offset : offset + limit]), len(cards))

    def counts(self) -> Counts:
        """Numbers for "today"."""
        return self._catalogue.counts()

    def household(self, household_id: str) -> HouseholdCard | None:
        """A household's card."""
        return self._index.card(household_id)

    def members(self, household: str) -> tuple[ResidentCard, ...]:
        """Those of a household: living here first, the head first."""
        with self.shelf.database.alone():
            return tuple(self._index.members(household))

    def visits(self, household: str, *, limit: int = PAGE) -> tuple[VisitCard, ...]:
        """A household's visits, the newest first."""
        with self.shelf.database.alone():
            visits = self._index.visits(household)[:limit]
        return tuple(
            msgspec.structs.replace(visit, worker_name=self.person(visit.worker))
            for visit in visits
        )

    def dwellings(self, query: str = "", *, limit: int = PAGE) -> tuple[DwellingCard, ...]:
        """Dwellings that match the query, for picking one."""
        with self.shelf.database.alone():
            return tuple(islice(self._index.dwellings(query.strip()), limit))

    def dwelling(self, dwelling_id: str) -> DwellingCard | None:
        """A dwelling's card."""
        with self.shelf.database.alone():
            return self._index.dwelling(dwelling_id)

    def label(self, record: str) -> str:
        """Any record in one line, for references; "" when this device does not have it."""
        with self.shelf.database.alone():
            return self._index.label(record)

    def possible_duplicates(
        self, kind: str, answers: Mapping[str, Answer], *, leave_out: str = ""
    ) -> tuple[Duplicate, ...]:
        """Records that a draft's answers may be about, the likeliest first; fast enough to type by.

        leave_out: the id of the record that is being edited.
        """
        with self.shelf.database.alone():
            return tuple(self._catalogue.likely.find(kind, answers, leave_out))

    @property
    def known(self) -> Catalogue:
        """What more can be told: timelines, buildings, what is missing."""
        return self._catalogue

    # ---- records ------------------------------------------------------------------------------

    def record(self, record_id: str) -> RecordView | None:
        """A record as it is shown, with where every value came from.

        The id of a record that was merged into another one leads to that one, here and in `begin`.
        """
        with self.shelf.database.reading() as conn:
            record = self.shelf.shown(conn, self._index.called(record_id))
            return None if record is None else telling.record_view(self.shelf, record)

    def mark_seen(self, household: str) -> None:
        """The worker has looked at the household: its "changed by another" badge goes out."""
        if self._catalogue.mark_seen(household):
            self._listeners.tell(Changed(frozenset({household}), by_sync=False))

    def conflicts(self) -> tuple[ConflictView, ...]:
        """What waits for the office to decide."""
        with self.shelf.database.alone():
            return tuple(telling.conflict_views(self.shelf, self._index))

    # ---- forms and drafts ---------------------------------------------------------------------

    def form(self, kind: str, version: str = "") -> Form | None:
        """The form of a kind: the newest this device has, or the version named."""
        return self.shelf.form(kind, version)

    def begin(
        self,
        kind: str,
        record: str | None = None,
        *,
        answers: Mapping[str, Answer] | None = None,
        group: str = "",
        visit: str | None = None,
    ) -> Draft:
        """Opens a form: of a record, or of a new one (with first answers, such as its household).

        A draft of the same record that was left unfinished is given back as it was left. Nothing
        is written until `keep`. Raises FormMissing, or RecordGone for a record that is not here.
        """
        record = self._index.called(record) if record else None
        draft = self.shelf.draft_of(record) if record else None
        if draft is not None and draft.kind == kind:
            return draft
        opening = saving.Opening(
            kind=kind, record=record, answers=answers or {}, group=group, visit=visit
        )
        return saving.begin(self.shelf, opening)

    def keep(self, draft: Draft) -> Draft:
        """Keeps the draft as it is typed."""
        draft = saving.keep(self.shelf, draft)
        self._drafts_changed({draft.record})
        return draft

    def drafts(self) -> tuple[Draft, ...]:
        """The forms that were left unfinished, the newest first."""
        with self.shelf.database.alone():
            return tuple(sorted(self.shelf.drafts.values(), key=lambda one: (-one.touched, one.id)))

    def drop_draft(self, draft_id: str) -> None:
        """Forgets a draft."""
        draft = self.shelf.drafts.get(draft_id)
        saving.drop_draft(self.shelf, draft_id)
        self._drafts_changed({draft.record} if draft else set())

    # ---- saving -------------------------------------------------------------------------------

    def save_drafts(self, *drafts: Draft, more: Sequence[Edit] = ()) -> Saved:
        """Saves the forms, and what follows, as one and drops their drafts. Only real changes."""
        saved = saving.save_drafts(self.shelf, drafts, more)
        self.refresh((*saved.records, *(draft.record for draft in drafts)), by_sync=False)
        return saved

    def save(self, edits: Sequence[Edit], *, drop: Sequence[str] = ()) -> Saved:
        """Saves a guided step as one transaction; `drop`: drafts that it finishes."""
        dropped = [self.shelf.drafts[draft].record for draft in drop if draft in self.shelf.drafts]
        saved = saving.save(self.shelf, edits, drop)
        self.refresh((*saved.records, *dropped), by_sync=False)
        return saved

    # ---- the outbox ---------------------------------------------------------------------------

    def outbox(self) -> tuple[SentChange, ...]:
        """What the office has not received, in the order it was made."""
        return tuple(telling.unsent_changes(self.shelf, self._index))

    def trouble(self) -> tuple[SentChange, ...]:
        """Changes that were refused or are held, with the reason, the newest first."""
        return tuple(telling.troubles(self.shelf, self._index))

    def edit_again(self, change: SentChange) -> Draft:
        """Opens a change that was not taken, to be put right; it leaves the list of troubles.

        Raises FormMissing or RecordGone.
        """
        draft = self.keep(edited_again(self.shelf, change))
        self.set_aside(change.place)
        return draft

    def set_aside(self, place: int, *, read: bool = True) -> None:
        """The worker has read why a change was refused: it leaves the list, or comes back."""
        with self.shelf.database.writing() as conn:
            self.shelf.outbox.dismiss(conn, place, read=read)
        self._listeners.tell(Changed(frozenset(), by_sync=False))

    # ---- the account --------------------------------------------------------------------------

    def areas(self) -> tuple[Area, ...]:
        """The grids that the worker may hold."""
        return self.shelf.account.areas

    def person(self, person_id: str) -> str:
        """A worker's or admin's name; "" when this device does not know it."""
        account = self.shelf.account
        if person_id == account.identity.worker:
            return account.identity.worker_name
        return account.people.get(person_id, "")

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener` after every save and every applied page; returns the way to stop it."""
        return self._listeners.add(listener)

    # ---- the life of the store ----------------------------------------------------------------

    def refresh(self, records: Iterable[str], *, by_sync: bool) -> None:
        """Brings cards in line with what these records are now, and tells who listens."""
        changed = frozenset(records)
        self._catalogue.refresh(changed)
        self._listeners.tell(Changed(changed, by_sync=by_sync))

    def refill(self) -> None:
        """Builds the index anew: the rules by which records are shown have changed."""
        self._catalogue.fill()
        self._listeners.tell(Changed(frozenset(), by_sync=True))

    def prepare(self) -> None:
        """Gets ready for the first search and the next unlock: call it on a thread of its own.

        A lock, or a full disk, ends it early: what is not ready is made when it is asked for.
        """
        with suppress(AppError):
            self._catalogue.prepare()

    def close(self) -> None:
        """Closes the file. The store cannot be used any more."""
        self._listeners.clear()
        self.shelf.database.close()

    @property
    def _index(self) -> Index:
        return self._catalogue.index

    def _drafts_changed(self, records: set[str]) -> None:
        self._catalogue.drafts_changed()
        self._listeners.tell(Changed(frozenset(records), by_sync=False))
