"""From a record's answers and its first write to the values that the rules of work speak of.

Only codes, times, numbers and references are read: nobody's words.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from msgspec import Struct

from shared.changes import Answer
from shared.records import Write
from shared.work.rules import DEFAULT_RULES, WORKING_DAYS, WorkRules
from shared.work.values import LEVELS, PROTECTION, Action, Case, Level, Step

Facts = Mapping[str, Answer]
"""Answers of a record by unit; those that are not in FACTS are not looked at."""

_CASE = ("case_kind", "must_report", "urgency", "risk", "household", "facility", "discovered_at",
         "dispute_kind", "asked_how")  # fmt: skip
_STEP = ("case", "action", "level", "post", "turn", "after", "on_spot", "to", "until", "result",
         "same_as")  # fmt: skip
_RULES = ("rhythm", "hours_emergency", *(f"days_{sort}" for sort in WORKING_DAYS), "days_dispute",
          "closes", "days_off", "days_on", "maternal", "mediation_grid",
          "mediation_community", "mediation_town")  # fmt: skip
SUBJECTS = ("hazard", "dispute", "livelihood", "facility", "newcomer", "other")
"""What a nil report speaks of."""
FACTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "case": _CASE,
        "case_step": (*_STEP, "outcome", "joint"),
        "protection": ("case_kind", "urgency", "discovered_at", "police_called"),
        "protection_step": _STEP,
        "nil_report": ("period", "excuse", *SUBJECTS),
        "diary": ("day", "topic", "source", "household", "follow_up"),
        "patrol": ("at", "found"),
        "facility": ("facility_kind", "state", "checked_on"),
        "facility_check": ("facility", "at", "state"),
        "finding": ("inspection", "household", "case", "severity", "task"),
        "feedback": ("feedback_kind", "answer_wanted"),
        "work_rules": _RULES,
    }
)
"""Of each kind, the answers that lists and rules need: none of them is anybody's words."""


class Origin(Struct, frozen=True):
    """Who wrote a record first, and when, ms."""

    author: str
    device: str
    n: int
    effective: int
    """The device's clock, corrected."""
    claimed: int
    """The device's clock as it was."""


def origin_of(write: Write) -> Origin:
    """The origin of a record whose first write that is."""
    return Origin(write.worker, write.device, write.n, write.effective, write.claimed)


def moment_ms(value: Answer) -> int | None:
    """An answered date and time, ms; None where there is none."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.tzinfo is None else round(moment.timestamp() * 1000)


def day_of(value: Answer) -> date | None:
    """An answered day; None where there is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_case(id: str, facts: Facts, origin: Origin, *, kind: str = "case") -> Case:
    """A case. Its discovery, told by the device's clock, is corrected as that clock was."""
    discovered = moment_ms(facts.get("discovered_at"))
    wrong_by = origin.effective - origin.claimed
    return Case(
        id=id,
        sort=_text(facts, "case_kind") or "other",
        discovered=origin.effective if discovered is None else discovered + wrong_by,
        urgency=_text(facts, "urgency") or "normal",
        reporter=origin.author,
        must_report=_text(facts, "must_report"),
        begins=Level.COMMUNITY if kind == PROTECTION else Level.GRID,
    )


def read_step(
    id: str, facts: Facts, origin: Origin, rules: WorkRules = DEFAULT_RULES
) -> Step | None:
    """A step; None where it says nothing that this version of the product knows."""
    action = _text(facts, "action")
    if action not in set(Action):
        return None
    until = day_of(facts.get("until"))
    ends = None if until is None else rules.calendar.end_of(until, rules.zone)
    return Step(
        id=id,
        action=Action(action),
        level=LEVELS.get(_text(facts, "level"), Level.GRID),
        turn=_number(facts.get("turn")),
        after=_text(facts, "after"),
        at=origin.effective,
        device=origin.device,
        n=origin.n,
        author=origin.author,
        post=_text(facts, "post"),
        to=_text(facts, "to"),
        ok=_text(facts, "result") != "not_ok",
        outcome=_text(facts, "outcome"),
        until=None if ends is None else round(ends.timestamp() * 1000),
        same_as=_text(facts, "same_as"),
        on_spot=_text(facts, "on_spot") == "yes",
    )


def _text(facts: Facts, unit: str) -> str:
    value = facts.get(unit)
    return value if isinstance(value, str) else ""


def _number(value: Answer) -> int:
    """`turn` is a hidden question: its answer is a number in digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return max(value, 0)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0
