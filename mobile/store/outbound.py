"""What goes to the server: the next batch, what became of it, and a new incarnation."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from msgspec import Struct
from sqlalchemy import Connection

from mobile.errors import DamagedRow
from mobile.store.entries import Outgoing
from mobile.store.receipts import note_receipt
from mobile.store.shelf import Shelf
from mobile.store.values import OutboxState
from shared.wire import FIRST_DIGEST, Limits, Result


class Batch(Struct, frozen=True):
    """Changes for one push. `after`: the hash chain before the first."""

    device: str
    after: str
    changes: tuple[Outgoing, ...]


def next_batch(shelf: Shelf, after_n: int | None = None, *, share: int = 1) -> Batch | None:
    """The next changes to push, in whole saves; None when there are none.

    after_n: send again from there on, whatever was answered before. None is also the answer
    when those are no longer kept. share: as much as this part of what one push may hold; never
    less than a whole save.
    """
    device, taken = shelf.account.chain.device, shelf.account.identity.limits
    limits = Limits(taken.changes // share, taken.bytes // share)
    with shelf.database.reading() as conn:
        if after_n is None:
            first = shelf.outbox.first_pending(conn, device)
            if first is None:
                return None
            after_n = first - 1
        after = digest_at(shelf, conn, after_n)
        changes = shelf.outbox.batch(conn, device, after_n, limits)
    if after is None or not changes or changes[0].n != after_n + 1:
        return None
    return Batch(device, after, tuple(changes))


def held_batches(shelf: Shelf) -> list[Batch]:
    """Each held change by itself: the server may have applied it since."""
    return list(_singly(shelf, OutboxState.HELD))


def last_batch(shelf: Shelf) -> Batch | None:
    """The last change that the server has answered: whether it still has it tells of a restore."""
    return next(_singly(shelf, OutboxState.ACKED, reverse=True), None)


def digest_at(shelf: Shelf, conn: Connection, n: int) -> str | None:
    """The hash chain after this device's change `n`, if it is still known."""
    if n == 0:
        return FIRST_DIGEST
    chain = shelf.account.chain
    if n == chain.n:
        return chain.digest
    return shelf.outbox.digest(conn, chain.device, n)


def take_results(shelf: Shelf, device: str, results: Sequence[Result]) -> frozenset[str]:
    """Notes what became of pushed changes; the records that may look different now."""
    with shelf.database.alone():
        with shelf.database.writing() as conn:
            waiting = set(shelf.outbox.numbers(conn, device, OutboxState.PENDING))
            note_receipt(shelf, conn, len(waiting.intersection(result.n for result in results)))
            shelf.outbox.answered(conn, device, results, shelf.today())
        with shelf.database.reading() as conn:
            return frozenset(shelf.relay(conn))


def purge(shelf: Shelf) -> None:
    """Forgets changes that the office has had for long, but not the end of the chain."""
    chain = shelf.account.chain
    with shelf.database.writing() as conn:
        first = shelf.outbox.first_pending(conn, chain.device)
        end = chain.n if first is None else first - 1
        shelf.outbox.purge(conn, shelf.today(), chain.device, end)


def _singly(shelf: Shelf, state: OutboxState, *, reverse: bool = False) -> Iterator[Batch]:
    """Each change of that state that can be opened, by itself."""
    device = shelf.account.chain.device
    with shelf.database.reading() as conn:
        numbers = shelf.outbox.numbers(conn, device, state)
    batches = (_alone(shelf, device, n) for n in sorted(numbers, reverse=reverse))
    return (batch for batch in batches if batch is not None)


def _alone(shelf: Shelf, device: str, n: int) -> Batch | None:
    with shelf.database.reading() as conn, suppress(DamagedRow):
        change, after = shelf.outbox.one(conn, device, n), digest_at(shelf, conn, n - 1)
        if change is not None and after is not None:
            return Batch(device, after, (change,))
    return None
