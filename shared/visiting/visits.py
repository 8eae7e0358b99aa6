"""Visits as the rules see them: when, how, and how they ended."""

from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

MET = frozenset({"done", "partly_done"})
"""Outcomes at which somebody was talked to."""
DISTURBING = frozenset({*MET, "refused", "postponed"})
"""Outcomes at which somebody came to the door."""
NOBODY_HOME = "nobody_home"
REFUSED = "refused"
VACANT = "vacant"
DOOR = "door"
PHONE = "phone"
EMERGENCY = "emergency"
"""The reason that no rule stands against."""


class Band(StrEnum):
    """Times at which people are at home or not."""

    DAY = "day"
    EVENING = "evening"
    WEEKEND = "weekend"


EVENING_FROM = 18
SATURDAY = 6


class Past(Struct, frozen=True, kw_only=True):
    """A visit that was made. Times are those of the town."""

    id: str = ""
    at: datetime
    mode: str = DOOR
    outcome: str
    reason: str = ""
    """Why it was made against a rule; "" where none was given."""

    @property
    def day(self) -> date:
        """Its day."""
        return self.at.date()

    @property
    def band(self) -> Band:
        """The time of the week that it fell into."""
        if self.at.isoweekday() >= SATURDAY:
            return Band.WEEKEND
        return Band.EVENING if self.at.hour >= EVENING_FROM else Band.DAY


def by_age(visits: "list[Past] | tuple[Past, ...]") -> list[Past]:
    """The visits, the newest first."""
    return sorted(visits, key=lambda visit: (visit.at, visit.id), reverse=True)


def vainly(visits: "list[Past] | tuple[Past, ...]") -> list[Past]:
    """The visits at which nobody was home since somebody last was, the newest first."""
    tries: list[Past] = []
    for visit in by_age(visits):
        if visit.mode != DOOR:
            continue
        if visit.outcome != NOBODY_HOME:
            break
        tries.append(visit)
    return tries
