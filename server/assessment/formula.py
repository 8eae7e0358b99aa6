"""The formula: pure, so that a signed sheet gives the same number for ever.

Five parts, each between 0 and 1: cases (E), mediation (M), visits (V), quality (Q), reports (R).
Score = sum of weight x part, and at most ADJUST_MAX points more or less, with a reason. A part of
which too little was due is not scored: its weight goes to the visits. Source: the field guide's
proposal for monthly assessment; a town may set other weights.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

ADJUST_MAX = 5
WHOLE = 100


class Part(StrEnum):
    """What is scored."""

    CASES = "cases"
    """Of the cases that were due, those that were settled in time and verified."""
    MEDIATION = "mediation"
    """Of the disputes that were due, those that were settled in time or handed up in time."""
    VISITS = "visits"
    """Of the visits that were planned, those with any documented outcome: refused and nobody home
    are outcomes."""
    QUALITY = "quality"
    """Half item completeness (to decline is an answer), half freshness, less the duplicates that
    review found."""
    REPORTS = "reports"
    """Of the nil reports that were expected and not excused, those that were made in time."""


WEIGHTS: Mapping[str, int] = MappingProxyType(
    {Part.CASES: 30, Part.MEDIATION: 20, Part.VISITS: 25, Part.QUALITY: 15, Part.REPORTS: 10}
)


class Scheme(Struct, frozen=True, kw_only=True):
    """A version of the formula."""

    version: int = 1
    weights: Mapping[str, int]
    """By part; together WHOLE."""
    items_min: int = 10
    """With fewer than so many things due, a part is not scored."""

    @property
    def is_whole(self) -> bool:
        """Whether the weights are those of all parts and add up."""
        given = self.weights.values()
        return set(self.weights) == set(Part) and sum(given) == WHOLE and min(given, default=0) >= 0


class Measure(Struct, frozen=True):
    """What was counted for a part."""

    value: float | None
    """Between 0 and 1; None where nothing was due."""
    done: int
    due: int


class Points(Struct, frozen=True):
    """A part as it is scored."""

    part: str
    measure: Measure
    weight: int
    """After weights of parts that are not scored went to the visits."""
    points: float | None
    """None where too little was due."""


class Score(Struct, frozen=True):
    """The whole sheet's numbers."""

    parts: tuple[Points, ...]
    total: float | None
    """With the adjustment, rounded to a tenth; None where not even the visits can be scored."""


def score(measures: Mapping[str, Measure], scheme: Scheme, adjustment: float = 0) -> Score:
    """The score of what was counted. adjustment: between -ADJUST_MAX and ADJUST_MAX."""
    scored = {
        part
        for part in Part
        if measures[part].value is not None and measures[part].due >= scheme.items_min
    }
    weights = {part: scheme.weights[part] if part in scored else 0 for part in Part}
    if Part.VISITS in scored:
        weights[Part.VISITS] += WHOLE - sum(weights.values())
    parts = tuple(
        Points(
            part.value,
            measures[part],
            weights[part],
            weights[part] * (measures[part].value or 0.0) if part in scored else None,
        )
        for part in Part
    )
    if Part.VISITS not in scored:
        return Score(parts, None)
    total = sum(each.points for each in parts if each.points is not None)
    bounded = max(-ADJUST_MAX, min(ADJUST_MAX, adjustment))
    return Score(parts, round(max(0.0, min(WHOLE, total + bounded)), 1))
