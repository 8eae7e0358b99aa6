"""How complete a record is, and until which day that holds.

It says what `shared.completeness` says, faster: which items apply hangs on a few answers and on
the day, so it is asked once for each different set of those answers.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct, structs

from shared.changes import Answer
from shared.completeness import Completeness, completeness, is_declined
from shared.coverage import Items, items_of
from shared.forms.model import Form, Group, Node, Question, Repeat
from shared.forms.scope import Moment
from shared.forms.units import answers_of
from shared.merge import Rules, shown
from shared.records import Record

LOOK_AHEAD = 366
"""Days after which a record whose items may hang on the day is looked at again in any case."""
KEPT_MAX = 100_000
_OF_THE_DAY = ("today(", "now(")


class Measure(Struct, frozen=True):
    """How complete a record is."""

    items: Items
    again_on: str | None = None
    """The day on which other items may apply, as an ISO date."""


class _Applies(Struct, frozen=True):
    """Which of the items that a rule decides about apply, and until when."""

    items: frozenset[str]
    again_on: str | None


class Ruler:
    """Measures records of one kind by one version of their form, on one day."""

    def __init__(self, form: Form, rules: Rules, now: datetime) -> None:
        self._form = form
        self._rules = rules
        self._now = now
        conditions = list(_conditions(form.children))
        self._turns = any(sign in text for text in conditions for sign in _OF_THE_DAY)
        self._decisive = tuple(q for q in form.questions if any(q.path in t for t in conditions))
        ruled = frozenset(q.name for q in _ruled(form.children, False) if q.item)
        self._always = tuple(q for q in form.questions if _is_item(q) and q.name not in ruled)
        self._ruled = tuple(q for q in form.questions if _is_item(q) and q.name in ruled)
        self._few = _reduced(form, {q.path for q in (*self._decisive, *self._ruled)})
        self._repeated = any(q.item for q in _repeated(form.children, False))
        self._known: dict[str, _Applies] = {}

    def measure(self, record: Record) -> Measure:
        """How complete the record is now."""
        units = shown(record, self._rules)
        answers = answers_of(self._form, units)
        applies = self._applies(units, answers)
        if self._repeated:
            found = completeness(self._form, units, self._moment(0))
        else:
            found = self._found(answers, applies.items)
        return Measure(items_of(self._form, found), applies.again_on)

    def _found(self, answers: Mapping[str, Answer], ruled: frozenset[str]) -> Completeness:
        items = (*self._always, *(q for q in self._ruled if q.name in ruled))
        missing = [q for q in items if answers.get(q.name) is None]
        answered = tuple(q.name for q in items if answers.get(q.name) is not None)
        return Completeness(
            answered=answered,
            declined=tuple(name for name in answered if is_declined(answers[name])),
            missing=tuple(q.name for q in missing),
            wanted=tuple(q.name for q in missing if q.mandatory),
        )

    def _applies(self, units: Mapping[str, Answer], answers: Mapping[str, Answer]) -> _Applies:
        if not self._ruled:
            return _Applies(frozenset(), None)
        few = {q.unit: units.get(q.unit) for q in self._decisive}
        key = str([answers.get(q.name) for q in self._decisive])
        if key not in self._known:
            if len(self._known) >= KEPT_MAX:
                self._known.clear()
            again = self._again(few) if self._turns else None
            self._known[key] = _Applies(self._applicable(few, 0), again)
        return self._known[key]

    def _again(self, units: Mapping[str, Answer]) -> str:
        """When other items may apply: a rule that follows the day turns once a year at most."""
        now = self._applicable(units, 0)
        low, high = 0, LOOK_AHEAD
        if self._applicable(units, high) != now:
            while high - low > 1:
                middle = (low + high) // 2
                same = self._applicable(units, middle) == now
                low, high = (middle, high) if same else (low, middle)
        return (self._now + timedelta(days=high)).date().isoformat()

    def _applicable(self, units: Mapping[str, Answer], days: int) -> frozenset[str]:
        found = completeness(self._few, units, self._moment(days))
        return frozenset((*found.answered, *found.missing))

    def _moment(self, days: int) -> Moment:
        return Moment(self._now + timedelta(days=days))


def _is_item(question: Question) -> bool:
    return bool(question.item) and question.asked


def _conditions(nodes: Iterable[Node]) -> Iterable[str]:
    """What decides whether questions apply."""
    for node in nodes:
        if node.relevant:
            yield node.relevant
        if not isinstance(node, Question):
            yield from _conditions(node.children)


def _ruled(nodes: Iterable[Node], above: bool) -> Iterable[Question]:
    """The questions of which a rule says whether they apply: their own, or a group's."""
    for node in nodes:
        if not isinstance(node, Question):
            yield from _ruled(node.children, above or bool(node.relevant))
        elif above or node.relevant:
            yield node


def _repeated(nodes: Iterable[Node], inside: bool) -> Iterable[Question]:
    for node in nodes:
        if not isinstance(node, Question):
            yield from _repeated(node.children, inside or isinstance(node, Repeat))
        elif inside:
            yield node


def _reduced(form: Form, paths: set[str]) -> Form:
    """The form with no other questions than these: what applies in it applies in the whole."""

    def kept(nodes: Iterable[Node]) -> tuple[Node, ...]:
        found: list[Node] = []
        for node in nodes:
            if isinstance(node, Group):
                children = kept(node.children)
                found += [structs.replace(node, children=children)] if children else []
            elif node.path in paths:
                found.append(node)
        return tuple(found)

    return structs.replace(form, children=kept(form.children))
