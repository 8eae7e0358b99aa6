"""What a grid has decided about its work: rhythm of reports, deadlines, days off, switches.

The deadlines are proposals of the field guide, not law; a record of the kind `work_rules` says
otherwise.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from shared.changes import Answer
from shared.work.calendar import CLOSES, Calendar, days_named
from shared.work.values import Level

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
TOWN_ZONE = timezone(timedelta(hours=8), "CST")
"""The whole country keeps one time, whatever a phone says."""


class Rhythm(StrEnum):
    """How often a grid reports, also when there is nothing to report."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


EMERGENCY_HOURS = 2
"""An emergency is first reported on within so many hours, by day and night."""
WORKING_DAYS: Mapping[str, int] = MappingProxyType(
    {
        "hazard": 3,
        "facility": 7,
        "environment": 7,
        "public_order": 3,
        "livelihood": 15,
        "service_request": 7,
        "rental": 7,
        "inflow": 7,
        "maternal": 7,
        "other": 15,
    }
)
"""Working days from discovery, by the kind of case."""
DISPUTE_DAYS = 30
"""Days that a dispute may stay at each level."""
RETURN_VISITS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"dispute": (7, 30, 90), "livelihood": (30,)}
)
"""Days after the end on which somebody asks again, by the kind of case."""


class WorkRules(Struct, frozen=True, kw_only=True):
    """The rules of one grid."""

    rhythm: Rhythm = Rhythm.NONE
    """Without rules of its own a grid owes no report."""
    since: date | None = None
    """From when on it reports: earlier days and weeks are not missed."""
    calendar: Calendar = Calendar()
    zone: tzinfo = TOWN_ZONE
    emergency_hours: int = EMERGENCY_HOURS
    working_days: Mapping[str, int] = WORKING_DAYS
    dispute_days: int = DISPUTE_DAYS
    level_names: Mapping[str, str] = MappingProxyType({})
    """What the levels of mediation are called here, by code; others have their usual names."""
    maternal: bool = False
    """Whether requests for maternal and child services are taken at all."""


DEFAULT_RULES = WorkRules()


def read_rules(answers: Mapping[str, Answer], written: int | None = None) -> WorkRules:
    """The rules that a record of `work_rules` states; what it leaves open is the default.

    written: when it was first written, ms.
    """
    named = {sort: _number(answers.get(f"days_{sort}")) for sort in WORKING_DAYS}
    return WorkRules(
        rhythm=_rhythm(answers.get("rhythm")),
        since=None if written is None else datetime.fromtimestamp(written / 1000, TOWN_ZONE).date(),
        calendar=Calendar(
            off=days_named(_words(answers.get("days_off"))),
            on=days_named(_words(answers.get("days_on"))),
            closes=_time(answers.get("closes")),
        ),
        emergency_hours=_number(answers.get("hours_emergency")) or EMERGENCY_HOURS,
        working_days={sort: days or WORKING_DAYS[sort] for sort, days in named.items()},
        dispute_days=_number(answers.get("days_dispute")) or DISPUTE_DAYS,
        level_names={
            level.code: name.strip()
            for level in Level
            if isinstance(name := answers.get(f"mediation_{level.code}"), str) and name.strip()
        },
        maternal=answers.get("maternal") == "yes",
    )


def _rhythm(value: Answer) -> Rhythm:
    return Rhythm(str(value)) if value in set(Rhythm) else Rhythm.WEEKLY


def _number(value: Answer) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _words(value: Answer) -> Iterable[str]:
    return value.replace(",", " ").split() if isinstance(value, str) else ()


def _time(value: Answer) -> time:
    try:
        return time.fromisoformat(str(value)) if value else CLOSES
    except ValueError:
        return CLOSES
