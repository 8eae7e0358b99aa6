"""Whether the town works with cases: its forms may come with any sync."""

from mobile.views.state.live import Live


class OfferedState(Live):
    """Whether there is something to report with."""

    offered = False

    def shown(self) -> object:
        """Whether there is."""
        return self.offered

    def read(self) -> None:
        """Asks for the form of cases."""
        self.offered = self.tab.store.form("case") is not None
