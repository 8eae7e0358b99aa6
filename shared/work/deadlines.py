"""When a case is due: from its discovery, by the town's calendar, pausing while it is suspended."""

from datetime import datetime, timedelta

from shared.work.rules import HOUR_MS, RETURN_VISITS, WorkRules
from shared.work.values import DISPUTE, MAY_SKIP, Case

LATEST = 7_258_118_400_000
"""The year 2200, ms: a wrong clock may claim what no calendar holds."""


def first_deadline(case: Case, rules: WorkRules) -> int:
    """When it is due if nothing delays it, ms."""
    return deadline_from(case, case.discovered, rules)


def deadline_from(case: Case, start: int, rules: WorkRules) -> int:
    """When it is due if its time runs from `start` (a dispute has its own at each level), ms."""
    if case.urgency == MAY_SKIP:
        return start + rules.emergency_hours * HOUR_MS
    began = _moment(start, rules)
    if case.sort == DISPUTE:
        return _ms(rules.calendar.after_days(began, rules.dispute_days))
    days = rules.working_days.get(case.sort, rules.working_days["other"])
    return _ms(rules.calendar.after_working_days(began, days))


def paused(case: Case, deadline: int, pause: int, rules: WorkRules) -> int:
    """The deadline after a pause, both in ms: at the end of a working day, but in an emergency."""
    moved = deadline + max(0, pause)
    if case.urgency == MAY_SKIP:
        return moved
    day = rules.calendar.next_working(_moment(moved, rules).date())
    return _ms(rules.calendar.end_of(day, rules.zone))


def return_visits(case: Case, ended: int, rules: WorkRules) -> tuple[int, ...]:
    """When somebody asks again after the end: the beginnings of those days, ms."""
    day = _moment(ended, rules).replace(hour=0, minute=0, second=0, microsecond=0)
    return tuple(_ms(day + timedelta(days=days)) for days in RETURN_VISITS.get(case.sort, ()))


def _moment(ms: int, rules: WorkRules) -> datetime:
    return datetime.fromtimestamp(min(max(ms, 0), LATEST) / 1000, rules.zone)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
