"""What of grid work is due now."""

from msgspec import Struct

from mobile.store.work import Filed, Worked
from mobile.views.state.live import Live
from mobile.views.state.work.cases import cases_of
from mobile.views.state.work.entries import unanswered_findings
from mobile.views.state.work.nil import Owed, owed


class Due(Struct, frozen=True):
    """What "today" shows."""

    on: bool
    """Whether the town works with cases."""
    cases: tuple[Filed, ...] = ()
    reports: tuple[Owed, ...] = ()
    findings: tuple[Worked, ...] = ()
    """Of inspections, those that wait for a reply."""
    open: int = 0
    """How many cases the grid has to deal with."""


class DueState(Live):
    """The part of "today" that is about grid work."""

    due: Due | None = None

    def shown(self) -> object:
        """All of it."""
        return self.due

    def read(self) -> None:
        """Takes it from the store."""
        tab = self.tab
        if tab.store.form("case") is None:
            self.due = Due(on=False)
            return
        cases = cases_of(tab)
        self.due = Due(
            on=True,
            cases=cases.due(tab.store.shelf.now()),
            reports=owed(tab),
            findings=unanswered_findings(tab),
            open=len(cases.mine) + len(cases.visits),
        )
