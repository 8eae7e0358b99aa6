"""The one place that reads the clock, and makes ids from it. Passed in where tests need it."""

import os
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import TypeAlias

from shared.ids import uuid7

Clock: TypeAlias = Callable[[], int]
"""Tells the time, ms since the epoch."""
TOWN_ZONE = timezone(timedelta(hours=8), "CST")
"""The whole country keeps one time."""


DAY_MS = 24 * 3600 * 1000


def now_ms() -> int:
    """The time, ms since the epoch."""
    return time.time_ns() // 1_000_000


def new_id(at: int | None = None) -> str:
    """A new id, in the order of time."""
    return uuid7(now_ms() if at is None else at, os.urandom(10))


def town_time(ms: int) -> datetime:
    """A time as the town's clocks show it."""
    return datetime.fromtimestamp(ms / 1000, TOWN_ZONE)


def midnight(ms: int) -> int:
    """When the day of that time began in town, ms."""
    return beginning_of(town_time(ms).date())


def beginning_of(day: date) -> int:
    """When a day begins in town, ms."""
    return round(datetime(day.year, day.month, day.day, tzinfo=TOWN_ZONE).timestamp() * 1000)
