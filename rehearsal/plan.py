"""What makes a week, and what will happen in it. Times are ms since the epoch, days the town's."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from heapq import heappop, heappush

from msgspec import Struct

from server.clock import DAY_MS, beginning_of
from server.demo.hands import SetClock

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
WORKED_DAYS = 5
DAYS = 7
CHINA_MS = 8 * HOUR_MS
EPOCH_WEEKDAY = 3
"""The epoch began on a Thursday."""
OPENS_MS, LEAVES_MS = 8 * HOUR_MS + 30 * MINUTE_MS, 17 * HOUR_MS + 30 * MINUTE_MS

Act = Callable[[], object]


class WeekPlan(Struct, frozen=True, kw_only=True):
    """What makes one week: the same plan on the same town gives the same week."""

    monday: date
    seed: int = 1
    visits_a_day: int = 8
    """Of each worker, on a working day; at the weekend there are half as many."""
    cases: tuple[int, int] = (2, 5)
    """Found in each grid, the fewest and the most."""

    @property
    def before(self) -> int:
        """A week earlier: phones are given out, and the disputes of the return visits begin."""
        return self.at(-DAYS)

    @property
    def ends(self) -> int:
        """The end of Sunday."""
        return self.at(DAYS)

    def at(self, day: int, hour: int = 0, minute: int = 0) -> int:
        """A time of the week's n-th day, Monday being 0."""
        begins = beginning_of(self.monday + timedelta(days=day))
        return begins + hour * HOUR_MS + minute * MINUTE_MS

    def day(self, day: int) -> date:
        """The week's n-th day."""
        return self.monday + timedelta(days=day)


def working_days() -> Iterator[int]:
    """Monday to Friday."""
    return iter(range(WORKED_DAYS))


class Agenda:
    """What will happen, in the order of time; what is noted for one time, in the order of notes."""

    def __init__(self, clock: SetClock, ends: int) -> None:
        self._clock, self._ends = clock, ends
        self._waiting: list[tuple[int, int, Act]] = []
        self._noted = 0

    def note(self, at: int, act: Act) -> None:
        """Lets something happen at a time; what lies beyond the week never does."""
        if at < self._ends:
            self._noted += 1
            heappush(self._waiting, (at, self._noted, act))

    def run(self) -> Iterator[int]:
        """Lets it all happen; tells the time after each thing."""
        while self._waiting:
            at, _, act = heappop(self._waiting)
            self._clock.at = max(self._clock.at, at)
            act()
            yield self._clock.at


def in_hours(at: int, minutes: int = 0) -> int:
    """That time, if somebody works then; else the next working morning, and so many minutes later.

    Half past eight to half past five, Monday to Friday.
    """
    days, rest = divmod(at + CHINA_MS, DAY_MS)
    morning = OPENS_MS + minutes * MINUTE_MS
    if rest < OPENS_MS:
        rest = morning
    elif rest > LEAVES_MS:
        days, rest = days + 1, morning
    while (days + EPOCH_WEEKDAY) % DAYS >= WORKED_DAYS:
        days, rest = days + 1, morning
    return days * DAY_MS + rest - CHINA_MS
