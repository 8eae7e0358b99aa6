"""How this account stands with the office."""

from mobile.store.values import SentChange
from mobile.sync.report import SyncStatus
from mobile.views.state.live import Live


class StatusState(Live):
    """The numbers of the status line."""

    status: SyncStatus | None = None

    def shown(self) -> object:
        """The numbers."""
        return self.status

    def read(self) -> None:
        """Asks the device."""
        self.status = self.tab.house.device.status()


class TroubleState(Live):
    """What the office did not take, and what still waits to be sent."""

    trouble: tuple[SentChange, ...] = ()
    waiting: tuple[SentChange, ...] = ()

    def shown(self) -> object:
        """Both lists."""
        return self.trouble, self.waiting

    def read(self) -> None:
        """Takes both from the outbox."""
        self.trouble = self.tab.store.trouble()
        self.waiting = self.tab.store.outbox()

    def set_aside(self, change: SentChange) -> None:
        """She has read why; it is kept, but not shown any more."""
        self.tab.store.set_aside(change.place)
        self.load()
