"""When a change may leave the overlay: once the shadow, or the cursor, has passed it."""

from collections.abc import Iterable
from itertools import chain as joined

from sqlalchemy import Connection

from mobile.store.entries import Entry
from mobile.store.grids import GridState, grids
from mobile.store.shelf import Shelf
from mobile.store.values import OutboxState
from shared.codec import PackedRecord


def cover(
    shelf: Shelf,
    conn: Connection,
    records: Iterable[PackedRecord],
    gone: list[str],
    *,
    drained: bool,
) -> None:
    """Lets changes leave the overlay once the shadow, or its cursor, has passed them."""
    back = {
        entry.place
        for record in records
        for entry in shelf.laid_over(record.id)
        if _came_back(entry, record)
    }
    shelf.outbox.cover(conn, back)
    cover_received(shelf, conn, gone)
    if drained:
        cover_received(shelf, conn, _reached(shelf, conn))


def cover_received(shelf: Shelf, conn: Connection, records: Iterable[str]) -> None:
    """Received changes of these records: a drained pull, or their leaving, has passed them."""
    entries = joined.from_iterable(shelf.laid_over(record) for record in records)
    received = [entry.place for entry in entries if entry.state is OutboxState.ACKED]
    shelf.outbox.cover(conn, received)


def touched_by(
    shelf: Shelf, records: Iterable[PackedRecord], dropped: Iterable[str]
) -> frozenset[str]:
    """Brings the overlay in line with the file; the records that may look different now."""
    with shelf.database.reading() as conn:
        laid = shelf.relay(conn)
    return frozenset(laid.union((record.id for record in records), dropped))


def _reached(shelf: Shelf, conn: Connection) -> list[str]:
    """The overlaid records that a drained pull speaks of: not those of a withdrawn grid.

    Until that grid is dropped they are still shown, and nothing brings their changes back.
    """
    withdrawn = {grid.id for grid in grids(conn) if grid.state is GridState.WITHDRAWN}
    standing = {record: shelf.shadow.standing(conn, record) for record in shelf.overlaid()}
    return [record for record, at in standing.items() if at is None or at.grid not in withdrawn]


def _came_back(entry: Entry, record: PackedRecord) -> bool:
    if entry.ack_seq:
        return entry.ack_seq <= record.version
    return any(entry.is_in(write) for write in record.w)
