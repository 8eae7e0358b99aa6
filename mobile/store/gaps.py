"""What is missing of households: counted for lists in advance, told in full for one."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from mobile.store.index import Index
from mobile.store.saving import moment
from mobile.store.shelf import Shelf
from shared.changes import Answer
from shared.completeness import Completeness, completeness, wanted_units
from shared.coverage import LIVING_HERE, is_complete
from shared.merge import shown


class RecordGaps(Struct, frozen=True):
    """How complete one record of a household is."""

    record: str
    kind: str
    label: str
    items: Completeness


class Wanted:
    """The units of each kind that count for the collection rate, as its form says."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._known: dict[tuple[str, str], dict[str, bool]] = {}

    def of(self, kind: str) -> dict[str, bool]:
        """The units, and whether a rule says if they apply."""
        key = (kind, self._shelf.account.forms.get(kind, ""))
        if key not in self._known:
            form = self._shelf.form(kind)
            if form is None:
                return {}
            self._known[key] = wanted_units(form)
        return self._known[key]

    def absent(self, kind: str, units: Mapping[str, Answer]) -> tuple[str, ...]:
        """Those that have no answer, whether they apply or not."""
        return tuple(unit for unit in self.of(kind) if units.get(unit) is None)


class Gaps:
    """Looks at households and the people who live there; what it saw it keeps until told."""

    def __init__(self, shelf: Shelf, index: Index, wanted: Wanted) -> None:
        self._shelf = shelf
        self._index = index
        self._wanted = wanted
        self._seen: dict[str, Completeness] = {}

    def forget(self, records: Iterable[str]) -> None:
        """These records have changed."""
        for record in records:
            self._seen.pop(record, None)

    def of(self, household: str) -> tuple[RecordGaps, ...]:
        """The household, and each person who lives there."""
        with self._shelf.database.alone():
            home = self._index.called(household)
            here = [m for m in self._index.members(home) if m.status in LIVING_HERE]
            found = [RecordGaps(home, "household", "", self._items(home))]
            found += [RecordGaps(m.id, "resident", m.name, self._items(m.id)) for m in here]
        return tuple(found)

    def wanting(self, household: str) -> bool:
        """Whether an item is missing that counts for the collection rate."""
        here = [m.id for m in self._index.members(household) if m.status in LIVING_HERE]
        members = [self._lacks("resident", member) for member in here]
        return not is_complete(self._lacks("household", household), members)

    def _lacks(self, kind: str, record: str) -> bool:
        absent = self._index.absent.get(record)
        if not absent:
            return False
        rules = self._wanted.of(kind)
        # Only where a rule decides whether an item applies the record must be opened.
        return any(not rules.get(unit) for unit in absent) or bool(self._items(record).wanted)

    def _items(self, record: str) -> Completeness:
        if record not in self._seen:
            self._seen[record] = self._looked_at(record)
        return self._seen[record]

    def _looked_at(self, record: str) -> Completeness:
        with self._shelf.database.reading() as conn:
            found = self._shelf.shown(conn, record)
        form = self._shelf.form(found.kind) if found else None
        if found is None or form is None:
            return Completeness()
        units = shown(found, self._shelf.rules(found.kind))
        return completeness(form, units, moment(self._shelf.clock.now()))
