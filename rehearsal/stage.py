"""Who takes part in a rehearsal, and where: phones by grid, the office, the agenda, chance."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from rehearsal.office import CARDS, Office
from rehearsal.phones import WeekPhone
from rehearsal.plan import MINUTE_MS, Agenda, WeekPlan
from server.demo.hands import SetClock
from server.service.cards import serial_of

SOON_MS = 2 * MINUTE_MS
"""The app syncs by itself after grid work was saved."""


@dataclass
class Stage:
    """Everything that acts in the week."""

    plan: WeekPlan
    clock: SetClock
    agenda: Agenda
    office: Office
    phones: list[WeekPhone]
    """In the order of the workers' staff numbers."""
    hands: dict[str, list[WeekPhone]] = field(init=False)
    """The phones of each grid: its own worker's first."""
    happened: Counter[str] = field(default_factory=Counter)
    """How often each thing happened."""
    sent: int = 0
    """Changes that have reached the office."""
    cards: Counter[str] = field(default_factory=Counter)
    """Service cards handed out, by grid."""

    def __post_init__(self) -> None:
        self.hands = {
            grid.id: [phone for phone in self.phones if grid.id in phone.grids]
            for grid in self.office.grids
        }

    def chance(self, *of: object) -> Random:
        """A source of chance of its own for each thing that is named."""
        return Random("/".join(map(str, (self.plan.seed, *of))))

    def number_of(self, grid: str) -> int:
        """A grid's place among the grids of the town."""
        return next(n for n, each in enumerate(self.office.grids) if each.id == grid)

    def sync(self, phone: WeekPhone) -> None:
        """A phone sends and receives."""
        self.sent += phone.sync()

    def sync_soon(self, phone: WeekPhone) -> None:
        """What follows a save of grid work."""
        self.agenda.note(self.clock.at + SOON_MS, lambda: self.sync(phone))

    def next_card(self, grid: str) -> str:
        """The number of the next service card of a grid; "" when none is left."""
        if self.cards[grid] >= CARDS:
            return ""
        self.cards[grid] += 1
        return serial_of(self.office.tree[grid].code, self.cards[grid])
