"""What a person at the office does to records beside editing them. Each is one transaction.

Whatever is done is an ordinary change of the person's console, in the journal like any other.
"""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from server.db.register_tables import JournalRow, NotSameRow
from server.errors import NotFound
from server.office.audit import Deed, Entry, record
from server.office.people import AccountIdentity
from server.register.edits import Edit, edit_of
from server.register.entries import Bookkeeper
from server.register.outcomes import Committed
from server.register.refusals import (
    AlreadyMerged,
    NotDecided,
    NothingToTake,
    NotMerged,
    NotRestorable,
)
from server.register.restoring import merge_write, taken_back
from server.register.store import RecordStore
from server.register.writer import Writer
from shared.changes import ALIAS, DELETED, GRID, Answer, ChangeKind
from shared.merge import Rules, settled, shown
from shared.records import Record


class Merging(Struct, frozen=True, kw_only=True):
    """Two records that are one: which of them stands, as the person saw both."""

    merged: str
    """The record that is merged into the other one."""
    base: int
    """Its version on the person's screen."""
    survivor: str
    survivor_base: int
    take: tuple[str, ...] = ()
    """Units whose shown value the survivor takes over from the merged record."""


class Unmerged(Struct, frozen=True):
    """A merge was taken back."""

    committed: Committed
    left: tuple[str, ...] = ()
    """Units of the survivor that stay in conflict: a person decides what of them was its own."""


class Restoring(Struct, frozen=True, kw_only=True):
    """An earlier value that is to stand again."""

    record: str
    unit: str
    seq: int
    """The change that wrote it."""
    base: int
    """The version of the record on the person's screen."""


class Deeds(Struct, frozen=True):
    """Merging, un-merging and restoring, for the accounts of every town."""

    writer: Writer

    def merge(self, account: AccountIdentity, merging: Merging) -> Committed:
        """Merge one record into another. Late changes of the merged one reach the other too.

        Raises NotFound, EditsRefused: the survivor is not there, or is merged into this one,
        AlreadyMerged, NothingToTake, or NotDecided: what it would take over is contested there.
        """
        return self.writer.in_one(lambda conn: self._merge(conn, account, merging))

    def edit(
        self,
        account: AccountIdentity,
        edits: Sequence[Edit],
        deed: Deed,
        what: str,
        *,
        also: Callable[[Connection], object] | None = None,
    ) -> Committed:
        """Take an account's edits, and write down what it did by them. Raises EditsRefused.

        also: what is written in the same transaction, so that both are there or neither.
        """

        def work(conn: Connection) -> Committed:
            done = self.writer.commit_within(conn, account, edits, None)
            self._note(conn, account, deed, what)
            if also is not None:
                also(conn)
            return done

        return self.writer.in_one(work)

    def unmerge(self, account: AccountIdentity, record_id: str, base: int) -> Unmerged:
        """Take a merge back: both records are again what they would be without it.

        Raises NotFound, NotMerged or EditsRefused.
        """
        return self.writer.in_one(lambda conn: self._unmerge(conn, account, record_id, base))

    def not_the_same(self, account: AccountIdentity, one: str, other: str) -> None:
        """Two records that look alike are two. Saying so twice changes nothing. Raises NotFound."""

        def work(conn: Connection) -> None:
            self._seen(conn, account, [one, other])
            self.writer.locked(conn, account, {one, other})
            pair = {"one_id": min(one, other), "other_id": max(one, other)}
            of_pair = [col(getattr(NotSameRow, name)) == value for name, value in pair.items()]
            known = select(col(NotSameRow.one_id)).where(
                col(NotSameRow.town_id) == account.town, *of_pair
            )
            if one == other or conn.execute(known).first() is not None:
                return
            self._note(conn, account, Deed.NOT_THE_SAME, f"{pair['one_id']} {pair['other_id']}")
            said = {"said_by": account.id, "said_at": self.writer.clock()}
            conn.execute(insert(NotSameRow).values(town_id=account.town, **pair, **said))

        self.writer.in_one(work)

    def restore(self, account: AccountIdentity, restoring: Restoring) -> Committed:
        """Write an earlier value again. Raises NotFound, NotRestorable or EditsRefused."""
        return self.writer.in_one(lambda conn: self._restore(conn, account, restoring))

    def _merge(self, conn: Connection, account: AccountIdentity, merging: Merging) -> Committed:
        ids = (merging.merged, merging.survivor)
        self._seen(conn, account, ids)
        locked = self.writer.locked(conn, account, ids)
        merged, survivor = (locked[each] for each in ids)
        if merged.alias_of == survivor.id:
            raise AlreadyMerged
        rules = self._rules(conn, account.town, merged.kind)
        answers = shown(merged, rules)
        for unit in merging.take:
            if unit not in answers:
                raise NothingToTake(unit)
        taken = {unit: answers[unit] for unit in merging.take}
        if any(settled(survivor, unit, rules).contested for unit in taken):
            raise NotDecided  # it would be decided by the way, and could not be taken back
        edits = [edit_of(merged, ChangeKind.SET, {ALIAS: survivor.id}, merging.base)]
        if taken:
            edits.insert(0, edit_of(survivor, ChangeKind.SET, taken, merging.survivor_base))
        done = self.writer.commit_within(conn, account, edits, None)
        self._note(conn, account, Deed.MERGED, f"{merged.id} > {survivor.id}")
        return done

    def _unmerge(
        self, conn: Connection, account: AccountIdentity, record_id: str, base: int
    ) -> Unmerged:
        [merged] = self._seen(conn, account, [record_id])
        if merged.alias_of is None or merge_write(merged) is None:
            raise NotMerged
        locked = self.writer.locked(conn, account, {merged.id, merged.alias_of})
        survivor = locked[merged.alias_of]
        merged = locked[merged.id]  # as it is now that nobody else can part or merge it
        if merged.alias_of != survivor.id:
            raise NotMerged
        rules = self._rules(conn, account.town, merged.kind)
        book = Bookkeeper(account.town, self.writer.seal)
        back = taken_back(conn, book, (merged, survivor), rules)
        edits = [edit_of(merged, ChangeKind.SET, {ALIAS: None}, base), *back.edits]
        done = self.writer.commit_within(conn, account, edits, None)
        self._note(conn, account, Deed.UNMERGED, f"{merged.id} < {survivor.id}")
        return Unmerged(done, back.left)

    def _restore(
        self, conn: Connection, account: AccountIdentity, restoring: Restoring
    ) -> Committed:
        [seen] = self._seen(conn, account, [restoring.record])
        book = Bookkeeper(account.town, self.writer.seal)
        lines = list(book.lines(conn, col(JournalRow.seq) == restoring.seq))
        if not lines or lines[0].record_id != seen.id:
            raise NotFound
        told, kind = book.told(lines[0]), ChangeKind(lines[0].kind)
        written = told.units | told.after
        if kind is ChangeKind.CREATE:
            written[GRID] = told.grid or lines[0].grid
        edit = _restored(seen, kind, restoring, written)
        done = self.writer.commit_within(conn, account, [edit], None)
        self._note(conn, account, Deed.VALUE_RESTORED, f"{seen.id} {restoring.unit}")
        return done

    def _seen(
        self, conn: Connection, account: AccountIdentity, ids: Collection[str]
    ) -> list[Record]:
        """These records, if all of them lie where the account may look. Raises NotFound."""
        found = RecordStore(conn, account.town, self.writer.seal).records(ids)
        if len(found) < len(set(ids)) or any(r.grid not in account.grids for r in found.values()):
            raise NotFound
        return [found[each] for each in ids]

    def _rules(self, conn: Connection, town: str, kind: str) -> Rules:
        published = self.writer.shelf.current(conn, town).get(kind)
        return published.rules if published else Rules()

    def _note(self, conn: Connection, account: AccountIdentity, deed: Deed, what: str) -> None:
        entry = Entry(self.writer.clock(), account.id, deed, what)
        record(conn, self.writer.keys.audit, account.town, entry)


def _restored(
    of: Record, kind: ChangeKind, restoring: Restoring, written: dict[str, Answer]
) -> Edit:
    """The edit that writes what a change once wrote; of an addition, the whole set after it."""
    unit = restoring.unit
    if unit == DELETED and kind in (ChangeKind.DELETE, ChangeKind.RESTORE):
        return edit_of(of, kind, {}, restoring.base)
    if unit not in written or (unit.startswith("@") and unit != GRID):
        raise NotRestorable
    if unit == GRID:
        place = written[GRID]
        target = place[1] if isinstance(place, list | tuple) else place
        return edit_of(of, ChangeKind.MOVE, {GRID: [of.grid, target]}, restoring.base)
    return edit_of(of, ChangeKind.SET, {unit: written[unit]}, restoring.base)
