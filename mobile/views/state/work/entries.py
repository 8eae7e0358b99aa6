"""Entries of one kind, and the check of a facility."""

from mobile.store.values import Draft
from mobile.store.work import Worked
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.work.reporting import begin

SHOWN_MAX = 100


class EntriesState(Live):
    """The newest entries of a kind."""

    def __init__(self, tab: TabState, kind: str) -> None:
        super().__init__(tab)
        self.kind = kind
        self.entries: tuple[Worked, ...] = ()

    def shown(self) -> object:
        """The entries."""
        return self.entries

    def read(self) -> None:
        """Takes them from the store."""
        self.entries = tuple(self.tab.store.known.work.of(self.kind)[:SHOWN_MAX])

    def begin_check(self, facility: Worked) -> Draft:
        """Opens the form of a check."""
        return begin(self.tab, "facility_check", {"facility": facility.id})
