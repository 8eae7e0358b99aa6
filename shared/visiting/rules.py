"""Rules that spare a household: they warn and ask for a reason; an emergency passes them all.

They are the defaults of the product's field guide for visits: a town may decide otherwise.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from msgspec import Struct

from shared.visiting.visits import (
    DISTURBING,
    DOOR,
    EMERGENCY,
    MET,
    NOBODY_HOME,
    PHONE,
    REFUSED,
    VACANT,
    Past,
    by_age,
    vainly,
)

OPENS, CLOSES = time(8, 0), time(20, 30)
"""The hours at which a household may be called upon."""
BETWEEN_VISITS = timedelta(days=7)
TRIES_MAX = 3
BANDS_MIN = 2
"""Nobody home counts as tried in earnest from this many different times of the week on."""
TRIES_REST = timedelta(days=30)
REFUSAL_REST = timedelta(days=90)
VACANT_APART = timedelta(days=30)


class Rule(StrEnum):
    """What speaks against a visit now."""

    HOURS = "hours"
    TOO_SOON = "too_soon"
    TRIED_ENOUGH = "tried_enough"
    RESTING = "resting"
    """It refused, or asked not to be visited for a while."""
    PHONE_ONLY = "phone_only"
    APPOINTMENT = "appointment"


class Against(Struct, frozen=True):
    """A rule that speaks against a visit, and until when."""

    rule: Rule
    until: date | None = None
    """The first day on which it no longer does; None where it has no end."""
    since: date | None = None
    """The day of the visit that it follows from."""


class Wish(Struct, frozen=True):
    """How a household wants to be visited."""

    policy: str = ""
    until: date | None = None


NO_WISH = Wish()


def against(
    now: datetime, mode: str, visits: Sequence[Past], wish: Wish = NO_WISH
) -> tuple[Against, ...]:
    """What speaks against calling upon the household now, in this way, after those visits."""
    if mode not in (DOOR, PHONE):
        return ()
    earlier = [visit for visit in by_age(list(visits)) if visit.at <= now]
    at_the_door = mode == DOOR
    found = [
        _hours(now),
        _resting(now.date(), earlier, wish),
        *(
            (
                _phone_only(wish),
                _appointment(wish),
                _tried_enough(now.date(), earlier),
                _too_soon(now.date(), earlier),
            )
            if at_the_door
            else ()
        ),
    ]
    return tuple(one for one in found if one is not None)


def breaches(visits: Sequence[Past]) -> dict[str, tuple[Against, ...]]:
    """By visit, the rules that it broke, after the visits before it, whoever made them.

    An emergency breaks none. What the household wished at that time is not known here.
    """
    in_order = by_age(list(visits))[::-1]
    broken = {
        visit.id: against(visit.at, visit.mode, in_order[:place])
        for place, visit in enumerate(in_order)
        if visit.reason != EMERGENCY
    }
    return {visit: rules for visit, rules in broken.items() if rules}


def rest_after_refusal(day: date) -> date:
    """The day before which nobody rings again after a refusal on that day."""
    return day + REFUSAL_REST


def is_vacant(visits: Sequence[Past]) -> bool:
    """Whether it was found empty twice, long enough apart, and nobody was met in between."""
    newest: date | None = None
    for visit in by_age(list(visits)):
        if visit.outcome in DISTURBING:
            return False
        if visit.outcome == VACANT and newest is None:
            newest = visit.day
        if visit.outcome == VACANT and newest is not None and newest - visit.day >= VACANT_APART:
            return True
    return False


def _hours(now: datetime) -> Against | None:
    clock = now.time().replace(tzinfo=None)
    return None if OPENS <= clock <= CLOSES else Against(Rule.HOURS)


def _resting(today: date, earlier: list[Past], wish: Wish) -> Against | None:
    refused = next((v for v in earlier if v.outcome in DISTURBING), None)
    if wish.policy == "no_visits":
        if wish.until is None or today < wish.until:
            return Against(Rule.RESTING, wish.until)
        return None  # she asked for this long, and no longer
    if refused is None or refused.outcome != REFUSED:
        return None
    until = rest_after_refusal(refused.day)
    return Against(Rule.RESTING, until, refused.day) if today < until else None


def _phone_only(wish: Wish) -> Against | None:
    return Against(Rule.PHONE_ONLY) if wish.policy == "phone_only" else None


def _appointment(wish: Wish) -> Against | None:
    return Against(Rule.APPOINTMENT) if wish.policy == "appointment" else None


def _tried_enough(today: date, earlier: list[Past]) -> Against | None:
    tries = vainly(earlier)
    if len(tries) < TRIES_MAX or len({visit.band for visit in tries}) < BANDS_MIN:
        return None
    last = tries[0].day
    until = last + TRIES_REST
    return Against(Rule.TRIED_ENOUGH, until, last) if today < until else None


def _too_soon(today: date, earlier: list[Past]) -> Against | None:
    for visit in earlier:
        counts = visit.mode == DOOR and visit.outcome in DISTURBING and visit.reason != EMERGENCY
        if counts:
            until = visit.day + BETWEEN_VISITS
            return Against(Rule.TOO_SOON, until, visit.day) if today < until else None
    return None


__all__ = [
    "BETWEEN_VISITS", "MET", "NOBODY_HOME", "NO_WISH", "Against", "Rule", "Wish", "against",
    "breaches", "is_vacant", "rest_after_refusal",
]  # fmt: skip
