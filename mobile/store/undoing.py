"""Taking a visit back: what it changed is as it was before, where that still stands."""

from sqlalchemy import Connection

from mobile.store.entries import Entry
from mobile.store.index import Index
from mobile.store.shelf import Shelf
from mobile.store.values import Answers, Edit
from shared.answers import elements_of, same
from shared.changes import ChangeKind
from shared.merge import shown

BACK = {ChangeKind.ADD: ChangeKind.REMOVE, ChangeKind.REMOVE: ChangeKind.ADD}
FOLLOWING = frozenset({"visit_policy", "no_visits_until", "last_seen", "status"})
"""Units that follow from how a visit ended, not from what was said at it."""


class Undoing:
    """Makes the edits that take an own visit back."""

    def __init__(self, shelf: Shelf, index: Index) -> None:
        self._shelf = shelf
        self._index = index

    def whole(self, visit: str, household: str) -> list[Edit]:
        """The visit goes, and all that was changed during it."""
        return [*self._of_entries(visit, household, None), _gone(visit, "visit")]

    def following(self, visit: str, household: str) -> list[Edit]:
        """The visit goes, and what followed from how it ended; what was said at it stays."""
        return [*self._of_entries(visit, household, FOLLOWING), _gone(visit, "visit")]

    def _of_entries(self, visit: str, household: str, units: frozenset[str] | None) -> list[Edit]:
        card = self._index.card(household)
        family = [*self._index.family(household), *([card.dwelling] if card else [])]
        with self._shelf.database.alone(), self._shelf.database.reading() as conn:
            saved = self._shelf.outbox.of_records(conn, [one for one in family if one])
            during = [entry for entry in saved if entry.change.visit == visit]
            now = {entry.change.record: self._answers(conn, entry) for entry in during}
        newest_first = sorted(during, key=lambda entry: -entry.place)
        made = (_back(entry, now[entry.change.record], units) for entry in newest_first)
        return [edit for edit in made if edit is not None]

    def _answers(self, conn: Connection, entry: Entry) -> Answers:
        record = self._shelf.shown(conn, entry.change.record)
        return {} if record is None else dict(shown(record, self._shelf.rules(record.kind)))


def _back(entry: Entry, now: Answers, units: frozenset[str] | None) -> Edit | None:
    """The edit that undoes a change, as far as nobody has changed it since."""
    change = entry.change
    if change.kind is ChangeKind.CREATE:
        return None if units else _gone(change.record, change.record_kind)
    touched = {u: v for u, v in change.units.items() if units is None or u in units}
    if change.kind in BACK:
        return _edit(entry, BACK[change.kind], {u: elements_of(v) for u, v in touched.items()})
    if change.kind is not ChangeKind.SET:
        return None
    standing = {u: change.old.get(u) for u, v in touched.items() if same(now.get(u), v)}
    return _edit(entry, ChangeKind.SET, standing)


def _edit(entry: Entry, kind: ChangeKind, units: Answers) -> Edit | None:
    if not units:
        return None
    change = entry.change
    return Edit(kind=kind, record=change.record, record_kind=change.record_kind, units=units)


def _gone(record: str, kind: str) -> Edit:
    return Edit(kind=ChangeKind.DELETE, record=record, record_kind=kind)
