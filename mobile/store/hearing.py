"""What the office made of changes that it had not taken: let in, sent back, corrected, refused."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from mobile.errors import DamagedRow
from mobile.store.shelf import Shelf
from shared.wire import Result


def hear(shelf: Shelf, conn: Connection, results: Mapping[str, Iterable[Result]]) -> None:
    """Notes later results of changes. What is news is shown again, also if it was set aside.

    results: by the id that this device had when it made them.
    """
    for device, told in results.items():
        for result in told:
            _hear(shelf, conn, device, result)


def _hear(shelf: Shelf, conn: Connection, device: str, result: Result) -> None:
    try:
        change = shelf.outbox.one(conn, device, result.n)
        known = change is None or shelf.outbox.result(conn, change.place) == result
    except DamagedRow:
        return  # nobody can read that change here any more
    if change is None or known:
        return
    shelf.outbox.answered(conn, device, [result], shelf.today())
    shelf.outbox.dismiss(conn, change.place, read=False)
