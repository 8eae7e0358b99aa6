"""Counting wrong tries, so that neither a restart nor a wrong clock gives any of them back."""

import msgspec
from msgspec import Struct

from mobile.clock import passed
from shared.clock import Reading

TRIES_MAX = 10
"""The wrong try that destroys the keys."""
_MINUTE = 60_000
_DELAYS = {5: _MINUTE, 6: 5 * _MINUTE, 7: 15 * _MINUTE, 8: 60 * _MINUTE, 9: 60 * _MINUTE}
"""How long to wait after so many wrong tries, ms."""


class Tries(Struct, frozen=True):
    """Wrong tries so far, and what is left of the waiting time as of the last look at it."""

    wrong: int = 0
    wait: int = 0
    looked: Reading = Reading(0, "", 0)

    def left(self) -> int:
        """Tries that are left."""
        return max(0, TRIES_MAX - self.wrong)

    def failed(self, now: Reading) -> "Tries":
        """After one more wrong try."""
        wrong = self.wrong + 1
        return Tries(wrong, _DELAYS.get(wrong, 0), now)

    def looked_at(self, now: Reading) -> "Tries":
        """The same with the waiting time brought up to date; see `mobile.clock.passed`."""
        wait = max(0, self.wait - passed(self.looked, now))
        return msgspec.structs.replace(self, wait=wait, looked=now)


def seconds(milliseconds: int) -> int:
    """Whole seconds, rounded up."""
    return -(-milliseconds // 1000)
