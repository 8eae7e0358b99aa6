"""Who writes changes: a phone or an account's console, each with a counter and a hash chain."""

from msgspec import Struct
from sqlalchemy import Connection, Select, bindparam, insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import DeviceRow
from server.errors import NotFound
from server.office.devices import check_not_stopped
from server.office.people import DeviceStatus
from server.register.refusals import Fork
from shared.wire import FIRST_DIGEST

CONSOLE = "console"


class Author(Struct, frozen=True):
    """A device as the register sees it while it writes."""

    town: str
    device: str
    worker: str
    """The worker; for a console, the account."""
    name: str
    last_n: int
    digest: str
    continues: bool = False
    """Whether it is a phone that has had another id: somebody may have copied it then."""


def device_author(conn: Connection, town: str, device: str, name: str) -> Author:
    """A phone that pushes; its row stays locked until the transaction ends.

    Raises NotFound; and Lost, Revoked or Fork when it was stopped since it was let in.
    """
    row = conn.execute(_PHONE, {"town": town, "device": device}).one_or_none()
    if row is None:
        raise NotFound
    if row.status != DeviceStatus.ACTIVE:
        check_not_stopped(DeviceStatus(row.status))
        raise Fork(row.last_n)
    digest = row.digest or FIRST_DIGEST
    return Author(
        town, device, row.worker_id, name, row.last_n, digest, continues=row.continues is not None
    )


def console_author(conn: Connection, town: str, account_id: str, name: str = "") -> Author:
    """The console device of an account, made the first time; its row stays locked."""
    consoles = _devices().where(
        col(DeviceRow.worker_id) == account_id, col(DeviceRow.kind) == CONSOLE
    )
    first = consoles.order_by(col(DeviceRow.id)).limit(1)
    row = conn.execute(first, {"town": town}).one_or_none()
    if row is not None:
        return Author(town, row.id, account_id, name, row.last_n, row.digest or FIRST_DIGEST)
    device = new_id()
    conn.execute(
        insert(DeviceRow).values(
            town_id=town, id=device, worker_id=account_id, kind=CONSOLE, digest=FIRST_DIGEST
        )
    )
    return Author(town, device, account_id, name, 0, FIRST_DIGEST)


def _devices() -> Select[str, str, int, str, str | None, str]:
    wanted = select(
        col(DeviceRow.id),
        col(DeviceRow.worker_id),
        col(DeviceRow.last_n),
        col(DeviceRow.digest),
        col(DeviceRow.continues),
        col(DeviceRow.status),
    )
    return wanted.where(col(DeviceRow.town_id) == bindparam("town")).with_for_update()


# Asked by every push: made once.
_PHONE = _devices().where(col(DeviceRow.id) == bindparam("device"))
