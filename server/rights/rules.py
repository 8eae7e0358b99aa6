"""For how long records of a kind are kept: what the town set, and what the form itself states."""

import re
from collections import Counter
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.db.rights_tables import RetentionRuleRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from shared.forms.model import Form
from shared.forms.types import QuestionType

DAYS_MIN = 30
DAYS_MAX = 36_500
ALWAYS_KEPT = frozenset({"dwelling"})
"""A house is nobody's personal data, and what was ever there hangs on it."""
WHILE_REGISTERED = "while_registered"
"""What a form states of what is kept until the person is taken off the register."""
_PERIOD = re.compile(r"P([1-9][0-9]{0,3})([YMD])")
_DAYS = {"Y": 365, "M": 30, "D": 1}


class Since(StrEnum):
    """What the days are counted from."""

    DELETED = "deleted"
    UPDATED = "updated"
    ANSWERED = "answered"
    """Of a single answer: since it was last written."""


class Rule(Struct, frozen=True):
    """Records of a kind are erased so many days after that, or one answer of them is emptied."""

    kind: str
    since: Since
    days: int
    unit: str = ""
    """The answer; empty for whole records."""

    @property
    def name(self) -> str:
        """What goes: the kind, or the answer of it."""
        return f"{self.kind}.{self.unit}" if self.unit else self.kind


class SetRule(Struct, frozen=True):
    """A rule, and who set it when."""

    rule: Rule
    set_by: str
    set_at: int


class Period(Struct, frozen=True):
    """A length of time as a form states it: P3Y is three years."""

    number: int
    unit: str
    """Y, M or D."""

    @property
    def days(self) -> int:
        """As a rule counts them."""
        return self.number * _DAYS[self.unit]


def period_of(stated: str) -> Period | None:
    """The length of time that a form states; None for a condition, such as while_registered."""
    found = _PERIOD.fullmatch(stated)
    return Period(int(found[1]), found[2]) if found else None


def stated_of(form: Form) -> str:
    """For how long a form says that its answers are kept: what most of its questions say."""
    said = Counter(one.retention for one in form.questions if one.stored and one.retention)
    return next((text for text, _ in said.most_common(1)), "")


def stated_rule(kind: str, stated: str) -> Rule | None:
    """The rule that does what a form states; None where it states nothing that a rule can do."""
    if kind in ALWAYS_KEPT:
        return None
    if stated == WHILE_REGISTERED:
        return Rule(kind, Since.DELETED, DAYS_MIN)
    period = period_of(stated)
    if period is None or not DAYS_MIN <= period.days <= DAYS_MAX:
        return None
    return Rule(kind, Since.UPDATED, period.days)


def answer_rules(form: Form) -> dict[str, Rule]:
    """What the form states of single answers, where that is not what it states of all; by unit.

    Several questions whose answers are one unit go together, when the last of them is over. What
    ties a record to another one is no answer about anybody, and stays.
    """
    general, found = stated_of(form), {}
    for unit, members in form.units.items():
        periods = [period_of(one.retention) for one in members]
        days = max((period.days for period in periods if period), default=0)
        own = any(one.retention != general for one in members)
        tied = any(one.type is QuestionType.REFERENCE for one in members)
        if own and not tied and None not in periods and DAYS_MIN <= days <= DAYS_MAX:
            found[unit] = Rule(form.kind, Since.ANSWERED, days, unit)
    return found


def rules_of(conn: Connection, town: str) -> list[SetRule]:
    """The rules of a town, by kind."""
    rows = conn.execute(
        select(RetentionRuleRow)
        .where(col(RetentionRuleRow.town_id) == town)
        .order_by(col(RetentionRuleRow.kind), col(RetentionRuleRow.unit))
    )
    return [
        SetRule(Rule(row.kind, Since(row.since), row.days, row.unit), row.set_by, row.set_at)
        for row in rows
    ]


def set_rule(act: Act, rule: Rule) -> None:
    """Sets the rule of a kind; no days, and it is kept for good. Raises OfficeRefused."""
    act.require(Action.ERASE)
    whole_and_kept = rule.kind in ALWAYS_KEPT and not rule.unit
    if whole_and_kept or (rule.days and not DAYS_MIN <= rule.days <= DAYS_MAX):
        raise refused(
            "retention",
            f"房屋始终保留；其他类型的保存期限为 {DAYS_MIN} 到 {DAYS_MAX} 天。",
            f"Dwellings are always kept; others for {DAYS_MIN} to {DAYS_MAX} days.",
        )
    mine = (
        col(RetentionRuleRow.town_id) == act.who.town,
        col(RetentionRuleRow.kind) == rule.kind,
        col(RetentionRuleRow.unit) == rule.unit,
    )
    act.conn.execute(delete(RetentionRuleRow).where(*mine))
    if rule.days:
        act.conn.execute(
            insert(RetentionRuleRow).values(
                town_id=act.who.town, kind=rule.kind, unit=rule.unit, since=rule.since.value,
                days=rule.days, set_by=act.who.id, set_at=act.now,
            )
        )  # fmt: skip
    act.note(Deed.RETENTION_SET, f"{rule.name} {rule.since} {rule.days}")
