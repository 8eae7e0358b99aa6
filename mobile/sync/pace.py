"""How much goes at once: less on a line that breaks, more again on one that holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from mobile.sync.trouble import CutOff, TooMuch
from shared.wire import PAGE_MAX

FEWEST = 20
"""Records of the smallest page: one that does not come through is no line at all."""
SHARE_MAX = 512
"""Of the smallest push; nearly always one save."""
GOOD = 4
"""So many pages, or pushes, in a row must get through before they grow."""


class Pace:
    """Lives as long as the app runs: a page that is cut each time would never come."""

    def __init__(self) -> None:
        self._records, self._came = PAGE_MAX, 0
        self.share = 1
        """A push is to be at most this part of what the server takes, and one save at least."""
        self._went = 0

    @contextmanager
    def page(self, most: int) -> Iterator[int]:
        """How many records to ask for now; learns from how it went."""
        try:
            yield min(self._records, most)
        except CutOff:
            self._records, self._came = max(FEWEST, self._records // 4), 0
            raise
        self._came += 1
        if self._came % GOOD == 0:
            self._records = min(PAGE_MAX, self._records * 2)

    @contextmanager
    def push(self) -> Iterator[None]:
        """One push is on its way; learns from how it goes."""
        try:
            yield
        except (CutOff, TooMuch):
            self.less()
            raise
        self._went += 1
        if self._went % GOOD == 0:
            self.share = max(1, self.share // 2)

    def less(self) -> bool:
        """From now on pushes are smaller; False when they cannot be."""
        before, self.share, self._went = self.share, min(SHARE_MAX, self.share * 8), 0
        return self.share > before
