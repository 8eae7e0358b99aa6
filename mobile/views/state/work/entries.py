"""Entries of one kind, one of them, and what is written about it: a check, a reply."""

from mobile.store.values import Draft
from mobile.store.work import Worked
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.work.reporting import begin

SHOWN_MAX = 100
WAITS_FOR_REPLY = frozenset({"minor", "major", "serious"})
"""Findings with these results ask the one who works there what she says to it."""


def unanswered_findings(tab: TabState) -> tuple[Worked, ...]:
    """Findings that nobody in the grid has replied to yet."""
    return tuple(
        one
        for one in tab.store.known.work.of("finding")
        if one.text("severity") in WAITS_FOR_REPLY and not one.text("reply")
    )


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


class EntryState(Live):
    """One entry."""

    def __init__(self, tab: TabState, id_: str) -> None:
        super().__init__(tab)
        self.id = id_
        self.entry: Worked | None = None

    def shown(self) -> object:
        """The entry."""
        return self.entry

    def read(self) -> None:
        """Takes it from the store."""
        self.entry = self.tab.store.known.work.one(self.id)

    def begin_reply(self) -> Draft:
        """Opens the form of a finding, of which only the reply can be written."""
        return self.tab.remember(self.tab.store.begin("finding", self.id))
