"""The steps of one sync: push, ask about what is held, snapshots, pull, compare."""

from collections.abc import Callable, Iterable
from threading import Event

import httpx
import msgspec
from msgspec import Raw

from mobile.clock import Clock
from mobile.store import contact, inbound, incarnations, mending, outbound
from mobile.store.grids import Grid, GridState
from mobile.store.outbound import Batch
from mobile.store.store import Store
from mobile.sync.about import about_this_device
from mobile.sync.carrying import deliver
from mobile.sync.line import Line
from mobile.sync.mending import Mender
from mobile.sync.pace import Pace
from mobile.sync.report import SyncStep
from mobile.sync.tallying import Running
from mobile.sync.trouble import Fork, Gap, StartOver, Trouble, copied, no_room, nonsense, stopped
from shared.clock import Reading
from shared.codec import PackedRecord
from shared.wire import PAGE_MAX, Page, Pull, Push, PushReply, Report

FREE_BYTES_MIN = 50 * 1024 * 1024
"""With less room than this nothing is received: a phone that is full to the brim fails oddly."""
ROUNDS_MAX = 4
"""Of push and pull in one sync: edits made meanwhile, a new grid, a mended grid."""
REFUSALS_MAX = 3
"""Gaps and forks in a row before a sync gives up until the next one."""


class Rounds:
    """One sync under way. Raises Trouble; the next sync goes on where it stopped."""

    def __init__(
        self,
        store: Store,
        http: httpx.Client,
        running: Running,
        *,
        clock: Clock,
        free_bytes: Callable[[], int],
        stop: Event,
        pace: Pace,
    ) -> None:
        self._store = store
        self._shelf = store.shelf
        self._http = http
        self._clock = clock
        self._running = running
        self._free_bytes = free_bytes
        self._stop = stop
        self._pace = pace

    def all(self) -> None:
        """Everything, until nothing is left to do."""
        self._running.to_send = contact.tally(self._shelf)[0].unsent
        for turn in range(ROUNDS_MAX):
            if not self._round(turn) and outbound.next_batch(self._shelf) is None:
                break
        outbound.purge(self._shelf)

    def _round(self, turn: int) -> bool:
        """Sends, then receives; whether there is more to be done."""
        try:
            self._send()
            return self._receive(turn)
        except StartOver:
            self._offer_again()
            self._store.files.offer_again()
            inbound.start_over(self._shelf)
        except Fork:  # the other copy of this device was here first
            self._go_on_under_a_new_id()
        except Trouble as trouble:
            self._go_on_from_a_former_id(trouble)
        return True

    # ---- sending ------------------------------------------------------------------------------

    def _send(self) -> None:
        self._become_known()
        if not contact.has_pulled(self._shelf):
            self._offer_again()  # a snapshot alone does not tell that the server was restored
        while (batch := outbound.next_batch(self._shelf)) is not None:
            self._send_all_from(batch)
        for held in outbound.held_batches(self._shelf):
            if held.device == self._shelf.account.chain.device:  # else it was numbered anew
                self._send_all_from(held)
        deliver(self._shelf, self._line, self._running)

    def _offer_again(self) -> None:
        """A restored server may lack what it once acknowledged: a gap tells, and is filled."""
        last = outbound.last_batch(self._shelf)
        if last is not None:
            self._send_all_from(last)

    def _send_all_from(self, batch: Batch) -> None:
        """Sends a batch; after a gap also what stood before it, after a fork under a new id."""
        for _ in range(REFUSALS_MAX):
            try:
                self._push(batch)
            except Gap as gap:
                filled = self._fill(gap)
            except Fork:
                filled = None
            else:
                return
            if filled is not None:
                batch = filled
                continue
            self._go_on_under_a_new_id()
            fresh = outbound.next_batch(self._shelf)
            if fresh is None:
                return
            batch = fresh
        raise nonsense()

    def _fill(self, gap: Gap) -> Batch | None:
        """The changes that the server lacks, if this device still has them all."""
        problem = gap.problem
        if problem is None or problem.last_n is None:
            return None
        with self._shelf.database.reading() as conn:
            known = outbound.digest_at(self._shelf, conn, problem.last_n)
        if known is None or known != problem.digest:
            return None
        return outbound.next_batch(self._shelf, problem.last_n)

    def _become_known(self) -> None:
        """A device without a sound chain cannot number its changes: it asks for a new id."""
        if self._shelf.account.chain.device != self._shelf.account.identity.device:
            self._go_on_under_a_new_id()

    def _go_on_under_a_new_id(self) -> None:
        incarnations.incarnate(self._shelf, self._line().incarnation())

    def _go_on_from_a_former_id(self, trouble: Trouble) -> None:
        """The server was restored to a time before this device had its present id."""
        if trouble.problem is None or trouble.problem.code != "unauthorised":
            raise trouble
        for former in incarnations.formers(self._shelf):
            identity = incarnations.as_former(self._shelf, former)
            try:
                enrolled = Line(self._http, identity).incarnation()
            except Trouble as other:
                if other.problem is None:
                    raise
                continue  # the server does not know that one either
            incarnations.incarnate(self._shelf, enrolled, known=former.device)
            return
        raise trouble

    def _push(self, batch: Batch) -> None:
        account = self._shelf.account
        push = Push(
            device=batch.device,
            after=batch.after,
            clock=self._clock.reading(),
            changes=[Raw(change.raw) for change in batch.changes],
            offsets=account.offsets,
            report=self._about_this_device(),
        )
        reply = self._line().push(push)
        self._learn(push.clock, reply.now)
        self._take(batch, reply)

    def _take(self, batch: Batch, reply: PushReply) -> None:
        if not {change.n for change in batch.changes} <= {result.n for result in reply.results}:
            raise nonsense()
        contact.take_limits(self._shelf, reply.limits)
        touched = outbound.take_results(self._shelf, batch.device, reply.results)
        self._store.refresh(touched, by_sync=True)
        self._running.answered(batch.changes, reply.results)

    # ---- receiving ----------------------------------------------------------------------------

    def _receive(self, turn: int) -> bool:
        """Snapshots of what has none, then all pages; whether there is more to be done."""
        if self._free_bytes() < FREE_BYTES_MIN:
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
        differing = mending.differing(self._shelf, page.checksums)
        if turn == 0:
            mender = Mender(self._store, self._line, self._running, self._check_for_a_copy)
            for grid in differing:
                mender.mend(grid)
        elif turn == 1:  # what differs even now is not understood: better all of it again
            mending.take_all_again(self._shelf, differing)
        return bool(differing) and turn <= 1

    def _greet(self) -> None:
        """Learns names and forms before the first records, so that these can be shown."""
        clock = self._clock.reading()
        page = self._line().pull(Pull(None, 1, clock, self._about_this_device(), short=True))
        self._learn(clock, page.now)
        contact.take_names(self._shelf, page)
        self._fetch_forms()

    def _fetch_forms(self) -> None:
        for kind, version in contact.missing_forms(self._shelf):
            known = contact.has_form(self._shelf, kind, version)
            content = known or self._line().form(kind, version)
            try:
                contact.take_form(self._shelf, kind, version, content)
            except msgspec.DecodeError as error:
                raise nonsense() from error
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
            with self._pace.page(PAGE_MAX) as limit:
                page = self._line().snapshot(grid.id, grid.after, limit, seq=grid.seq)
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
            clock = self._clock.reading()
            with self._pace.page(PAGE_MAX) as limit:
                pull = Pull(asked, limit, clock, self._about_this_device(), short=True)
                page = self._line().pull(pull)
            self._learn(clock, page.now)
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

    # ---- both ---------------------------------------------------------------------------------

    def _line(self) -> Line:
        if self._stop.is_set():
            raise stopped()
        return Line(self._http, self._shelf.account.identity)

    def _learn(self, asked: Reading, server_now: int) -> None:
        """The server's time lies between asking and answer: half way is the best guess."""
        waited = self._clock.reading().mono - asked.mono
        self._running.heard = True
        self._running.offset = server_now - (asked.wall + waited // 2)
        contact.learn_offset(self._shelf, asked.boot, self._running.offset)

    def _about_this_device(self) -> Report:
        return about_this_device(self._shelf, self._free_bytes)
