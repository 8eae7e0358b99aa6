"""Today: the worker's area, what is due, what was begun, what asks for attention."""

from msgspec import Struct

from mobile.store.asked import Asked, asked
from mobile.store.cards import Counts, HouseholdCard, HouseholdFilter
from mobile.store.values import ConflictView, SentChange
from mobile.sync.report import SyncStatus
from mobile.views.state.drafts import Begun, begun
from mobile.views.state.live import Live
from shared.wire import Area

EVERY_ONE = 1_000_000
SHOWN_MAX = 5
"""Lines of one kind before the rest is only counted."""


class Day(Struct, frozen=True):
    """Everything that "today" shows."""

    areas: tuple[Area, ...]
    counts: Counts
    status: SyncStatus
    begun: tuple[Begun, ...]
    asked: tuple[Asked, ...]
    """What the office asks her."""
    conflicts: tuple[ConflictView, ...]
    trouble: tuple[SentChange, ...]
    due: tuple[HouseholdCard, ...]
    """Whom to contact, those first that have waited longest."""
    due_total: int
    overdue_total: int


class TodayState(Live):
    """The home of the app."""

    day: Day | None = None

    def shown(self) -> object:
        """The whole day."""
        return self.day

    def read(self) -> None:
        """Takes the day from the store."""
        store = self.tab.store
        today = self.tab.office_now().date().isoformat()
        found = store.search("", HouseholdFilter(due_by=today), limit=EVERY_ONE).cards
        due = sorted(found, key=lambda card: (card.overdue > today, card.overdue))
        self.day = Day(
            areas=store.areas(),
            counts=store.counts(),
            status=self.tab.house.device.status(),
            begun=begun(store),
            asked=asked(store.shelf),
            conflicts=store.conflicts(),
            trouble=store.trouble(),
            due=tuple(due[:SHOWN_MAX]),
            due_total=len(due),
            overdue_total=sum(card.overdue <= today for card in due),
        )
