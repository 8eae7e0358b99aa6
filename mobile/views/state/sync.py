"""How this account stands with the office."""

from mobile.store.asked import Asked, asked
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
    """What the office asks, what it did not take, and what still waits to be sent."""

    asked: tuple[Asked, ...] = ()
    trouble: tuple[SentChange, ...] = ()
    waiting: tuple[SentChange, ...] = ()

    def shown(self) -> object:
        """The lists."""
        return self.asked, self.trouble, self.waiting

    def read(self) -> None:
        """Takes them from the store."""
        store = self.tab.store
        self.asked = asked(store.shelf)
        self.trouble = store.trouble()
        self.waiting = store.outbox()
