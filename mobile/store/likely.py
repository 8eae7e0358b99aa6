"""Records that a draft may be about: the warning before a household is registered twice."""

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


class Likely:
    """Compares answers with what the index has; traits are made once and kept."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._households: dict[str, HouseholdTraits] = {}
        self._residents: dict[str, HouseholdTraits] = {}
        self._doors: dict[str, Doors] = {}

    def forget(self, records: Iterable[str]) -> None:
        """These records have changed."""
        for record in records:
            self._households.pop(record, None)
            self._residents.pop(record, None)
            self._doors.pop(record, None)

    def find(self, kind: str, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        """The likeliest records of the kind, with why."""
        if kind == "household":
            return self._like_household(answers, leave_out)
        if kind == "dwelling":
            return self._like_dwelling(answers, leave_out)
        return self._like_resident(answers, leave_out) if kind == "resident" else []

    def _like_household(self, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        for card in self._index.cards():
            if card.id not in self._households:
                self._households[card.id] = self._household_traits(card)
        dwelling = _text(answers, "dwelling")
        home = self._index.dwelling(dwelling)
        traits = household_traits(
            name=_text(answers, "head_name"),
            phone=_text(answers, "phone"),
            plate=(home.code or home.plate) if home else "",
            dwelling=dwelling,
        )
        others = ((i, t) for i, t in self._households.items() if i != leave_out)
        return [
            self._duplicate(found, "household", likeness)
            for found, likeness in possible_duplicates(traits, others)[:DUPLICATES_MAX]
        ]

    def _like_resident(self, answers: Mapping[str, Answer], leave_out: str) -> list[Duplicate]:
        for resident in self._index.residents.values():
            if resident.id not in self._residents:
                self._residents[resident.id] = _resident_traits(resident)
        number = _text(answers, "id_number")
        same_number = [
            Duplicate(
                r, "resident", self._index.household_of(r), self._index.label(r), 1.0, (_NUMBER,)
            )
            for r, other in self._index.id_numbers.items()
            if number and other == number and r != leave_out
        ]
        traits = household_traits(
            name=_text(answers, "name"),
            phone=_text(answers, "phone"),
            birth_date=_text(answers, "birth_date"),
        )
        known = {duplicate.record for duplicate in same_number} | {leave_out}
        others = ((i, t) for i, t in self._residents.items() if i not in known)
        alike = possible_duplicates(traits, others)
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
