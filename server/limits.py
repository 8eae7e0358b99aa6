"""How often one caller may try: counts in this process only."""

from collections import OrderedDict
from threading import Lock

from msgspec import Struct

CALLERS_MAX = 10_000
"""Callers remembered at once; the longest unheard is forgotten first."""


class Rate(Struct, frozen=True):
    """So many tries in so long a time."""

    tries: int
    per_ms: int


class Throttle:
    """Lets each caller try at a bounded rate: tries come back evenly with time."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._lock = Lock()
        self._spent: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_ms(self, caller: str, now: int) -> int:
        """Takes one try; 0, or how long the caller must wait before the next."""
        with self._lock:
            spent, then = self._spent.pop(caller, (0.0, now))
            each = self._rate.per_ms / self._rate.tries
            spent = max(0.0, spent - max(0, now - then) / each)
            refused = spent + 1 > self._rate.tries
            self._spent[caller] = (spent if refused else spent + 1, now)
            if len(self._spent) > CALLERS_MAX:
                self._spent.popitem(last=False)
            return max(1, int((spent + 1 - self._rate.tries) * each)) if refused else 0
