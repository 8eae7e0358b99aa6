"""The days and weeks that a grid reports on, and when each report is due."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct

from shared.work.rules import Rhythm, WorkRules

WEEK = timedelta(days=7)
SUNDAY = timedelta(days=6)


class Period(Struct, frozen=True, order=True):
    """A day, or a week from Monday to Sunday."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """As it stands in an answer: "2026-11-23", "2026-W48"."""
        if self.first == self.last:
            return self.first.isoformat()
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    def holds(self, at: int, rules: WorkRules) -> bool:
        """Whether a time, ms, falls into it."""
        return self.first <= datetime.fromtimestamp(at / 1000, rules.zone).date() <= self.last

    def due(self, rules: WorkRules) -> int:
        """When its report is due, ms."""
        return round(rules.calendar.end_of(self.last, rules.zone).timestamp() * 1000)


def period_of(day: date, rhythm: Rhythm) -> Period | None:
    """The period that a day falls into; None where nothing is reported."""
    if rhythm is Rhythm.DAILY:
        return Period(day, day)
    if rhythm is Rhythm.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + SUNDAY)
    return None


def period_named(key: str) -> Period | None:
    """The period of a key; None where it is none."""
    try:
        if "W" in key:
            year, week = key.split("-W")
            monday = date.fromisocalendar(int(year), int(week), 1)
            return Period(monday, monday + SUNDAY)
        day = date.fromisoformat(key)
    except ValueError:
        return None
    return Period(day, day)


def periods(since: date, until: date, rhythm: Rhythm) -> Iterator[Period]:
    """The periods that touch these days, the earliest first."""
    period = period_of(since, rhythm)
    while period is not None and period.first <= until:
        yield period
        period = period_of(period.last + timedelta(days=1), rhythm)


def is_expected(period: Period, rules: WorkRules) -> bool:
    """Whether a report is due for it: not for a day off, nor before the grid had rules."""
    if rules.since is not None and period.last < rules.since:
        return False
    return period.first != period.last or rules.calendar.is_working(period.first)
