"""In what order lists stand: doors as one walks, members as a family, visits as they were made."""

from mobile.store.cards import NOBODY_HOME, ResidentCard, VisitCard
from mobile.store.glimpses import Glimpse
from shared.coverage import LIVING_HERE
from shared.search import read_door


def door_order(place: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Sorts doors as one walks: by street, then by number and not by digit."""
    door = read_door(place)
    return door.words, tuple((int(p), "") if p.isdigit() else (0, p) for p in door.parts)


def door_texts(dwelling: Glimpse) -> tuple[str, ...]:
    """What a door is found by."""
    return tuple(
        text for unit in ("plate", "code", "address", "room") if (text := dwelling.text(unit))
    )


def by_relation(member: ResidentCard) -> tuple[bool, str, str, str]:
    """Sorts members: living here first, the head first."""
    return member.status not in LIVING_HERE, member.relation or "~", member.birth_date, member.id


def nobody_home_in_a_row(visits: list[VisitCard]) -> int:
    """How often nobody was at home since somebody last was; the newest visit comes first."""
    for count, visit in enumerate(visits):
        if visit.outcome != NOBODY_HOME:
            return count
    return len(visits)
