"""Counting what a sync does while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field

from mobile.store.entries import Outgoing
from mobile.sync.report import SyncProgress, SyncStep
from shared.wire import Result, Words

NO_WORDS = Words("", "")


@dataclass
class Running:
    """One sync under way: its numbers so far, and who is told of them."""

    started: int
    on_progress: Callable[[SyncProgress], None] | None
    to_send: int = 0
    results: dict[int, str] = field(default_factory=dict)
    """What became of the changes that were sent, by place."""
    received: int = 0
    carried: int = 0
    """Files of colleagues that were brought."""
    not_carried: Words = NO_WORDS
    """Why one of them was not taken."""
    too_new: int = 0
    """Forms that only a newer app can read."""
    files_sent: int = 0
    files_refused: int = 0
    files_left: int = 0
    heard: bool = False
    """The office has answered, and knew this device."""
    offset: int = 0
    """What must be added to this device's clock, ms."""

    def answered(self, sent: tuple[Outgoing, ...], results: list[Result]) -> None:
        """Counts changes that the server has answered."""
        by_n = {result.n: result.outcome for result in results}
        self.results |= {c.place: by_n[c.n] for c in sent if c.n in by_n}
        self.tell(SyncStep.SENDING, len(self.results), self.to_send)

    def count(self, outcome: str) -> int:
        """How many changes ended so."""
        return sum(became == outcome for became in self.results.values())

    def tell(self, step: SyncStep, done: int, total: int) -> None:
        """Tells how far it has come."""
        if self.on_progress is not None:
            self.on_progress(SyncProgress(step, done, max(done, total) if total else 0))
