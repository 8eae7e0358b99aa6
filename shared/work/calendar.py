"""The town's working days. Times go in and out as aware datetimes in the town's time zone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from msgspec import Struct

SATURDAY = 6
CLOSES = time(18, 0)
"""When a working day ends, unless the town says otherwise."""
SEARCHED_DAYS_MAX = 400
"""A calendar that has no working day for so long is not believed."""


class Calendar(Struct, frozen=True):
    """Which days are worked: Monday to Friday, but for the days that the town names."""

    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()
    """Weekend days that are worked instead."""
    closes: time = CLOSES

    def is_working(self, day: date) -> bool:
        """Whether that day is worked."""
        if day in self.on:
            return True
        return day.isoweekday() < SATURDAY and day not in self.off

    def next_working(self, day: date) -> date:
        """That day, or the first worked one after it."""
        for _ in range(SEARCHED_DAYS_MAX):
            if self.is_working(day):
                return day
            day += timedelta(days=1)
        return day

    def end_of(self, day: date, zone: tzinfo | None) -> datetime:
        """The end of that working day."""
        return datetime.combine(day, self.closes, zone)

    def after_working_days(self, start: datetime, days: int) -> datetime:
        """The end of the `days`-th working day after the day of `start`."""
        day = start.date()
        for _ in range(days):
            day = self.next_working(day + timedelta(days=1))
        return self.end_of(day, start.tzinfo)

    def after_days(self, start: datetime, days: int) -> datetime:
        """The end of the `days`-th day after that of `start`, worked or not."""
        return self.end_of(start.date() + timedelta(days=days), start.tzinfo)


def days_named(texts: Iterable[str]) -> frozenset[date]:
    """The days among texts such as "2027-01-01"; what is none is left out."""
    found = set()
    for text in texts:
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            continue
    return frozenset(found)
