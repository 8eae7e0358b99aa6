"""Taking a save or a visit back: what it changed is as it was before, where that still stands.

Nothing is wiped out: the way back is a save of its own, and the history shows both.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from mobile.store.entries import Entry
from mobile.store.index import Index
from mobile.store.shelf import Shelf
from mobile.store.values import Answers, Edit
from shared.answers import elements_of, same
from shared.changes import ALIAS, DELETED, NOTE, Change, ChangeKind
from shared.merge import shown

BACK = {
    ChangeKind.ADD: ChangeKind.REMOVE,
    ChangeKind.REMOVE: ChangeKind.ADD,
    ChangeKind.CREATE: ChangeKind.DELETE,
    ChangeKind.DELETE: ChangeKind.RESTORE,
    ChangeKind.RESTORE: ChangeKind.DELETE,
}
FOLLOWING = frozenset({"visit_policy", "no_visits_until", "last_seen", "status"})
"""Units that follow from how a visit ended, not from what was said at it."""


class Undoing:
    """Makes the edits that take an own save, or an own visit, back."""

    def __init__(self, shelf: Shelf, index: Index) -> None:
        self._shelf = shelf
        self._index = index

    def of_save(self, save: str, words: Callable[[str], str] | None = None) -> list[Edit]:
        """One press of "save" goes; nothing when nothing of it stands, or others built on it.

        words: says of what the save had noted down that it was taken back.
        """
        with self._shelf.database.alone(), self._shelf.database.reading() as conn:
            done = self._shelf.outbox.of_save(conn, save)
            edits = [] if self._built_on(done) else self._back(conn, done, None)
        noted = [one.change for one in done if one.change.kind is ChangeKind.NOTE]
        return edits and [*edits, *(_noted(one, words) for one in noted if words)]

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
            return self._back(conn, [one for one in saved if one.change.visit == visit], units)

    def _back(
        self, conn: Connection, done: Iterable[Entry], units: frozenset[str] | None
    ) -> list[Edit]:
        """The edits that undo these, the newest first."""
        newest_first = sorted(done, key=lambda entry: -entry.place)
        made = (_back(entry, self._answers(conn, entry), units) for entry in newest_first)
        return [edit for edit in made if edit is not None]

    def _answers(self, conn: Connection, entry: Entry) -> Answers:
        record = self._shelf.shown(conn, entry.change.record)
        if record is None:
            return {}
        answers = shown(record, self._shelf.rules(record.kind))
        return {**answers, ALIAS: record.alias_of, DELETED: record.deleted}

    def _built_on(self, done: Iterable[Entry]) -> bool:
        """Whether somebody was at a record since that the save had made: visited it, moved in."""
        saved = {one.change.record for one in done}
        made = (one.change.record for one in done if one.change.kind is ChangeKind.CREATE)
        return any(not self._index.family(record) <= saved for record in made)


def _back(entry: Entry, now: Answers, units: frozenset[str] | None) -> Edit | None:
    """The edit that undoes a change, as far as nobody has changed it since."""
    change = entry.change
    if change.kind is ChangeKind.SET:
        touched = {u: v for u, v in change.units.items() if units is None or u in units}
        standing = {unit: v for unit, v in touched.items() if same(now.get(unit), v)}
        before = {unit: change.old.get(unit) for unit in standing}
        return _edit(entry, ChangeKind.SET, before, old=standing)
    back = BACK.get(change.kind)
    if change.kind in (ChangeKind.ADD, ChangeKind.REMOVE) and back is not None:
        touched = {u: v for u, v in change.units.items() if units is None or u in units}
        return _edit(entry, back, {u: elements_of(v) for u, v in touched.items()})
    # A record that is not here, or that somebody has taken back since, is left alone.
    if units or back is None or now.get(DELETED) is not (change.kind is ChangeKind.DELETE):
        return None
    return Edit(kind=back, record=change.record, record_kind=change.record_kind)


def _edit(
    entry: Entry, kind: ChangeKind, units: Answers, *, old: Answers | None = None
) -> Edit | None:
    """old: what is shown now, where the store would not look: at whom a record was merged into."""
    if not units:
        return None
    return Edit(
        kind=kind,
        record=entry.change.record,
        record_kind=entry.change.record_kind,
        units=units,
        old=old or {},
    )


def _noted(change: Change, words: Callable[[str], str]) -> Edit:
    note: Answers = {NOTE: words(str(change.units.get(NOTE, "")))}
    return Edit(
        kind=ChangeKind.NOTE, record=change.record, record_kind=change.record_kind, units=note
    )


def _gone(record: str, kind: str) -> Edit:
    return Edit(kind=ChangeKind.DELETE, record=record, record_kind=kind)
