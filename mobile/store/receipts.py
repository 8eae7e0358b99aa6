"""What the office has received from this device today, and when it last did."""

from datetime import UTC, date, datetime

from msgspec import Struct
from sqlalchemy import Connection

from mobile.store.kept import Name
from mobile.store.shelf import Shelf


class Receipt(Struct, frozen=True):
    """Changes that the office has received on one day of this device's clock."""

    at: int
    """When it last received some, ms."""
    changes: int


def note_receipt(shelf: Shelf, conn: Connection, changes: int) -> None:
    """The office has just received so many changes for the first time."""
    if not changes:
        return
    now, last = shelf.clock.now(), shelf.kept.sound(conn, Name.RECEIPT, Receipt)
    before = last.changes if last and _day(last.at) == _day(now) else 0
    shelf.kept.put(conn, Name.RECEIPT, Receipt(now, before + changes))


def last_receipt(shelf: Shelf) -> Receipt | None:
    """The last day's receipt; None before anything was received."""
    with shelf.database.reading() as conn:
        return shelf.kept.sound(conn, Name.RECEIPT, Receipt)


def _day(ms: int) -> date:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone().date()
