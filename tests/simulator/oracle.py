"""Who made what, and in which order: the oracle's memory. What must be true is in `judged.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.changes import Change
from shared.merge import Rules

Key = tuple[str, str, str, int]
"""Names a change wherever it goes: its save, kind and record, and how many came before it there.

A parting gives back in one save what two people had written of one household.
"""

Lives = tuple[tuple[str, int], ...]
"""Earlier lives of a phone, each with the last write that it still knows of."""


@dataclass
class Made:
    """A change that was made somewhere, before anybody numbered it."""

    author: str
    order: int
    base: int
    change: Change
    lost: bool = False
    """It was only on a phone, or at a server, that was lost; it need not arrive."""
    rightful: bool = True
    """The grid was its author's, beyond doubt: it must not be refused."""
    before: int = 0
    """How many changes of its save did the same with its record before."""

    @property
    def key(self) -> Key:
        return *self.told, self.before

    @property
    def told(self) -> tuple[str, str, str]:
        """As a phone names what was refused."""
        return self.change.save, self.change.kind, self.change.record


@dataclass
class Oracle:
    """Everything that was made, by whom and in which order."""

    rules: Mapping[str, Rules]
    made: list[Made] = field(default_factory=list)
    lives: dict[str, Lives] = field(default_factory=dict)

    def heard(
        self, author: str, base: int, changes: Iterable[Change], *, rightful: bool = True
    ) -> None:
        """An author made these changes with that version on the screen."""
        for change in changes:
            made = Made(author, len(self.made), base, change, rightful=rightful)
            made.before = sum(made.told == other.told for other in self.made)
            self.made.append(made)

    def reborn(self, name: str, before: str, known: int) -> None:
        """A phone goes on as `name` from a copy of `before`: that one's writes up to `known`."""
        self.lives[name] = (*self.lives.get(before, ()), (before, known))
