"""How much is asked for at once: less on a line that breaks, more again on one that holds."""

from collections.abc import Iterator
from contextlib import contextmanager

from mobile.sync.trouble import CutOff
from shared.wire import PAGE_MAX

FEWEST = 20
"""Records of the smallest page: one that does not come through is no line at all."""


class Pace:
    """Lives as long as the app runs: a page that is cut each time would never come."""

    def __init__(self) -> None:
        self._records = PAGE_MAX

    @contextmanager
    def page(self, most: int) -> Iterator[int]:
        """How many records to ask for now; learns from how it went."""
        try:
            yield min(self._records, most)
        except CutOff:
            self._records = max(FEWEST, self._records // 4)
            raise
        self._records = min(PAGE_MAX, self._records * 2)
