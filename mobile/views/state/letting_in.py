"""Getting back in when the PIN was forgotten: ask, wait for two admins, choose a new one."""

import threading
from collections.abc import Callable

from mobile.device import Account
from mobile.errors import AppError
from mobile.rescues import Waiting
from mobile.sync.report import SyncState
from mobile.sync.trouble import Trouble
from mobile.views.state.new_secret import NewSecret
from mobile.views.state.tab import TabState
from shared.rescue import RescueState

OVER = (RescueState.REFUSED, RescueState.ENDED)


class LettingIn(NewSecret):
    """One account's request, as its screen shows it. What asks the office blocks."""

    def __init__(self, tab: TabState, account: Account) -> None:
        super().__init__(tab, account.protection)
        self.account = account
        self.rescues = tab.house.device.rescues
        self.waiting: Waiting | None = self.rescues.waiting(account.id)
        self.busy = False
        self._one_at_a_time = threading.Lock()

    @property
    def possible(self) -> bool:
        """Whether the office can help with this account."""
        return self.rescues.possible(self.account.id)

    @property
    def state(self) -> RescueState | None:
        """Where the request stands; None before the office has heard of it."""
        return self.waiting.state if self.waiting else None

    @property
    def stands(self) -> bool:
        """Whether there is a request that somebody may still agree to."""
        return self.state in (RescueState.ASKED, RescueState.HALF)

    @property
    def words(self) -> list[str]:
        """The six words of the waiting key."""
        return self.waiting.words(self.tab.language).split() if self.waiting else []

    def ask(self) -> None:
        """Puts the request before the office."""
        self._talk(lambda: self.rescues.ask(self.account.id))

    def look(self, *, quietly: bool = False) -> None:
        """Asks how it stands; `quietly`: by itself, so that no network is nothing to speak of."""
        self._talk(lambda: self.rescues.look(self.account.id), quietly=quietly)

    def cancel(self) -> None:
        """The PIN came back to mind."""
        self.rescues.drop(self.account.id)
        self.waiting = None
        self.changed()

    def next(self) -> None:
        """Goes on with the new PIN; the second time it opens the account."""
        with self._one_at_a_time:
            if self.chosen():
                self._open()
        self.changed()

    def back(self) -> None:
        """Types it from the beginning."""
        self.start_over()
        self.changed()

    def _open(self) -> None:
        device = self.tab.house.device
        try:
            self.rescues.finish(self.account.id, self.secret)
            device.unlock(self.account.id, self.secret)
        except AppError as error:
            self.start_over()
            self.message = self.tab.in_words(error.words)
            return
        self.start_over()
        self.tab.entered(self.account.id)

    def _talk(self, ask: Callable[[], Waiting], *, quietly: bool = False) -> None:
        if not self._one_at_a_time.acquire(blocking=False):
            return
        try:
            self.busy, self.message = not quietly, "" if not quietly else self.message
            self.changed()
            self.waiting = ask()
        except AppError as error:
            self._failed(error, quietly=quietly)
        finally:
            self.busy = False
            self._one_at_a_time.release()
            self.changed()

    def _failed(self, error: AppError, *, quietly: bool) -> None:
        lost = isinstance(error, Trouble) and error.state is SyncState.LOST
        if lost:
            self.tab.house.changed()  # the account is gone
        if lost or not quietly:
            self.message = self.tab.in_words(error.words)
