"""A vault in hand, with a clock that a test sets."""

import pytest

from mobile.clock import Clock
from mobile.errors import KeysDestroyed, PinUsedUp, WrongPin
from mobile.vault.vault import Vault
from shared.clock import Reading

PIN = "830417"
WRONG = "714038"
MINUTE = 60_000


class HandClock(Clock):
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.wall, self.boot_name, self.mono = 1_800_000_000_000, "boot-1", 1000

    def reading(self) -> Reading:
        return Reading(self.wall, self.boot_name, self.mono)

    def now(self) -> int:
        return self.wall

    def pass_by(self, ms: int) -> None:
        self.wall += ms
        self.mono += ms


def wrong_tries(vault: Vault, clock: HandClock, times: int) -> None:
    for _ in range(times):
        clock.pass_by(vault.wait_seconds() * 1000)
        with pytest.raises((WrongPin, PinUsedUp, KeysDestroyed)):
            vault.unlock(WRONG)
