"""Nil reports: several people's reports of one grid and period are one, and items beat nil."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from shared.work.periods import Period, is_expected
from shared.work.reading import SUBJECTS, Facts, Origin
from shared.work.rules import WorkRules
from shared.work.values import Case

SUBJECT_OF: Mapping[str, str] = MappingProxyType(
    {
        "hazard": "hazard",
        "public_order": "hazard",
        "dispute": "dispute",
        "livelihood": "livelihood",
        "service_request": "livelihood",
        "maternal": "livelihood",
        "facility": "facility",
        "environment": "facility",
        "inflow": "newcomer",
        "rental": "newcomer",
    }
)
"""The subject that a kind of case belongs to; the others are "other"."""


class NilState(StrEnum):
    """How a grid stands with the report of a period."""

    NONE = "none"
    """No report is due."""
    OPEN = "open"
    """It is not due yet."""
    DONE = "done"
    NIL = "nil"
    LATE = "late"
    MISSING = "missing"
    EXCUSED = "excused"


class NilReport(Struct, frozen=True, kw_only=True):
    """One person's report, or the office's excuse. Times are ms."""

    id: str
    period: str
    author: str
    at: int
    """When it was submitted, by the corrected clock of the device."""
    received: int | None = None
    """When the office had it; None where that is not known."""
    has: frozenset[str] = frozenset()
    nil: frozenset[str] = frozenset()
    excuse: str = ""


class Cell(Struct, frozen=True, kw_only=True):
    """A grid and a period on the board."""

    period: Period
    state: NilState
    has: frozenset[str] = frozenset()
    nil: frozenset[str] = frozenset()
    """The subjects of which nobody reported anything."""
    disagreed: frozenset[str] = frozenset()
    """Subjects that somebody reported as nothing and somebody else did not."""
    reports: tuple[NilReport, ...] = ()
    """The first is the report, the others signed with it."""
    received_late: bool = False
    """Made in time, and received after it was due."""
    contradicted: tuple[str, ...] = ()
    """Cases that were discovered in a period for which nothing of their kind was reported."""
    excuse: str = ""


def read_report(id: str, facts: Facts, origin: Origin, received: int | None = None) -> NilReport:
    """A nil report as it was written down."""
    said = {subject: facts.get(subject) for subject in SUBJECTS}
    return NilReport(
        id=id,
        period=str(facts.get("period") or ""),
        author=origin.author,
        at=origin.effective,
        received=received,
        has=frozenset(subject for subject, value in said.items() if value == "has"),
        nil=frozenset(subject for subject, value in said.items() if value == "nil"),
        excuse=str(facts.get("excuse") or ""),
    )


def subject_of(case: Case) -> str:
    """The subject of a nil report that the case belongs to."""
    return SUBJECT_OF.get(case.sort, "other")


def within(period: Period, cases: Iterable[Case], rules: WorkRules) -> tuple[Case, ...]:
    """The cases that were discovered in the period, the earliest first."""
    found = (case for case in cases if period.holds(case.discovered, rules))
    return tuple(sorted(found, key=lambda case: (case.discovered, case.id)))


def cell(
    period: Period,
    reports: Sequence[NilReport],
    cases: Iterable[Case],
    *,
    rules: WorkRules,
    now: int,
) -> Cell:
    """How the grid stands with the period. reports, cases: the grid's, of any period."""
    of_period = sorted(
        (one for one in reports if one.period == period.key), key=lambda one: (one.at, one.id)
    )
    excuse = next((one.excuse for one in of_period if one.excuse), "")
    made = tuple(one for one in of_period if not one.excuse)
    has = frozenset(subject for one in made for subject in one.has)
    said_nil = frozenset(subject for one in made for subject in one.nil)
    due = period.due(rules)
    nil = said_nil - has
    against = [case.id for case in within(period, cases, rules) if subject_of(case) in nil]
    return Cell(
        period=period,
        state=_state(period, made, excuse, rules=rules, due=due, now=now),
        has=has,
        nil=nil,
        disagreed=has & said_nil,
        reports=made,
        received_late=bool(made) and made[0].at <= due and _received(made) > due,
        contradicted=tuple(against),
        excuse=excuse,
    )


def _state(
    period: Period,
    made: tuple[NilReport, ...],
    excuse: str,
    *,
    rules: WorkRules,
    due: int,
    now: int,
) -> NilState:
    if made:
        if made[0].at > due:
            return NilState.LATE
        return NilState.DONE if any(one.has for one in made) else NilState.NIL
    if excuse:
        return NilState.EXCUSED
    if not is_expected(period, rules):
        return NilState.NONE
    return NilState.MISSING if now > due else NilState.OPEN


def _received(made: tuple[NilReport, ...]) -> int:
    """When the office first had one of them; 0 where that is not known."""
    known = [one.received for one in made if one.received is not None]
    return min(known, default=0)
