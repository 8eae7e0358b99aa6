"""One number as the server tells it, beside what the journal tells."""

from typing import TypeAlias

from msgspec import Struct

Value: TypeAlias = float | str | bool | tuple[object, ...] | frozenset[str] | None


class Compared(Struct, frozen=True):
    """One number, as the server tells it and as the journal does."""

    where: str
    what: str
    told: Value
    counted: Value

    @property
    def same(self) -> bool:
        """Whether they are one: of medians of days, to a tenth of a second."""
        if isinstance(self.told, float) and isinstance(self.counted, float):
            return abs(self.told - self.counted) < 1e-6
        return self.told == self.counted
