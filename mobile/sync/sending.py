"""The half of a sync that sends: what is new, what the server lacks, what others carry here."""

from contextlib import suppress

from msgspec import Raw

from mobile.errors import DamagedRow
from mobile.store import contact, incarnations, outbound
from mobile.store.outbound import Batch
from mobile.sync.call import Call
from mobile.sync.carrying import deliver
from mobile.sync.line import Line
from mobile.sync.trouble import Fork, Gap, TooMuch, Trouble, nonsense
from shared.wire import Push, PushReply

REFUSALS_MAX = 3
"""Gaps, forks and pushes that were too large in a row, before a sync gives up until the next."""


class Sending:
    """Sends within one call. Raises Trouble; what has arrived counts."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._shelf = call.shelf

    def all(self) -> None:
        """Everything that is unsent, and what may have changed of what was sent."""
        with self._shelf.database.alone(), self._shelf.database.reading() as conn:
            self._shelf.catch_up(conn)
        self._become_known()
        if not contact.has_pulled(self._shelf):
            self.offer_again()  # a snapshot alone does not tell that the server was restored
        while (batch := self._next()) is not None:
            self._send_all_from(batch)
        for held in outbound.held_batches(self._shelf):
            if held.device == self._shelf.account.chain.device:  # else it was numbered anew
                self._send_all_from(held)
        deliver(self._shelf, self._call.line, self._call.running)

    def offer_again(self) -> None:
        """A restored server may lack what it once acknowledged: a gap tells, and is filled."""
        last = outbound.last_batch(self._shelf)
        if last is not None:
            self._send_all_from(last)

    def go_on_under_a_new_id(self) -> None:
        """Asks for a new id, and numbers anew what the server lacks."""
        chain = incarnations.chain_of(self._shelf, self._shelf.account.identity.device)
        incarnations.incarnate(self._shelf, self._call.line().incarnation(chain))

    def go_on_from_a_former_id(self, trouble: Trouble) -> None:
        """The server was restored to a time before this device had its present id."""
        if trouble.problem is None or trouble.problem.code != "unauthorised":
            raise trouble
        for former in incarnations.formers(self._shelf):
            identity = incarnations.as_former(self._shelf, former)
            try:
                chain = incarnations.chain_of(self._shelf, former.device)
                enrolled = Line(self._call.http, identity).incarnation(chain)
            except Trouble as other:
                if other.problem is None:
                    raise
                continue  # the server does not know that one either
            incarnations.incarnate(self._shelf, enrolled, known=former.device)
            return
        raise trouble

    def _become_known(self) -> None:
        """A device without a sound chain cannot number its changes: it asks for a new id."""
        if self._shelf.account.chain.device != self._shelf.account.identity.device:
            self.go_on_under_a_new_id()

    def _next(self, after_n: int | None = None) -> Batch | None:
        return outbound.next_batch(self._shelf, after_n, share=self._call.pace.share)

    def _send_all_from(self, batch: Batch) -> None:
        """Sends a batch; after a gap also all that stood before it, after a fork under a new id."""
        refusals, now = 0, batch
        while refusals < REFUSALS_MAX:
            try:
                self._push(now)
            except (Gap, Fork, TooMuch) as refusal:
                refusals += 1
                following = self._instead(now, refusal)
            else:
                refusals, end = 0, now.changes[-1].n
                if now.device != batch.device or end >= batch.changes[-1].n:
                    return
                following = self._next(end)
            if following is None:
                return
            now = following
        raise nonsense()

    def _instead(self, batch: Batch, refusal: Trouble) -> Batch | None:
        """What to send in place of a batch that was refused as a whole."""
        if isinstance(refusal, TooMuch):
            return self._fewer(batch, refusal)
        filled = self._fill(refusal) if isinstance(refusal, Gap) else None
        if filled is None:
            self.go_on_under_a_new_id()
            return self._next()
        return filled

    def _fewer(self, batch: Batch, refusal: TooMuch) -> Batch:
        while True:
            fewer = self._next(batch.changes[0].n - 1)
            if fewer is not None and len(fewer.changes) < len(batch.changes):
                return fewer
            if not self._call.pace.less():
                raise refusal  # it is one save, and that is never cut

    def _fill(self, gap: Gap) -> Batch | None:
        """The changes that the server lacks, if this device still has them all."""
        problem = gap.problem
        if problem is None or problem.last_n is None:
            return None
        with self._shelf.database.reading() as conn:
            known = outbound.digest_at(self._shelf, conn, problem.last_n)
        if known is None or known != problem.digest:
            return None
        with suppress(DamagedRow):  # what still opens is numbered anew
            return self._next(problem.last_n)
        return None

    def _push(self, batch: Batch) -> None:
        push = Push(
            device=batch.device,
            after=batch.after,
            clock=self._call.clock.reading(),
            changes=[Raw(change.raw) for change in batch.changes],
            offsets=self._shelf.account.offsets,
            report=self._call.about(),
        )
        with self._call.pace.push():
            reply = self._call.line().push(push)
        self._call.learn(push.clock, reply.now)
        self._take(batch, reply)

    def _take(self, batch: Batch, reply: PushReply) -> None:
        if not {change.n for change in batch.changes} <= {result.n for result in reply.results}:
            raise nonsense()
        contact.take_limits(self._shelf, reply.limits)
        touched = outbound.take_results(self._shelf, batch.device, reply.results)
        self._call.store.refresh(touched, by_sync=True)
        self._call.running.answered(batch.changes, reply.results)
