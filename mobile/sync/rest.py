"""How long this device leaves the server alone when it was asked to come back later."""

import random
from collections.abc import Callable

from mobile.clock import Clock
from mobile.sync.report import SyncReport

SPREAD = 0.5
"""Up to this part longer than the server asked: those that it sent away must not all come at once.
"""


class Rest:
    """What `Retry-After` means for syncs that start by themselves; a person may always try.

    chance: a number from 0 to 1, another one each time.
    """

    def __init__(self, clock: Clock, chance: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._chance = chance
        self._until: float | None = None

    def told(self, report: SyncReport) -> None:
        """A sync has ended, perhaps with the server's wish; `retry_after` is in seconds."""
        wait = report.retry_after * 1000 * (1 + SPREAD * self._chance())
        self._until = self._clock.reading().mono + wait if wait else None

    @property
    def lasts(self) -> bool:
        """Whether it is still too early."""
        return self._until is not None and self._clock.reading().mono < self._until

    @property
    def is_over(self) -> bool:
        """Whether the server asked to come back, and it is time."""
        return self._until is not None and not self.lasts
