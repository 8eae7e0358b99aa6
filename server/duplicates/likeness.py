"""How alike two records are: what the phone says, and what only the server can tell besides."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import prod
from types import MappingProxyType

from msgspec import Struct
from rapidfuzz.distance import OSA

from shared.search import HouseholdTraits, Likeness, similarity
from shared.search.likeness import WEIGHTS, Reason

ALIKE_MIN = 550
"""From this score on, in thousandths, a pair is shown to a reviewer."""
CERTAIN = 0.99
OTHER_NUMBER = 0.45
"""What remains of a likeness when the ID numbers differ: one of them may be mistyped."""
OTHER_SEX = 0.5
TWINS = 0.6
"""What remains when two people of one household have different names: siblings are alike."""


class Closer(StrEnum):
    """Reasons that only the server gives."""

    NEAR_SOUND = "near_sound"
    NEAR_PHONE = "near_phone"
    NEAR_BIRTH_DATE = "near_birth_date"
    SAME_ID_NUMBER = "same_id_number"


_CLOSER: Mapping[Closer, float] = MappingProxyType(
    {
        Closer.NEAR_SOUND: 0.2,
        Closer.NEAR_PHONE: 0.35,
        Closer.NEAR_BIRTH_DATE: 0.2,
        Closer.SAME_ID_NUMBER: CERTAIN,
    }
)
_NAMES = frozenset({Reason.SAME_NAME, Reason.SAME_SOUND, Reason.NEAR_NAME})


class Traits(Struct, frozen=True, kw_only=True):
    """What is compared of a record."""

    id: str
    kind: str
    grid: str
    told: HouseholdTraits
    """What the phone compares too."""
    household: str = ""
    """Of a resident."""
    sex: str = ""
    id_hash: str = ""


class Pair(Struct, frozen=True):
    """Two records that may be one."""

    one: str
    """The smaller id."""
    other: str
    score: int
    """In thousandths."""
    reasons: tuple[str, ...]


def compared(a: Traits, b: Traits) -> Pair:
    """How alike they are. Both ways round it says the same."""
    one, other = sorted((a, b), key=lambda each: each.id)
    seen = _as_the_phone_does(a, b)
    closer = tuple(_closer(a, b, seen))
    score = 1 - (1 - seen.score) * prod(1 - _CLOSER[each] for each in closer)
    score *= _against(a, b, frozenset(seen.reasons))
    reasons = (*closer, *seen.reasons)
    return Pair(one.id, other.id, round(1000 * score), tuple(str(each) for each in reasons))


def _as_the_phone_does(a: Traits, b: Traits) -> Likeness:
    seen = similarity(a.told, b.told)
    if not a.household or a.household != b.household or Reason.SAME_DOOR not in seen.reasons:
        return seen
    # Two of one household have one door: that says nothing.
    reasons = tuple(each for each in seen.reasons if each is not Reason.SAME_DOOR)
    return Likeness(1 - prod(1 - WEIGHTS[each] for each in reasons), reasons)


def _closer(a: Traits, b: Traits, seen: Likeness) -> Iterator[Closer]:
    if a.id_hash and a.id_hash == b.id_hash:
        yield Closer.SAME_ID_NUMBER
    if not _NAMES & set(seen.reasons) and _near(a.told.sound, b.told.sound):
        yield Closer.NEAR_SOUND
    if Reason.SAME_PHONE not in seen.reasons and _near(a.told.phone, b.told.phone):
        yield Closer.NEAR_PHONE
    if Reason.SAME_BIRTH_DATE not in seen.reasons and _near(a.told.birth_date, b.told.birth_date):
        yield Closer.NEAR_BIRTH_DATE


def _near(a: str, b: str) -> bool:
    """One character replaced, added, left out, or two swapped."""
    return bool(a) and bool(b) and OSA.distance(a, b, score_cutoff=1) == 1


def _against(a: Traits, b: Traits, reasons: frozenset[str]) -> float:
    """What remains of a likeness in view of what contradicts it."""
    remains = 1.0
    if a.id_hash and b.id_hash and a.id_hash != b.id_hash:
        remains *= OTHER_NUMBER
    if a.sex and b.sex and a.sex != b.sex:
        remains *= OTHER_SEX
    siblings = bool(a.household) and a.household == b.household
    if siblings and not {Reason.SAME_NAME, Reason.SAME_SOUND} & reasons:
        remains *= TWINS
    return remains
