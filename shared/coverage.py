"""What is counted of the doors of a grid, and when a household counts as collected.

One definition for the worker's app and for the office: each figure of the console is a count of
doors for which a condition made here holds, and its list is those doors.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum
from operator import add
from typing import Self

from msgspec import Struct, structs

from shared.completeness import Completeness
from shared.forms.model import Form
from shared.search.doors import CODE_PARTS, read_door
from shared.visiting.visits import DISTURBING, NOBODY_HOME, REFUSED

LIVING_HERE = frozenset({"", "living_here"})
"""The states of a resident who counts: what nobody has answered yet counts too."""
TARGET = 0.95
"""The share of listed dwellings that should be collected: the line in the charts."""
FRESH_DAYS = (90, 180, 365)
"""Within how many days somebody has verified a household, for its freshness."""
VERIFYING = "done"
"""The outcome of a visit at which everything was gone through, changed or confirmed."""
UNKNOWN = frozenset({"", "unknown"})
"""The states of a dwelling of which nobody knows whether somebody lives there."""
_GONE = frozenset({"demolished", "merged"})
NOBODY_HOME_MIN = 2
"""So often nobody was home, one time after the other, until the building picture says so."""


class Place(StrEnum):
    """Whether a dwelling is listed, and if not, why: what is left out is counted beside it."""

    LISTED = "listed"
    """Occupied or unknown, and lived in as far as anybody knows."""
    VACANT = "vacant"
    GONE = "gone"
    """Demolished, or made one with another."""
    BUSINESS = "business"


class Reached(StrEnum):
    """How far the visits to a door have come."""

    SPOKEN = "spoken"
    """Somebody came to the door, or an appointment was made."""
    REFUSED = "refused"
    """And at the last such visit the household refused."""
    NOBODY = "nobody"
    """It was tried, and nobody was met."""
    UNTRIED = "untried"


class DoorState(StrEnum):
    """How a door stands in the picture of its building; the first that holds is shown."""

    GONE = "gone"
    """Demolished, or merged with another."""
    CONFLICT = "conflict"
    EMPTY = "empty"
    UNREGISTERED = "unregistered"
    """Nobody is registered there, and nobody knows that it is empty."""
    REFUSED = "refused"
    NEVER_VISITED = "never_visited"
    NOBODY_HOME = "nobody_home"
    OVERDUE = "overdue"
    DUE = "due"
    FINE = "fine"


class Answered(Struct, frozen=True):
    """How many items apply, and how many of them are answered."""

    applicable: int = 0
    answered: int = 0
    """To decline is an answer."""
    declined: int = 0

    @property
    def completeness(self) -> float | None:
        """Answered items of those that apply; None where none applies."""
        return self.answered / self.applicable if self.applicable else None

    def plus(self, other: Self) -> Self:
        """Of both together."""
        return type(self)(*map(add, structs.astuple(self), structs.astuple(other)))


class Items(Answered, frozen=True):
    """The same of one record, or of a household with its people, and of what is mandatory."""

    wanted: int = 0
    """The mandatory ones that are missing."""
    given: int = 0
    """The mandatory ones that might have been declined, and were answered."""
    withheld: int = 0
    """The mandatory ones that were declined."""


def items_of(form: Form, found: Completeness) -> Items:
    """The numbers of a record that is complete to that degree."""
    may_decline = {q.name for q in form.questions if q.mandatory and q.allow_declined}
    declined = set(found.declined)
    return Items(
        applicable=found.applicable,
        answered=len(found.answered),
        declined=len(declined),
        wanted=len(found.wanted),
        given=len(may_decline & (set(found.answered) - declined)),
        withheld=len(may_decline & declined),
    )


def is_complete(household_wants: bool, members_want: Collection[bool]) -> bool:
    """Whether nothing mandatory is missing: not of the household, nor of anybody who lives there.

    A household of which nobody is known by name is not complete.
    """
    return not household_wants and bool(members_want) and not any(members_want)


def is_collected(*, complete: bool, together: Items, reached: Reached) -> bool:
    """Whether a household counts as collected.

    An item that a person declines is answered. A household that refuses as a whole is not
    collected: it said so at the door, or declined whatever it could.
    """
    refuses = reached is Reached.REFUSED or (together.withheld > 0 and together.given == 0)
    return complete and not refuses


def place_of(status: str, use: str) -> Place:
    """Where a dwelling of this state and use is counted."""
    if status in _GONE:
        return Place.GONE
    if use == "business":
        return Place.BUSINESS
    return Place.VACANT if status == "vacant" else Place.LISTED


def reached(outcomes: Iterable[str]) -> Reached:
    """How far the visits with these outcomes have come, the newest first."""
    tried = False
    for outcome in outcomes:
        tried = True
        if outcome in DISTURBING:
            return Reached.REFUSED if outcome == REFUSED else Reached.SPOKEN
    return Reached.NOBODY if tried else Reached.UNTRIED


def vain_tries(outcomes: Iterable[str]) -> int:
    """How often nobody was home since somebody last was; the newest outcome comes first."""
    count = 0
    for outcome in outcomes:
        if outcome != NOBODY_HOME:
            break
        count += 1
    return count


def door_state(
    place: Place, *, households: int, conflict: bool, far: Reached, tries: int
) -> DoorState:
    """How the door stands, as far as it does not hang on what day it is."""
    if place is Place.GONE:
        return DoorState.GONE
    if not households:
        return DoorState.EMPTY if place is Place.VACANT else DoorState.UNREGISTERED
    holds = {
        DoorState.CONFLICT: conflict,
        DoorState.EMPTY: place is Place.VACANT,
        DoorState.REFUSED: far is Reached.REFUSED,
        DoorState.NEVER_VISITED: far is Reached.UNTRIED,
        DoorState.NOBODY_HOME: tries >= NOBODY_HOME_MIN,
    }
    return next((state for state, is_so in holds.items() if is_so), DoorState.FINE)


def building_of(building: str, code: str, plate: str, address: str) -> str:
    """The building of a dwelling: as it is written, from its code, or else its street."""
    parts = code.split("-")
    from_code = parts[0] if len(parts) == CODE_PARTS else ""
    return building or from_code or read_door(plate).words or address
