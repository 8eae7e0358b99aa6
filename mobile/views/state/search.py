"""The list of households: what is searched, how it is narrowed, and the pages shown of it."""

import threading
from enum import StrEnum

from mobile.store.cards import Found, HouseholdCard, HouseholdFilter
from mobile.store.store import PAGE
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState


class Narrow(StrEnum):
    """One way to narrow the list."""

    ALL = "all"
    NEVER_VISITED = "never_visited"
    DUE = "due"
    OVERDUE = "overdue"
    REFUSED = "refused"
    NOBODY_HOME = "nobody_home"
    VACANT = "vacant"
    INCOMPLETE = "incomplete"
    MARKED = "marked"
    CONFLICT = "conflict"
    CHANGED = "changed_by_others"
    UNSENT = "unsent"


FILTERS = {
    Narrow.ALL: HouseholdFilter(),
    Narrow.NEVER_VISITED: HouseholdFilter(never_visited=True),
    Narrow.NOBODY_HOME: HouseholdFilter(nobody_home=True),
    Narrow.REFUSED: HouseholdFilter(refused=True),
    Narrow.CONFLICT: HouseholdFilter(conflict=True),
    Narrow.CHANGED: HouseholdFilter(changed_by_others=True),
    Narrow.UNSENT: HouseholdFilter(unsent=True),
    Narrow.VACANT: HouseholdFilter(vacant=True),
    Narrow.INCOMPLETE: HouseholdFilter(incomplete=True),
    Narrow.MARKED: HouseholdFilter(marked=True),
}


def filter_of(narrow: Narrow, today: str) -> HouseholdFilter:
    """What narrows the list so, on that day (ISO)."""
    if narrow is Narrow.DUE:
        return HouseholdFilter(due_by=today)
    return HouseholdFilter(overdue_by=today) if narrow is Narrow.OVERDUE else FILTERS[narrow]


class SearchState(Live):
    """A search as it is typed: the newest one counts, whatever comes back later."""

    def __init__(self, tab: TabState, narrow: Narrow = Narrow.ALL) -> None:
        super().__init__(tab)
        self.query = ""
        self.narrow = narrow
        self.cards: tuple[HouseholdCard, ...] = ()
        self.total = 0
        self._reading = threading.Lock()
        """One reading at a time: an older one, of fewer pages, would take the newest page away."""

    def type(self, query: str) -> None:
        """What is in the search field now; `load` finds it."""
        self.query = query
        self.changed()

    def choose(self, narrow: Narrow) -> None:
        """Narrows the list; choosing the same once more takes it back."""
        self.narrow = Narrow.ALL if narrow is self.narrow else narrow
        self.changed()

    def shown(self) -> object:
        """The cards, and how many there are."""
        return self.cards, self.total

    def read(self) -> None:
        """Finds as many as are shown, and at least a page."""
        with self._reading:
            asked = (self.query, self.narrow)
            limit = max(PAGE, -(-len(self.cards) // PAGE) * PAGE)
            self.take(asked, self._found(asked, offset=0, limit=limit))

    def take(self, asked: tuple[str, Narrow], found: Found) -> None:
        """Shows what was found, unless something else is asked for by now."""
        if asked == (self.query, self.narrow):
            self.cards, self.total = found.cards, found.total

    def first_page(self) -> None:
        """Finds anew what is now asked for, from the top."""
        self.cards = self.cards[:PAGE]
        self.load()

    @property
    def more(self) -> bool:
        """Whether there is more than is shown."""
        return len(self.cards) < self.total

    def next_page(self) -> None:
        """Shows one page more."""
        with self._reading:
            asked, shown = (self.query, self.narrow), self.cards
            if not self.more:
                return
            found = self._found(asked, offset=len(shown), limit=PAGE)
            if shown == self.cards:
                self.take(asked, Found(shown + found.cards, found.total))
        self.changed()

    def _found(self, asked: tuple[str, Narrow], *, offset: int, limit: int) -> Found:
        query, narrow = asked
        asked_for = filter_of(narrow, self.tab.office_now().date().isoformat())
        return self.tab.store.search(query, asked_for, offset=offset, limit=limit)
