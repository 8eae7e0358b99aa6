"""What of a record's candidates is shown, and what waits for a person: the form's rules decide.

Settling never removes a candidate, so a rule can change without losing an answer.
"""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct

from shared.answers import canonical, elements_of
from shared.changes import DELETED, Answer
from shared.folded import several
from shared.policies import Policy
from shared.records import Candidate, Record, is_missing

NO_POLICIES: Mapping[str, Policy] = MappingProxyType({})
NO_ORDERS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Rules(Struct, frozen=True, dict=True):
    """What a kind's form declares for the merge. A unit without a policy waits for review."""

    policies: Mapping[str, Policy] = NO_POLICIES
    orders: Mapping[str, tuple[str, ...]] = NO_ORDERS
    """For one-way states, the states from the first to the last."""

    @cached_property
    def unions(self) -> frozenset[str]:
        """The units that are sets."""
        return frozenset(name for name, policy in self.policies.items() if policy is Policy.UNION)

    def policy(self, unit: str) -> Policy:
        """The unit's merge policy."""
        return self.policies.get(unit, Policy.REVIEW)


class Settled(Struct, frozen=True):
    """What of a unit is shown, and whether a person must decide."""

    value: Answer
    contested: bool


def settle(candidates: tuple[Candidate, ...], policy: Policy, order: tuple[str, ...]) -> Settled:
    """What to show of the candidates, and whether they are a conflict, under the policy."""
    if not candidates:
        return Settled(None, False)
    if policy is Policy.UNION:
        return Settled(_elements(candidates), False)
    if len(candidates) == 1:
        return Settled(candidates[0].value, False)
    if policy is Policy.ORDER:
        return _furthest(candidates, order)
    shown = _latest(_best(candidates, policy))
    return Settled(shown.value, policy in (Policy.REVIEW, Policy.APPEND))


def shown(record: Record, rules: Rules) -> dict[str, Answer]:
    """The answers that a reader of the record sees, by unit; reserved units left out."""
    sets = rules.unions
    return {
        name: candidates[0].value
        if len(candidates) == 1 and name not in sets
        else settled(record, name, rules).value
        for name, candidates in record.units.items()
        if not name.startswith("@")
    }


def settled(record: Record, unit: str, rules: Rules) -> Settled:
    """One unit of the record as it is shown."""
    candidates = record.units.get(unit, ())
    return settle(candidates, rules.policy(unit), rules.orders.get(unit, ()))


def conflicts(record: Record, rules: Rules) -> frozenset[str]:
    """The units of the record that wait for a person."""
    contested = [
        name for name in several(record.units) if name != DELETED and waits(record, name, rules)
    ]
    return frozenset([*contested, DELETED] if deletion_waits(record) else contested)


def shown_set(value: Answer) -> Answer:
    """What is shown of a set that was written once, as a whole."""
    elements = elements_of(value)
    return _in_order(elements) if elements else None


def waits(record: Record, unit: str, rules: Rules) -> bool:
    """Whether a unit of the record waits for a person; for the deletion see the other."""
    return len(record.units[unit]) > 1 and settled(record, unit, rules).contested


def deletion_waits(record: Record) -> bool:
    """Whether someone deleted the record and someone else had written what they had not seen."""
    wanted = any(candidate.value is True for candidate in record.units.get(DELETED, ()))
    return wanted and not record.deleted


def _elements(candidates: tuple[Candidate, ...]) -> Answer:
    values = [candidate.value for candidate in candidates]
    if any(isinstance(value, list | tuple) for value in values):
        # It was one answer when it was written, and the form has made a set of it since.
        return shown_set([each for value in values for each in elements_of(value)])
    return _in_order(values)


def _in_order(elements: list[Answer]) -> Answer:
    """A set as it is shown; an explicit non-answer shows only while there is no element."""
    if all(type(element) is str for element in elements):
        return sorted(map(str, elements))  # nearly always: codes
    given = [element for element in elements if not is_missing(element)]
    if given:
        return sorted(given, key=lambda value: (str(value), canonical(value)))
    return min(elements, key=canonical)


def _best(candidates: tuple[Candidate, ...], policy: Policy) -> list[Candidate]:
    """The candidates between which the policy itself sees no difference."""
    if policy is Policy.LATEST:
        return list(candidates)
    ranked = [(candidate, _rank(candidate.value, policy)) for candidate in candidates]
    comparable = [(candidate, rank) for candidate, rank in ranked if rank is not None]
    if policy not in (Policy.MAX, Policy.MIN, Policy.BETTER) or not comparable:
        return list(candidates)
    pick = max if policy is Policy.MAX else min
    best = pick(rank for _, rank in comparable)
    return [candidate for candidate, rank in comparable if rank == best]


def _rank(value: Answer, policy: Policy) -> tuple[int, float, str] | None:
    """A comparable key: numbers before texts; None for what has no rank (empty, declined)."""
    if policy is Policy.BETTER:
        value = value.get("accuracy") if isinstance(value, Mapping) else None
    if isinstance(value, bool | int | float):
        return (0, float(value), "")
    return (1, 0.0, value) if isinstance(value, str) else None


def _latest(candidates: list[Candidate]) -> Candidate:
    """The candidate with the newest effective time; the dot breaks a tie, the same everywhere."""
    return max(candidates, key=lambda c: max((w.effective, w.device, w.n) for w in c.writes))


def _furthest(candidates: tuple[Candidate, ...], order: tuple[str, ...]) -> Settled:
    ranks = [_stage(candidate.value, order) for candidate in candidates]
    furthest = [c for c, rank in zip(candidates, ranks, strict=True) if rank == max(ranks)]
    return Settled(_latest(furthest).value, len(furthest) > 1)


def _stage(value: Answer, order: tuple[str, ...]) -> int:
    return order.index(value) if isinstance(value, str) and value in order else -1
