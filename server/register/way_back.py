"""The way back of changes that were not taken: let in, corrected, sent back, or refused for good.

Their raw form is never thrown away, and their author's device is told what became of them.
"""

from collections.abc import Mapping

from msgspec import Struct, structs
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import DeviceRow
from server.errors import NotFound
from server.office.areas import town_area
from server.office.audit import Deed, Entry, record
from server.office.people import AccountIdentity
from server.register.author import Author
from server.register.batch import Batch, Reception
from server.register.counter import counter, take_numbers
from server.register.edits import Edit
from server.register.intake import UnreadableError
from server.register.judge import Judge, is_id
from server.register.ledger import Ledger
from server.register.outcomes import Committed
from server.register.quarantine import (
    CORRECTED,
    DROPPED,
    OPEN_STATES,
    PARTLY,
    RETURNED,
    Kept,
    Quarantine,
    Settlement,
)
from server.register.reasons import reason
from server.register.refusals import NotReleasable, NotWaiting
from server.register.scope import is_grid, scope_of_worker
from server.register.stopped import stopped_among
from server.register.store import RecordStore
from server.register.survivors import with_survivors
from server.register.writer import Writer
from shared.changes import Answer, Change, ChangeKind
from shared.wire import Problem, Result, Words


class Place(Struct, frozen=True):
    """Which change: a device's, by its number."""

    device: str
    n: int


class Correction(Struct, frozen=True, kw_only=True):
    """A change as the office enters it instead."""

    kind: ChangeKind
    record: str
    record_kind: str
    grid: str
    base: int = 0
    """The version of the record on the person's screen; 0 for a new one."""
    units: Mapping[str, Answer] = {}


class WayBack(Struct, frozen=True):
    """What a person at the office does with changes that were not taken."""

    writer: Writer

    def release(self, account: AccountIdentity, place: Place) -> Result:
        """Judge a change again, by what holds now, and take it as its author's.

        Raises NotFound, NotWaiting or NotReleasable.
        """
        return self.writer.in_one(lambda conn: self._release(conn, account, place))

    def correct(self, account: AccountIdentity, place: Place, correction: Correction) -> Committed:
        """Enter a change as it should have been: the account's own, naming the original.

        Raises NotFound, NotWaiting or EditsRefused.
        """
        return self.writer.in_one(lambda conn: self._correct(conn, account, place, correction))

    def give_back(self, account: AccountIdentity, place: Place, words: str) -> None:
        """Send a change back to its author, with what there is to do about it."""
        said = Words(f"办公室退回：{words}", f"Sent back by the office: {words}")
        problem = Problem(RETURNED, said)
        self.writer.in_one(lambda conn: self._close(conn, account, place, problem))

    def drop(self, account: AccountIdentity, place: Place, words: str) -> None:
        """Refuse a change for good. It stays as it came."""
        said = Words(f"办公室不予登记：{words}", f"Refused by the office: {words}")
        problem = Problem(DROPPED, said)
        self.writer.in_one(lambda conn: self._close(conn, account, place, problem))

    def _release(self, conn: Connection, account: AccountIdentity, place: Place) -> Result:
        _lock(conn, account, place)
        kept = self._kept(conn, account, place)
        if kept.state == PARTLY:
            raise NotReleasable(kept.problem)
        try:
            change = kept.change
        except UnreadableError as error:
            raise NotReleasable(reason("not_understood")) from error
        # An older program may not have understood it, and have noted nothing of what it says.
        kept = structs.replace(kept, record=change.record, grid=change.grid)
        batch = self._batch(conn, account.town, kept, change)
        if change.kind is not ChangeKind.CREATE and change.record not in batch.touched:
            raise NotReleasable(reason("waits_for_record"))
        batch.take_kept(kept)
        ledger = Ledger(conn, account.town, self.writer.seal, self.writer.keys.id_hash)
        result = batch.results(ledger.write(batch))[kept.n]
        if result.seq == 0:
            assert result.problem is not None  # it was not taken: there is a reason
            raise NotReleasable(result.problem)
        self._sign(conn, account, kept, Deed.QUARANTINE_RELEASED)
        return result

    def _correct(
        self, conn: Connection, account: AccountIdentity, place: Place, correction: Correction
    ) -> Committed:
        _lock(conn, account, place)
        self.writer.locked(conn, account, [*filter(is_id, [correction.record])])
        take_numbers(conn, account.town, 0)  # from here on no create lets it in
        kept = self._kept(conn, account, place)
        # First, so that a held change is not let in by the very record that replaces it.
        self._settle(conn, account.town, kept, _problem_of(CORRECTED))
        edit = Edit(
            kind=correction.kind,
            record=correction.record,
            record_kind=correction.record_kind,
            grid=correction.grid,
            base=correction.base,
            units=dict(correction.units),
            on_behalf_of=kept.worker,
            corrects=f"{kept.device}/{kept.n}",
        )
        done = self.writer.commit_within(conn, account, [edit], None)
        self._sign(conn, account, kept, Deed.QUARANTINE_CORRECTED)
        return done

    def _close(
        self, conn: Connection, account: AccountIdentity, place: Place, problem: Problem
    ) -> None:
        _lock(conn, account, place)
        take_numbers(conn, account.town, 0)  # from here on no create lets it in
        kept = self._kept(conn, account, place)
        self._settle(conn, account.town, kept, problem)
        returned = problem.code == RETURNED
        deed = Deed.QUARANTINE_RETURNED if returned else Deed.QUARANTINE_DROPPED
        self._sign(conn, account, kept, deed)

    def _kept(self, conn: Connection, account: AccountIdentity, place: Place) -> Kept:
        """The change as it is now. Raises NotFound or NotWaiting."""
        quarantine = Quarantine(conn, account.town, self.writer.seal)
        kept = quarantine.one(place.device, place.n)
        if kept is None or not may_see(conn, account, kept.grid):
            raise NotFound
        if kept.state not in OPEN_STATES:
            raise NotWaiting
        return kept

    def _settle(self, conn: Connection, town: str, kept: Kept, problem: Problem) -> None:
        Quarantine(conn, town, self.writer.seal).settle(kept, problem.code, problem)

    def _sign(self, conn: Connection, account: AccountIdentity, kept: Kept, deed: Deed) -> None:
        now = self.writer.clock()
        at = take_numbers(conn, account.town, 0) - 1  # nobody else writes: a pull misses nothing
        settled = Settlement(at, now, account.id)
        Quarantine(conn, account.town, self.writer.seal).sign(kept, settled)
        entry = Entry(now, account.id, deed, f"{kept.device}/{kept.n}")
        record(conn, self.writer.keys.audit, account.town, entry)

    def _batch(self, conn: Connection, town: str, kept: Kept, change: Change) -> Batch:
        """A batch of the author's that has the change's record, and what waits for it."""
        writer, now = self.writer, self.writer.clock()
        store = RecordStore(conn, town, writer.seal)
        ids = {change.record} if is_id(change.record) else set()
        current = writer.shelf.current(conn, town)
        creates = {change.record} if change.kind is ChangeKind.CREATE else ()
        held = Quarantine(conn, town, writer.seal).held_for(creates)
        records = with_survivors(store, current, [change, *(each.change for each in held)], ids)
        seq, stopped = counter(conn, town).seq, stopped_among(conn, town, ids)

        def judge_of(waits: Kept) -> Judge:
            author = Author(town, waits.device, waits.worker, "", 0, "")
            scope = scope_of_worker(conn, town, waits.worker, now)
            return Judge(conn, author, scope, writer.shelf, current, seq, stopped)

        batch = Batch(judge_of(kept), Reception(now), records, judge_of)
        batch.expect([each for each in held if each.record not in records])
        return batch


def _lock(conn: Connection, account: AccountIdentity, place: Place) -> None:
    """Whose change it is sends nothing, and nobody else deals with it, until the end."""
    conn.execute(
        select(col(DeviceRow.id))
        .where(col(DeviceRow.town_id) == account.town, col(DeviceRow.id) == place.device)
        .with_for_update()
    )


def may_see(conn: Connection, account: AccountIdentity, grid: str) -> bool:
    """Whether a change that names this grid is the account's matter.

    What names no grid of the town is the matter of those who look after all of it.
    """
    if grid in account.grids:
        return True
    return not is_grid(conn, account.town, grid) and sees_all(conn, account)


def sees_all(conn: Connection, account: AccountIdentity) -> bool:
    """Whether the account looks after the whole town."""
    return account.area_id == town_area(conn, account.town)


def _problem_of(state: str) -> Problem:
    return Problem(
        state,
        Words(
            "办公室已改正后登记，您不用再处理。",
            "The office has corrected and entered it; there is nothing left to do.",
        ),
    )
