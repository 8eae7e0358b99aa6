"""The store of one unlocked account, as views and the sync see it."""

from collections.abc import Callable, Mapping, Sequence

from mobile.store.cards import (
    Counts,
    DwellingCard,
    Found,
    HouseholdCard,
    HouseholdFilter,
    ResidentCard,
    VisitCard,
)
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
from shared.changes import Answer
from shared.forms.model import Form
from shared.wire import Area

PAGE = 50
"""Rows of one page of a list."""
EVERY_HOUSEHOLD = HouseholdFilter()


class Store:
    """Everything an account has on this device. Safe to call from several threads.

    Reading never touches the network. Every method that writes is one transaction: when it has
    returned, a kill or a power cut loses nothing of it. Raises errors of mobile.errors only.
    """

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
        raise NotImplementedError

    def counts(self) -> Counts:
        """Numbers for "today"."""
        raise NotImplementedError

    def household(self, household_id: str) -> HouseholdCard | None:
        """A household's card."""
        raise NotImplementedError

    def members(self, household: str) -> tuple[ResidentCard, ...]:
        """Those of a household: living here first, the head first."""
        raise NotImplementedError

    def visits(self, household: str, *, limit: int = PAGE) -> tuple[VisitCard, ...]:
        """A household's visits, the newest first."""
        raise NotImplementedError

    def dwellings(self, query: str = "", *, limit: int = PAGE) -> tuple[DwellingCard, ...]:
        """Dwellings that match the query, for picking one."""
        raise NotImplementedError

    def dwelling(self, dwelling_id: str) -> DwellingCard | None:
        """A dwelling's card."""
        raise NotImplementedError

    def label(self, record: str) -> str:
        """Any record in one line, for references; "" when this device does not have it."""
        raise NotImplementedError

    def possible_duplicates(
        self, kind: str, answers: Mapping[str, Answer], *, leave_out: str = ""
    ) -> tuple[Duplicate, ...]:
        """Records that a draft's answers may be about, the likeliest first; fast enough to type by.

        leave_out: the id of the record that is being edited.
        """
        raise NotImplementedError

    # ---- records ------------------------------------------------------------------------------

    def record(self, record_id: str) -> RecordView | None:
        """A record as it is shown, with where every value came from."""
        raise NotImplementedError

    def mark_seen(self, household: str) -> None:
        """The worker has looked at the household: its "changed by another" badge goes out."""
        raise NotImplementedError

    def conflicts(self) -> tuple[ConflictView, ...]:
        """What waits for the office to decide."""
        raise NotImplementedError

    # ---- forms and drafts ---------------------------------------------------------------------

    def form(self, kind: str, version: str = "") -> Form | None:
        """The form of a kind: the newest this device has, or the version named."""
        raise NotImplementedError

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
        is written until `keep`.
        """
        raise NotImplementedError

    def keep(self, draft: Draft) -> Draft:
        """Keeps the draft as it is typed."""
        raise NotImplementedError

    def drafts(self) -> tuple[Draft, ...]:
        """The forms that were left unfinished, the newest first."""
        raise NotImplementedError

    def drop_draft(self, draft_id: str) -> None:
        """Forgets a draft."""
        raise NotImplementedError

    # ---- saving -------------------------------------------------------------------------------

    def save_drafts(self, *drafts: Draft) -> Saved:
        """Saves the forms as one save and drops their drafts. Only real changes are kept."""
        raise NotImplementedError

    def save(self, edits: Sequence[Edit], *, drop: Sequence[str] = ()) -> Saved:
        """Saves a guided step as one transaction; `drop`: drafts that it finishes."""
        raise NotImplementedError

    # ---- the outbox ---------------------------------------------------------------------------

    def outbox(self) -> tuple[SentChange, ...]:
        """What the office has not received, in the order it was made."""
        raise NotImplementedError

    def trouble(self) -> tuple[SentChange, ...]:
        """Changes that were refused or are held, with the reason, the newest first."""
        raise NotImplementedError

    def set_aside(self, place: int) -> None:
        """The worker has read why a change was refused: it leaves the list, but is kept."""
        raise NotImplementedError

    # ---- the account --------------------------------------------------------------------------

    def areas(self) -> tuple[Area, ...]:
        """The grids that the worker may hold."""
        raise NotImplementedError

    def person(self, person_id: str) -> str:
        """A worker's or admin's name; "" when this device does not know it."""
        raise NotImplementedError

    def subscribe(self, listener: Callable[[Changed], None]) -> Callable[[], None]:
        """Calls `listener` after every save and every applied page; returns the way to stop it."""
        raise NotImplementedError
