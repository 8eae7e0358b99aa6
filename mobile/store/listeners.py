"""Who is told of every save and every applied page."""

from collections.abc import Callable

from mobile.store.values import Changed

Listener = Callable[[Changed], None]


class Listeners:
    """Told in the order in which they came, on the thread that changed something."""

    def __init__(self) -> None:
        self._all: list[Listener] = []

    def add(self, listener: Listener) -> Callable[[], None]:
        """One more; returns the way to stop telling it."""
        self._all.append(listener)

        def stop() -> None:
            if listener in self._all:
                self._all.remove(listener)

        return stop

    def tell(self, changed: Changed) -> None:
        """Something has changed."""
        for listener in tuple(self._all):
            listener(changed)

    def clear(self) -> None:
        """Nobody is told any more."""
        self._all.clear()
