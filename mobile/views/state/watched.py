"""The one thing that all state objects share: they tell those who draw them that they changed."""

from collections.abc import Callable
from typing import Final


class Watched:
    """A state object that can be watched. Safe to be changed on any thread."""

    def __init__(self) -> None:
        self.version = 0
        """Counts the changes: a watcher that comes late can see that it missed one."""
        self._watchers: Final[list[Callable[[], None]]] = []

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Calls `watcher` after every change, on the thread that made it; returns the way out."""
        self._watchers.append(watcher)

        def stop() -> None:
            if watcher in self._watchers:
                self._watchers.remove(watcher)

        return stop

    def changed(self) -> None:
        """Tells the watchers."""
        self.version += 1
        for watcher in tuple(self._watchers):
            watcher()
