"""When devices were last heard of, and what they said of themselves.

A contact is kept in memory and written with all others every few seconds, so that a pull writes
nothing and never waits for those who do. A crash loses some seconds of this, and nothing else.
"""

from threading import Lock

from sqlalchemy import Engine, update
from sqlmodel import col

from server.db.bulk import Value
from server.db.engine import writing
from server.db.office_tables import DeviceRow
from server.office.people import DeviceIdentity

FLUSH_SECONDS = 3


class ContactBook:
    """The contacts of one server process that are not yet written."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: dict[tuple[str, str], dict[str, Value]] = {}

    def note(self, device: DeviceIdentity, values: dict[str, Value]) -> None:
        """Keeps what is newest of a device: `server.register.contact.contact_values`, say."""
        with self._lock:
            self._open[device.town, device.id] = (
                self._open.get((device.town, device.id), {}) | values
            )

    def flush(self, engine: Engine) -> None:
        """Writes what has come since the last time."""
        with self._lock:
            contacts, self._open = self._open, {}
        if not contacts:
            return
        with writing(engine) as conn:
            for (town, device_id), values in sorted(contacts.items()):
                mine = (col(DeviceRow.town_id) == town, col(DeviceRow.id) == device_id)
                conn.execute(update(DeviceRow).where(*mine).values(**values))
