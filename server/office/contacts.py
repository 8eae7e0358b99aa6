"""When devices were last heard of, and what they said of themselves.

A contact is kept in memory and written with all others every few seconds, so that a sync with
nothing to do writes nothing. A crash loses some seconds of this, and nothing else.
"""

from threading import Lock

from msgspec import Struct
from sqlalchemy import Connection, Engine, bindparam, update
from sqlmodel import col

from server.db.engine import writing
from server.db.office_tables import DeviceRow
from server.office.people import DeviceIdentity
from shared.wire import Report

FLUSH_SECONDS = 3
TEXT_MAX = 60
NUMBER_MAX = 2**53
"""Whatever a device claims must fit into its column."""


class Contact(Struct, frozen=True):
    """What a device said of itself, and when."""

    at: int
    report: Report
    clock_offset: int | None = None


class ContactBook:
    """The contacts of one server process that are not yet written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[tuple[str, str], Contact] = {}

    def note(self, device: DeviceIdentity, contact: Contact) -> None:
        """Keeps the newest contact of a device."""
        with self._lock:
            self._open[device.town, device.id] = contact

    def flush(self, engine: Engine) -> None:
        """Writes what has come since the last time."""
        with self._lock:
            contacts, self._open = self._open, {}
        if contacts:
            with writing(engine) as conn:
                _write(conn, contacts)


def _write(conn: Connection, contacts: dict[tuple[str, str], Contact]) -> None:
    conn.execute(
        update(DeviceRow)
        .where(
            col(DeviceRow.town_id) == bindparam("of_town"),
            col(DeviceRow.id) == bindparam("of_device"),
        )
        .values(
            last_contact=bindparam("at"),
            app=bindparam("said_app"),
            unsent=bindparam("said_unsent"),
            oldest_unsent=bindparam("said_oldest"),
            free_bytes=bindparam("said_free"),
            clock_offset=bindparam("offset"),
        ),
        [
            {
                "of_town": town,
                "of_device": device_id,
                "at": contact.at,
                "said_app": contact.report.app[:TEXT_MAX],
                "said_unsent": _bounded(contact.report.unsent),
                "said_oldest": _bounded(contact.report.oldest_unsent),
                "said_free": _bounded(contact.report.free_bytes),
                "offset": _bounded(contact.clock_offset),
            }
            for (town, device_id), contact in sorted(contacts.items())
        ],
    )


def _bounded(number: int | None) -> int | None:
    return None if number is None else max(-NUMBER_MAX, min(number, NUMBER_MAX))
