"""The steps of one sync: send, snapshots, pull, compare; and again while there is more."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from mobile.store import contact, inbound, incarnations, mending, outbound
from mobile.store.grids import Grid, GridState
from mobile.sync.call import Call
from mobile.sync.mending import Mender
from mobile.sync.report import SyncStep
from mobile.sync.sending import Sending
from mobile.sync.trouble import Fork, StartOver, Trouble, copied, no_room, nonsense
from shared.codec import PackedRecord
from shared.wire import PAGE_MAX, Page, Pull

FREE_BYTES_MIN = 50 * 1024 * 1024
"""With less room than this nothing is received: a phone that is full to the brim fails oddly."""
ROUNDS_MAX = 4
"""Of push and pull in one sync: edits made meanwhile, a new grid, a mended grid."""


class Rounds:
    """The rounds of one call. Raises Trouble; the next sync goes on where it stopped."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._store = call.store
        self._shelf = call.shelf
        self._running = call.running
        self._sending = Sending(call)

    def all(self) -> None:
        """Everything, until nothing is left to do."""
        self._running.to_send = contact.tally(self._shelf)[0].unsent
        for turn in range(ROUNDS_MAX):
            if not self._round(turn) and outbound.next_batch(self._shelf) is None:
                break
        if not self._store.files.unsent():  # what names them must stay until they are sent
            outbound.purge(self._shelf)

    def _round(self, turn: int) -> bool:
        """Sends, then receives; whether there is more to be done."""
        try:
            self._sending.all()
            return self._receive(turn)
        except StartOver:
            self._sending.offer_again()
            self._store.files.offer_again()
            inbound.start_over(self._shelf)
        except Fork:  # the other copy of this device was here first
            self._sending.go_on_under_a_new_id()
        except Trouble as trouble:
            self._sending.go_on_from_a_former_id(trouble)
        return True

    # ---- receiving ----------------------------------------------------------------------------

    def _receive(self, turn: int) -> bool:
        """Snapshots of what has none, then all pages; whether there is more to be done."""
        if self._call.free_bytes() < FREE_BYTES_MIN:
            raise no_room()
        if not self._shelf.account.forms:
            self._greet()
        for grid in contact.held_grids(self._shelf):
            if grid.state is GridState.WANTED:
                self._snapshot_if_ours(grid)
        page = self._pull()
        self._fetch_forms()
        self._store.refresh(inbound.drop_withdrawn(self._shelf), by_sync=True)
        if self._mended(page, turn):
            return True
        return any(grid.state is GridState.WANTED for grid in contact.held_grids(self._shelf))

    def _mended(self, page: Page, turn: int) -> bool:
        """Whether something differed from the server, and was taken again."""
        self._running.tell(SyncStep.CHECKING, 0, 0)
        mending.give_up(self._shelf, self._shelf.shadow.damaged)
        differing = mending.differing(self._shelf, page.checksums)
        if turn == 0:
            mender = Mender(self._call, self._check_for_a_copy)
            for grid in differing:
                mender.mend(grid)
        elif turn == 1:  # what differs even now is not understood: better all of it again
            mending.take_all_again(self._shelf, differing)
        return bool(differing) and turn <= 1

    def _greet(self) -> None:
        """Learns names and forms before the first records, so that these can be shown."""
        clock = self._call.clock.reading()
        page = self._call.line().pull(Pull(None, 1, clock, self._call.about(), short=True))
        self._call.learn(clock, page.now)
        contact.take_names(self._shelf, page)
        self._fetch_forms()

    def _fetch_forms(self) -> None:
        self._running.too_new = 0
        for kind, version in contact.missing_forms(self._shelf):
            known = contact.has_form(self._shelf, kind, version)
            content = known or self._call.line().form(kind, version)
            try:
                contact.take_form(self._shelf, kind, version, content)
            except msgspec.DecodeError as error:
                if not _is_form(content, kind, version):
                    raise nonsense() from error
                self._running.too_new += 1  # of a newer app; the one that is here goes on
            else:
                self._store.refill()

    def _snapshot_if_ours(self, grid: Grid) -> None:
        """A grid that was withdrawn before its snapshot came: the pull that follows says so."""
        try:
            self._snapshot(grid)
        except Trouble as trouble:
            if trouble.problem is None or trouble.problem.code != "not_found":
                raise

    def _snapshot(self, grid: Grid) -> None:
        """A grid's records, range by range; each is usable as soon as it is here."""
        while grid.state is GridState.WANTED:
            with self._call.pace.page(PAGE_MAX) as limit:
                page = self._call.line().snapshot(grid.id, grid.after, limit, seq=grid.seq)
            self._check_for_a_copy(page.records)
            if page.grid != grid.id or (page.next is not None and page.next <= grid.after):
                raise nonsense()
            taken = inbound.take_snapshot_page(self._shelf, page, grid)
            self._store.refresh(taken.records, by_sync=True)
            self._running.received += taken.received
            grids = {known.id: known for known in contact.held_grids(self._shelf)}
            if taken.stale or grid.id not in grids:
                return
            grid = grids[grid.id]
            done = sum(known.done for known in grids.values())
            total = sum(known.total for known in grids.values())
            self._running.tell(SyncStep.FIRST_SYNC, done, total)

    def _pull(self) -> Page:
        """All pages; the last one."""
        while True:
            asked = contact.cursor(self._shelf)
            clock = self._call.clock.reading()
            with self._call.pace.page(PAGE_MAX) as limit:
                pull = Pull(asked, limit, clock, self._call.about(), short=True)
                page = self._call.line().pull(pull)
            self._call.learn(clock, page.now)
            if page.more and page.cursor == asked:
                raise nonsense()
            self._check_for_a_copy(page.records)
            taken = inbound.take_page(self._shelf, page, asked)
            self._store.refresh(taken.records, by_sync=True)
            self._running.received += taken.received
            self._running.tell(SyncStep.RECEIVING, self._running.received, 0)
            if not page.more:
                return page

    def _check_for_a_copy(self, records: Iterable[PackedRecord]) -> None:
        """Raises Fork when a copy of this device has written what this one has not.

        Until then a later change of the copy would pass for this device's own, and hide its next.
        """
        if incarnations.is_copied(self._shelf, records):
            raise copied()


class _Called(Struct, frozen=True):
    """What every version of the app can read of a form."""

    kind: str
    version: str


def _is_form(content: bytes, kind: str, version: str) -> bool:
    """Whether it is that form, though it asks what this app does not know."""
    try:
        return msgspec.json.decode(content, type=_Called) == _Called(kind, version)
    except msgspec.DecodeError:
        return False
