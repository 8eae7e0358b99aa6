"""The lines of the retention page: each kind, and questions that state a time of their own."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from server.console.words import language, pick, say
from server.rights.due import Due
from server.rights.rules import (
    ALWAYS_KEPT,
    WHILE_REGISTERED,
    Rule,
    SetRule,
    answer_rules,
    period_of,
    stated_of,
    stated_rule,
)
from shared.forms.model import Form
from shared.wire import Words
from shared.work.policy import CARDS

BETWEEN = Words("{}：{}", "{}: {}")
"""A kind and one answer of it."""


class AnswerLine(Struct, frozen=True):
    """A question that states another time than the form as a whole."""

    unit: str
    label: str
    stated: str
    rule: Rule | None
    """What does as it says; None where only a whole record can go."""
    set: SetRule | None
    set_by: str


class KindLine(Struct, frozen=True, kw_only=True):
    """A kind of record: what its form states, what the town set, and what is due by that."""

    kind: str
    title: str
    stated: str
    apart: tuple[AnswerLine, ...]
    set: SetRule | None
    set_by: str
    due: Due | None
    suggested: Rule | None
    """What would do as the form says, where no rule does."""
    kept: bool


def kind_lines(
    forms: Mapping[str, Form],
    known: Mapping[str, SetRule],
    counts: Mapping[str, Due],
    names: Mapping[str, str],
) -> Iterator[KindLine]:
    """A line for each kind of record. known: by `Rule.name`; counts: by kind."""
    for kind, form in sorted(forms.items()):
        if kind in CARDS:
            continue  # no record is ever of it
        rule = known.get(kind)
        yield KindLine(
            kind=kind,
            title=form.words(form.title, language()) or kind,
            stated=stated_words(stated_of(form)),
            apart=tuple(_apart(form, known, names)),
            set=rule,
            set_by=names.get(rule.set_by, rule.set_by) if rule else "",
            due=counts.get(kind),
            suggested=None if rule else stated_rule(kind, stated_of(form)),
            kept=kind in ALWAYS_KEPT,
        )


def _apart(
    form: Form, known: Mapping[str, SetRule], names: Mapping[str, str]
) -> Iterator[AnswerLine]:
    general, rules = stated_of(form), answer_rules(form)
    for unit, members in form.units.items():
        asked = [one for one in members if one.on and one.retention]
        stated = next((one.retention for one in asked if one.retention != general), "")
        if not stated:
            continue
        rule = known.get(f"{form.kind}.{unit}")
        yield AnswerLine(
            unit, _label(form, unit), stated_words(stated), rules.get(unit), rule,
            names.get(rule.set_by, rule.set_by) if rule else "",
        )  # fmt: skip


def _label(form: Form, unit: str) -> str:
    return form.words(form.units[unit][0].label, language()) or unit


def full_name(form: Form, unit: str) -> str:
    """What the kind is called, and the answer of it, if one is named."""
    kind = form.words(form.title, language()) or form.kind
    return pick(BETWEEN).format(kind, _label(form, unit)) if unit else kind


def stated_words(text: str) -> str:
    """What a form states, in words."""
    period = period_of(text)
    if period is not None:
        return say(f"retention.period_{period.unit.lower()}", n=period.number)
    return say("retention.while_registered") if text == WHILE_REGISTERED else text


def rule_words(rule: Rule) -> str:
    """A rule in words."""
    return say(f"retention.rule_{rule.since}", n=rule.days)
