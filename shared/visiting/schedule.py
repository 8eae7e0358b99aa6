"""When somebody should look in again: by category, the shortest interval wins.

The intervals are proposals of the field guide, not law: a grid's rules of work may set others.
Computed alike on phone and server.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from shared.changes import Answer

OTHERS = "others"
INTERVALS: Mapping[str, int] = MappingProxyType(
    {
        "living_alone": 7,
        "special_difficulty": 30,
        "critical_illness": 30,
        "temporary": 30,
        "minimum_living": 90,
        "disabled": 90,
        "floating": 90,
        "rented": 90,
        "veteran": 180,
        "left_behind": 180,
        "retired": 180,
        OTHERS: 365,
    }
)
"""Days between two contacts, by category, where a grid's rules of work say nothing else."""
UNIT = "look_in_"
"""Begins the names of the units of a grid's rules of work that say so, by category."""
OVERDUE_SHARE, ESCALATED_SHARE = 0.25, 1.0
"""How much of the interval may go by after the due day before it is more than due."""


class Stage(StrEnum):
    """How urgent it is."""

    LATER = "later"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"
    """So late that the grid leader should know."""


class FollowUp(Struct, frozen=True):
    """The next contact that is due."""

    category: str
    due: date
    overdue: date
    """From this day on it is overdue."""
    escalated: date

    def stage(self, today: date) -> Stage:
        """How urgent it is on that day."""
        if today >= self.escalated:
            return Stage.ESCALATED
        if today >= self.overdue:
            return Stage.OVERDUE
        return Stage.DUE if today >= self.due else Stage.LATER


class Contact(Struct, frozen=True, kw_only=True):
    """What is known of the contacts with a household."""

    last: date | None = None
    """When somebody was last met or reached by phone."""
    agreed: date | None = None
    """The day that the newest visit named for the next, also when it was postponed."""
    agreed_on: date | None = None
    resting_until: date | None = None
    """The household asked not to be visited before that day."""


def categories_of(
    *, tenure: str, kind: str, marks: Iterable[str], people: Iterable[Iterable[str]]
) -> frozenset[str]:
    """The categories of a household: its own, and those of the people who live there."""
    own = {code for code in (tenure, kind, *marks) if code in INTERVALS}
    theirs = {code for person in people for code in person if code in INTERVALS}
    return frozenset(own | theirs) - {OTHERS}


def intervals_of(rules: Mapping[str, Answer]) -> Mapping[str, int]:
    """The intervals of a grid, as its rules of work have them by unit."""
    return {code: _days(rules.get(UNIT + code)) or days for code, days in INTERVALS.items()}


def follow_up(
    categories: Iterable[str], contact: Contact, intervals: Mapping[str, int] = INTERVALS
) -> FollowUp | None:
    """When the household should be contacted next. intervals: of its grid, all categories.

    None for an ordinary household that nobody has met yet: such have a list of their own. One
    of a category is due at once.
    """
    known = [category for category in categories if category in intervals]
    category = min(known, key=lambda one: (intervals[one], one), default=OTHERS)
    interval = intervals[category]
    if contact.agreed is not None:
        due = contact.agreed
        interval = max(1, (due - (contact.agreed_on or due)).days)
    elif contact.last is not None:
        due = contact.last + timedelta(days=interval)
    elif category != OTHERS:
        due, interval = date.min, 0
    else:
        return None
    due = max(due, contact.resting_until or due)
    overdue = _after(due, interval, OVERDUE_SHARE)
    return FollowUp(category, due, overdue, _after(due, interval, ESCALATED_SHARE))


def _days(value: Answer) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _after(due: date, interval: int, share: float) -> date:
    return due + timedelta(days=round(interval * share))
