"""Whether two households may be one: a score and the reasons to show, never a verdict."""

from collections.abc import Iterable
from enum import StrEnum
from math import prod
from unicodedata import normalize

from msgspec import Struct

from shared.codes.phones import normal_phone
from shared.search.doors import Door, read_door, same_door
from shared.search.pinyin import name_pinyin

DUPLICATE_SCORE_MIN = 0.5
"""From here on a worker is asked whether she means the other household."""


class Reason(StrEnum):
    """Why two households look alike; the code table `likeness` has its words."""

    SAME_NAME = "same_name"
    SAME_SOUND = "same_sound"
    NEAR_NAME = "near_name"
    SAME_PHONE = "same_phone"
    SAME_DOOR = "same_door"
    SAME_BIRTH_DATE = "same_birth_date"


WEIGHTS = {
    Reason.SAME_NAME: 0.45,
    Reason.SAME_SOUND: 0.35,
    Reason.NEAR_NAME: 0.25,
    Reason.SAME_PHONE: 0.5,
    Reason.SAME_DOOR: 0.4,
    Reason.SAME_BIRTH_DATE: 0.3,
}
"""How much of the remaining doubt each reason takes away."""


class HouseholdTraits(Struct, frozen=True):
    """What is compared of a household, in comparable form; made by `household_traits`."""

    name: str = ""
    sound: str = ""
    phone: str = ""
    door: Door = Door(parts=())
    dwelling: str = ""
    birth_date: str = ""


class Likeness(Struct, frozen=True):
    """How alike two households are, from 0 to 1, and why."""

    score: float
    reasons: tuple[Reason, ...]


def household_traits(
    *, name: str = "", phone: str = "", plate: str = "", dwelling: str = "", birth_date: str = ""
) -> HouseholdTraits:
    """The comparable traits of a household: head's name and birth date, phone, door.

    plate: the house number or the dwelling's code; dwelling: the dwelling's record id.
    What is not known stays empty and says nothing.
    """
    plain = "".join(normalize("NFKC", name).lower().split())
    return HouseholdTraits(
        name=plain,
        sound=name_pinyin(plain),
        phone=normal_phone(phone),
        door=read_door(plate),
        dwelling=dwelling,
        birth_date=birth_date,
    )


def clues(
    *, phone: str = "", plate: str = "", dwelling: str = "", birth_date: str = ""
) -> tuple[str, ...]:
    """What two households must share, one at least, to be alike: no name alone is enough.

    They are cheap to make, so that among tens of thousands only a few need be compared.
    """
    named = {
        "phone": normal_phone(phone),
        "door": "".join(read_door(plate).parts[-1:]) if plate else "",
        "home": dwelling,
        "born": birth_date,
    }
    return tuple(f"{kind} {value}" for kind, value in named.items() if value)


def similarity(a: HouseholdTraits, b: HouseholdTraits) -> Likeness:
    """How alike two households are. Both ways round it says the same."""
    reasons = tuple(_reasons(a, b))
    score = 1 - prod(1 - WEIGHTS[reason] for reason in reasons)
    return Likeness(score=round(score, 3), reasons=reasons)


def possible_duplicates(
    traits: HouseholdTraits, others: Iterable[tuple[str, HouseholdTraits]]
) -> tuple[tuple[str, Likeness], ...]:
    """The ids of `others` that may be the same household, the most alike first."""
    alike = ((other_id, similarity(traits, other)) for other_id, other in others)
    found = (pair for pair in alike if pair[1].score >= DUPLICATE_SCORE_MIN)
    return tuple(sorted(found, key=lambda pair: (-pair[1].score, pair[0])))


def _reasons(a: HouseholdTraits, b: HouseholdTraits) -> Iterable[Reason]:
    if name := _name_reason(a, b):
        yield name
    if a.phone and a.phone == b.phone:
        yield Reason.SAME_PHONE
    if (a.dwelling and a.dwelling == b.dwelling) or same_door(a.door, b.door):
        yield Reason.SAME_DOOR
    if a.birth_date and a.birth_date == b.birth_date:
        yield Reason.SAME_BIRTH_DATE


def _name_reason(a: HouseholdTraits, b: HouseholdTraits) -> Reason | None:
    if not a.name or not b.name:
        return None
    if a.name == b.name:
        return Reason.SAME_NAME
    if a.sound and a.sound == b.sound:
        return Reason.SAME_SOUND
    return Reason.NEAR_NAME if _one_differs(a.name, b.name) else None


def _one_differs(a: str, b: str) -> bool:
    """Whether one character was replaced, added or left out."""
    short, long = sorted((a, b), key=len)
    if len(short) < 2 or len(long) - len(short) > 1:
        return False
    pairs = enumerate(zip(short, long, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), len(short))
    rest = short[at + 1 :] if len(short) == len(long) else short[at:]
    return rest == long[at + 1 :]
