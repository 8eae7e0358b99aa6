"""What a lost phone says last: that its keys and files are destroyed."""

from sqlalchemy import Engine, update
from sqlmodel import col

from server.clock import Clock, now_ms
from server.db.engine import writing
from server.db.office_tables import DeviceRow
from server.keys import Keys
from server.office.audit import Deed, Entry, record
from server.office.devices import Unauthorised, family
from server.office.people import DeviceIdentity, DeviceStatus


def take_receipt(engine: Engine, keys: Keys, device: DeviceIdentity, clock: Clock = now_ms) -> None:
    """Notes that a lost phone is wiped; again changes nothing.

    Raises Unauthorised for a phone that nobody has called lost: nothing told it to wipe itself.
    """
    if device.status is DeviceStatus.WIPED:
        return
    if device.status is not DeviceStatus.LOST:
        raise Unauthorised
    now = clock()
    with writing(engine) as conn:
        conn.execute(
            update(DeviceRow)
            .where(
                col(DeviceRow.town_id) == device.town,
                col(DeviceRow.id).in_(family(conn, device.town, device.id)),
            )
            .values(status=DeviceStatus.WIPED.value, wiped_at=now)
        )
        record(conn, keys.audit, device.town, Entry(now, device.id, Deed.DEVICE_WIPED, device.id))
