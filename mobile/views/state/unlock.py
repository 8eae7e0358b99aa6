"""The lock screen: which account, what has been typed, and how long to wait."""

import threading
import time
from collections.abc import Callable

from mobile.device import Account, Protection
from mobile.errors import AppError, LockedUntil, WrongPin
from mobile.views.state.tab import TabState
from mobile.views.state.watched import Watched

PIN_DIGITS_MIN = 6
PIN_DIGITS_MAX = 12


class UnlockState(Watched):
    """Opening an account with its PIN or passphrase."""

    def __init__(self, tab: TabState, *, now: Callable[[], float] = time.monotonic) -> None:
        """now: a clock in seconds, for the waiting time."""
        super().__init__()
        self.tab = tab
        self.accounts = tab.house.device.accounts()
        self.account = next(
            (one for one in self.accounts if one.id == tab.wanted), self.accounts[0]
        )
        self.secret = ""
        self.busy = False
        self.message = ""
        self._now = now
        self._lock = threading.Lock()
        self._free_at = now() + tab.house.device.wait_seconds(self.account.id)

    @property
    def asks_pin(self) -> bool:
        """Whether digits are asked for, not a passphrase."""
        return self.account.protection is Protection.PIN

    @property
    def wait_seconds(self) -> int:
        """How long the next try must still wait."""
        return max(0, round(self._free_at - self._now()))

    @property
    def ready(self) -> bool:
        """Whether there is something to try now."""
        enough = len(self.secret) >= PIN_DIGITS_MIN or (not self.asks_pin and self.secret != "")
        return enough and not self.busy and self.wait_seconds == 0

    def choose(self, account: Account) -> None:
        """Another worker of this device wants in."""
        self.account, self.secret, self.message = account, "", ""
        self._free_at = self._now() + self.tab.house.device.wait_seconds(account.id)
        self.changed()

    def press(self, digit: str) -> None:
        """One key of the number pad."""
        if not self.busy and len(self.secret) < PIN_DIGITS_MAX:
            self.type(self.secret + digit)

    def erase(self) -> None:
        """The last digit again."""
        if not self.busy:
            self.type(self.secret[:-1])

    def type(self, secret: str) -> None:
        """What is in the field now."""
        self.secret, self.message = secret, ""
        self.changed()

    def tick(self) -> None:
        """A second of waiting has passed."""
        self.changed()

    def submit(self) -> None:
        """Tries the account with what was typed. Blocks: keys are stretched on purpose."""
        with self._lock:
            if not self.ready:
                return
            self.busy = True
        self.changed()
        try:
            self.tab.house.device.unlock(self.account.id, self.secret)
        except AppError as error:
            self._refused(error)
        else:
            self.tab.entered(self.account.id)
        finally:
            self.secret, self.busy = "", False
            self.changed()

    def _refused(self, error: AppError) -> None:
        self.message = self.tab.in_words(error.words)
        if isinstance(error, WrongPin | LockedUntil):
            self._free_at = self._now() + error.wait_seconds
