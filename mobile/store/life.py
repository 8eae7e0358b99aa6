"""The life of a household as edits: moving, parting, joining, birth and death. Pure.

Nothing is overwritten without a trace: ids stay, what was said stays in the journal.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from mobile.store.cards import DwellingCard, HouseholdCard, ResidentCard
from mobile.store.values import Answers, Edit
from shared.changes import ALIAS, NOTE, Answer, ChangeKind
from shared.coverage import LIVING_HERE

HEAD = "0"
"""Relation to the head: the head (GB/T 4761)."""


class Home(Struct, frozen=True):
    """A household with its people and its dwelling, as it stands before the step."""

    card: HouseholdCard
    members: Sequence[ResidentCard]
    dwelling: DwellingCard | None = None

    @property
    def here(self) -> list[ResidentCard]:
        """Those who live there."""
        return [member for member in self.members if member.status in LIVING_HERE]

    @property
    def count(self) -> int:
        """How many live there, as far as is known: never fewer than those who are registered."""
        return max(self.card.people_count or 0, len(self.here))

    def is_head(self, member: ResidentCard) -> bool:
        """Whether the household is called after her."""
        return member.relation == HEAD or member.name == self.card.head_name


class Child(Struct, frozen=True):
    """A newborn, under the id that the new record will have."""

    id: str
    name: str
    sex: str
    """GB/T 2261.1; "" where it was not said."""
    day: str


def move_out(home: Home, *, vacant: bool, note: str) -> list[Edit]:
    """All leave; the household stays without a dwelling, the dwelling without a household."""
    edits = [_set("household", home.card.id, {"dwelling": None}), *_note(home.card.id, note)]
    edits += [_set("resident", one.id, {"status": "moved"}) for one in home.here]
    return [*edits, *_left(home.dwelling, vacant=vacant)]


def move_to(home: Home, dwelling: DwellingCard, *, since: str, note: str) -> list[Edit]:
    """The household moves to another dwelling; who had left with it is back."""
    moved: Answers = {"dwelling": dwelling.id, "living_since": since}
    edits = [_set("household", home.card.id, moved), *_note(home.card.id, note)]
    if home.card.dwelling is None:
        left = [one for one in home.members if one.status == "moved"]
        edits += [_set("resident", one.id, {"status": "living_here"}) for one in left]
    edits.append(_set("dwelling", dwelling.id, {"status": "occupied"}))
    return [*edits, *_left(home.dwelling, vacant=False)]


def split(
    home: Home, leaving: Sequence[ResidentCard], *, new_id: str, dwelling: str, note: str
) -> list[Edit]:
    """Some become a household of their own; the first of them is its head."""
    head = leaving[0]
    first: Answers = {
        "dwelling": dwelling,
        "head_name": head.name,
        "people_count": len(leaving),
        "visit_policy": "normal",
        "split_from": home.card.id,
        **({"phone": head.phone} if head.phone else {}),
    }
    create = Edit(
        kind=ChangeKind.CREATE,
        record=new_id,
        record_kind="household",
        units=first,
        grid=home.card.grid,
    )
    moved = [_joins(one, new_id, relation=HEAD if one is head else None) for one in leaving]
    return [create, *moved, *_without(home, leaving), *_note(home.card.id, note)]


def member_to(home: Home, member: ResidentCard, other: Home, *, note: str) -> list[Edit]:
    """One goes to live with another household."""
    return [
        _joins(member, other.card.id, relation=None),
        *_without(home, [member]),
        _set("household", other.card.id, {"people_count": other.count + 1}),
        *_note(home.card.id, note),
    ]


def merge(home: Home, other: Home, *, together: bool, note: str) -> list[Edit]:
    """The other household becomes part of this one; its id leads here for ever.

    together: they are two families that live together now, not one that was registered twice.
    """
    edits = [_set("household", other.card.id, {ALIAS: home.card.id}), *_note(home.card.id, note)]
    if together:
        count = home.count + other.count
        edits.append(_set("household", home.card.id, {"people_count": count}))
        heads = [one for one in other.here if one.relation == HEAD]
        edits += [_set("resident", one.id, {"relation": None}) for one in heads]
    return edits


def birth(home: Home, child: Child, *, note: str) -> list[Edit]:
    """A child is born."""
    units: Answers = {
        "household": home.card.id,
        "name": child.name,
        "birth_date": child.day,
        "status": "living_here",
        **({"sex": child.sex} if child.sex else {}),
    }
    create = Edit(
        kind=ChangeKind.CREATE,
        record=child.id,
        record_kind="resident",
        units=units,
        grid=home.card.grid,
    )
    counted = _set("household", home.card.id, {"people_count": home.count + 1})
    return [create, counted, *_note(home.card.id, note)]


def death(home: Home, member: ResidentCard, *, note: str) -> list[Edit]:
    """Somebody has died; the household is called after the next."""
    return [
        _set("resident", member.id, {"status": "died"}),
        *_without(home, [member]),
        *_note(member.id, note, kind="resident"),
    ]


def moved_away(home: Home, member: ResidentCard, *, note: str) -> list[Edit]:
    """One leaves, and nobody here knows the new home."""
    return [
        _set("resident", member.id, {"status": "moved"}),
        *_without(home, [member]),
        *_note(member.id, note, kind="resident"),
    ]


def renumber(dwelling: DwellingCard | None, *, code: str, plate: str, note: str) -> list[Edit]:
    """The door has another number; it is the same dwelling."""
    if dwelling is None:
        return []
    given = {name: text for name, text in (("code", code), ("plate", plate)) if text}
    return [_set("dwelling", dwelling.id, {**given}), *_note(dwelling.id, note, kind="dwelling")]


def _without(home: Home, leaving: Iterable[ResidentCard]) -> list[Edit]:
    """The household without these: its number, and its head if that one leaves."""
    gone = {one.id for one in leaving}
    staying = [one for one in home.here if one.id not in gone]
    units: Answers = {"people_count": max(0, home.count - len(gone))}
    edits = []
    if staying and any(home.is_head(one) for one in home.members if one.id in gone):
        units["head_name"] = staying[0].name
        edits.append(_set("resident", staying[0].id, {"relation": HEAD}))
    return [_set("household", home.card.id, units), *edits]


def _joins(member: ResidentCard, household: str, *, relation: Answer) -> Edit:
    """A relation to the old head says nothing of the new one."""
    units: Answers = {"household": household, "relation": relation, "status": "living_here"}
    return _set("resident", member.id, units)


def _left(dwelling: DwellingCard | None, *, vacant: bool) -> list[Edit]:
    """A home that a household has left; unless another one lives there, too."""
    if dwelling is None or dwelling.households > 1:
        return []
    return [_set("dwelling", dwelling.id, {"status": "vacant" if vacant else "unknown"})]


def _set(kind: str, record: str, units: Answers) -> Edit:
    return Edit(kind=ChangeKind.SET, record=record, record_kind=kind, units=units)


def _note(record: str, note: str, *, kind: str = "household") -> list[Edit]:
    if not note:
        return []
    return [Edit(kind=ChangeKind.NOTE, record=record, record_kind=kind, units={NOTE: note})]
