"""What the office made of changes that it had not taken: let in, sent back, corrected, refused."""

from collections.abc import Iterable

from sqlalchemy import Connection, update

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.shelf import Shelf
from mobile.store.tables import OutboxRow
from shared.wire import Result


def hear(shelf: Shelf, conn: Connection, results: Iterable[Result]) -> None:
    """Notes later results of changes. What is news is shown again, also if it was set aside."""
    device = shelf.account.identity.device
    for result in results:
        try:
            change = shelf.outbox.one(conn, device, result.n)
            known = change is None or shelf.outbox.result(conn, change.place) == result
        except DamagedRow:
            continue  # nobody can read that change here any more
        if change is None or known:
            continue
        shelf.outbox.answered(conn, device, [result], shelf.today())
        conn.execute(update(_outbox).where(_outbox.c.place == change.place).values(dismissed=False))


_outbox = table_of(OutboxRow)
