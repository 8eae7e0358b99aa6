"""How many requests of one kind a process takes at once, and how many of them work at once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from server.api.problems import Busy

T = TypeVar("T")


class Admission:
    """A door with a bound: who would be one too many is sent away before any work is done.

    Used on one event loop only, so counting needs no lock.
    """

    def __init__(self, open_max: int, working_max: int) -> None:
        self._open_max = open_max
        self._working_max = working_max
        self._working: CapacityLimiter | None = None
        self.open = 0
        """Requests being read, waiting, working and answered now."""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place inside. Raises Busy when there is none."""
        if self.open >= self._open_max:
            raise Busy
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    async def work(self, answer: Callable[[], T]) -> T:
        """Runs blocking work in a thread, when it is its turn."""
        if self._working is None:
            self._working = CapacityLimiter(self._working_max)
        return await run_sync(answer, limiter=self._working)
