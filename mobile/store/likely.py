"""Records that a draft may be about: the warning before a household is registered twice."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from mobile.store.cards import HouseholdCard, ResidentCard
from mobile.store.index import Index
from mobile.store.values import Duplicate, Reason
from shared.changes import Answer
from shared.codes.tables import code_table
from shared.search import (
    Door,
    HouseholdTraits,
    Likeness,
    clues,
    household_traits,
    possible_duplicates,
    read_door,
    same_door,
)
from shared.wire import Words

DUPLICATES_MAX = 5
SAME_DOOR = 0.8
SAME_ID_NUMBER = "same_id_number"


class Doors(Struct, frozen=True):
    """Where a dwelling is, in comparable form."""

    code: tuple[str, ...]
    door: Door
    room: str

    def likeness(self, other: "Doors") -> float:
        """How likely both are one dwelling, 0 to 1: by code, or by plate and room."""
        if self.code and self.code == other.code:
            return 1.0
        rooms = {self.room, other.room} - {""}
        return SAME_DOOR if len(rooms) < 2 and same_door(self.door, other.door) else 0.0


class Clues:
    """Which records share a clue; see `shared.search.clues`."""

    def __init__(self) -> None:
        self._of: dict[str, tuple[str, ...]] = {}
        self._by: defaultdict[str, set[str]] = defaultdict(set)

    def __contains__(self, record: str) -> bool:
        return record in self._of

    def put(self, record: str, found: tuple[str, ...]) -> None:
        """Takes the clues of a record that has none here."""
        self._of[record] = found
        for clue in found:
            self._by[clue].add(record)

    def forget(self, record: str) -> None:
        """The record has changed."""
        for clue in self._of.pop(record, ()):
            self._by[clue].discard(record)

    def near(self, found: tuple[str, ...]) -> set[str]:
        """The records that share one of these clues."""
        return set().union(*(self._by.get(clue, ()) for clue in found))


class Likely:
    """Compares answers with what the index has; what leads to the few to compare is kept."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._households = Clues()
        self._residents = Clues()
        self._doors: dict[str, Doors] = {}

    def forget(self, records: Iterable[str]) -> None:
        """These records have changed."""
        for record in records:
            self._households.forget(record)
            self._residents.forget(record)
            self._doors.pop(record, None)

    def prepare(self, most: int = sys.maxsize) -> bool:
        """Looks at as many as were never looked at, or have changed since; whether that was all."""
        cards = [card for card in self._index.cards() if card.id not in self._households]
        for card in cards[:most]:
            dwelling, plate = self._index.door(card.id)
            phone = self._index.phone(card.id)
            self._households.put(card.id, clues(phone=phone, plate=plate, dwelling=dwelling))
        rows = [row for row in self._index.residents.values() if row.id not in self._residents]
        for row in rows[:most]:
            self._residents.put(row.id, clues(phone=row.phone, birth_date=row.birth_date))
        return max(len(cards), len(rows)) <= most

    def find(self, kind: str, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        """The likeliest records of the kind, with why."""
        self.prepare()
        if kind == "household":
            return self._like_household(answers, leave_out)
        if kind == "dwelling":
            return self._like_dwelling(answers, leave_out)
        return self._like_resident(answers, leave_out) if kind == "resident" else []

    def _like_household(self, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        phone, dwelling = _text(answers, "phone"), _text(answers, "dwelling")
        home = self._index.dwelling(dwelling)
        plate = (home.code or home.plate) if home else ""
        near = self._households.near(clues(phone=phone, plate=plate, dwelling=dwelling))
        cards = filter(None, map(self._index.card, near - {leave_out}))
        traits = household_traits(
            name=_text(answers, "head_name"), phone=phone, plate=plate, dwelling=dwelling
        )
        others = ((card.id, self._household_traits(card)) for card in cards)
        return [
            self._duplicate(found, "household", likeness)
            for found, likeness in possible_duplicates(traits, others)[:DUPLICATES_MAX]
        ]

    def _like_resident(self, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        number = _text(answers, "id_number")
        same_number = [
            Duplicate(
                r, "resident", self._index.household_of(r), self._index.label(r), 1.0, (_NUMBER,)
            )
            for r, other in self._index.id_numbers.items()
            if number and other == number and r != leave_out
        ]
        phone, birth_date = _text(answers, "phone"), _text(answers, "birth_date")
        known = {duplicate.record for duplicate in same_number} | {leave_out}
        near = self._residents.near(clues(phone=phone, birth_date=birth_date)) - known
        alike = possible_duplicates(
            household_traits(name=_text(answers, "name"), phone=phone, birth_date=birth_date),
            ((one, _resident_traits(self._index.residents[one])) for one in near),
        )
        found = [self._duplicate(i, "resident", likeness) for i, likeness in alike]
        return [*same_number, *found][:DUPLICATES_MAX]

    def _like_dwelling(self, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        """Dwellings with the same code, or behind the same door."""
        for home in self._index.doors():
            if home.id not in self._doors:
                self._doors[home.id] = _doors(
                    home.text("code"), home.text("plate"), home.text("room")
                )
        mine = _doors(*(_text(answers, unit) for unit in ("code", "plate", "room")))
        found = []
        for dwelling, doors in self._doors.items():
            score = mine.likeness(doors) if dwelling != leave_out else 0.0
            if score:
                label = self._index.label(dwelling)
                found.append(
                    Duplicate(dwelling, "dwelling", None, label, score, (_reason("same_door"),))
                )
        return sorted(found, key=lambda one: (-one.likeness, one.label))[:DUPLICATES_MAX]

    def _household_traits(self, card: HouseholdCard) -> HouseholdTraits:
        dwelling, plate = self._index.door(card.id)
        phone = self._index.phone(card.id)
        return household_traits(name=card.head_name, phone=phone, plate=plate, dwelling=dwelling)

    def _duplicate(self, record: str, kind: str, likeness: Likeness) -> Duplicate:
        return Duplicate(
            record,
            kind,
            self._index.household_of(record),
            self._index.label(record),
            likeness.score,
            tuple(_reason(code) for code in likeness.reasons),
        )


_NUMBER = Reason(SAME_ID_NUMBER, Words("证件号码相同", "Same ID number"))


def _doors(code: str, plate: str, room: str) -> Doors:
    whole = plate if not room or room in plate else f"{plate} {room}"
    return Doors(read_door(code).parts, read_door(whole), room)


def _resident_traits(resident: ResidentCard) -> HouseholdTraits:
    return household_traits(
        name=resident.name, phone=resident.phone, birth_date=resident.birth_date
    )


def _reason(code: str) -> Reason:
    row = code_table("likeness").get(code)
    return Reason(code, Words(row.zh, row.en) if row else Words(code, code))


def _text(answers: Mapping[str, Answer], question: str) -> str:
    value = answers.get(question)
    return value if isinstance(value, str) else ""
