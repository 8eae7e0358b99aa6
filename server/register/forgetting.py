"""Forgetting what left the grids: tombstones and exits that every active device has passed.

The register keeps a tombstone's record and journal for ever. What is forgotten is that devices
must still be told of it: it stands in no snapshot, page or checksum any more, and devices drop it.
"""

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update
from sqlmodel import col

from server.db.office_tables import AreaRow, DeviceRow
from server.db.register_tables import CounterRow, ExitRow, JournalRow, RecordRow
from server.office.areas import Level
from server.office.devices import PHONE
from server.office.people import DeviceStatus
from server.register.counter import GridSum, add_to_grid_sums, counter, take_numbers
from shared.wire import checksum
from shared.work.values import OFFICE_ONLY

DAY_MS = 24 * 60 * 60 * 1000


class Keeping(Struct, frozen=True):
    """For how many days: since it happened, and since a device that lags was heard of."""

    keep_days: int = 90
    silent_days: int = 365


class Forgotten(Struct, frozen=True):
    """What was forgotten: everything up to this change number."""

    upto: int
    tombstones: int = 0
    exits: int = 0


def forget(conn: Connection, town: str, now: int, keeping: Keeping) -> Forgotten:
    """Forgets in one transaction. Doing it again changes nothing."""
    take_numbers(conn, town, 0)  # nobody writes meanwhile
    at = counter(conn, town)
    upto = _old(conn, town, at.seq, now - keeping.keep_days * DAY_MS)
    passed = _passed_by_all(conn, town, now - keeping.silent_days * DAY_MS)
    upto = upto if passed is None else min(upto, passed)
    if upto <= at.forgotten:
        return Forgotten(at.forgotten)
    tombstones = _drop_tombstones(conn, town, (at.forgotten, upto))
    of_town = col(ExitRow.town_id) == town
    exits = conn.execute(delete(ExitRow).where(of_town, col(ExitRow.seq) <= upto)).rowcount
    row = update(CounterRow).where(col(CounterRow.town_id) == town)
    conn.execute(row.values(forgotten=upto))
    return Forgotten(upto, tombstones, exits)


def _old(conn: Connection, town: str, seq: int, before: int) -> int:
    """The last change number that was received before that time.

    Numbers and times of receipt rise together, so it is found by halving.
    """
    following = select(col(JournalRow.seq), col(JournalRow.received)).where(
        col(JournalRow.town_id) == town
    )
    low, high = 0, seq
    while low < high:
        middle = (low + high) // 2
        after = following.where(col(JournalRow.seq) > middle).order_by(col(JournalRow.seq))
        row = conn.execute(after.limit(1)).one_or_none()
        if row is not None and row.received < before:
            low = row.seq
        else:
            high = middle
    return low


def _passed_by_all(conn: Connection, town: str, heard_since: int) -> int | None:
    """Up to where every device in use has pulled; None when none has."""
    lowest = select(func.min(col(DeviceRow.passed))).where(
        col(DeviceRow.town_id) == town,
        col(DeviceRow.kind) == PHONE,
        col(DeviceRow.status) == DeviceStatus.ACTIVE.value,
        col(DeviceRow.last_contact) >= heard_since,
    )
    found: int | None = conn.execute(lowest).scalar()
    return found


def _drop_tombstones(conn: Connection, town: str, span: tuple[int, int]) -> int:
    """Takes the tombstones of these numbers out of the sums of their grids; how many they are."""
    after, upto = span
    sums: dict[str, GridSum] = {}
    for grid in _grids(conn, town):
        rows = conn.execute(
            select(col(RecordRow.id), col(RecordRow.version)).where(
                col(RecordRow.town_id) == town,
                col(RecordRow.grid) == grid,
                col(RecordRow.version) > after,
                col(RecordRow.version) <= upto,
                col(RecordRow.deleted),
                col(RecordRow.kind).not_in(sorted(OFFICE_ONLY)),
            )
        ).all()
        if rows:
            total = sum(checksum(row.id, row.version) for row in rows)
            sums[grid] = GridSum().plus(GridSum(-len(rows), -total))
    add_to_grid_sums(conn, town, sums)
    return -sum(each.records for each in sums.values())


def _grids(conn: Connection, town: str) -> list[str]:
    wanted = select(col(AreaRow.id)).where(
        col(AreaRow.town_id) == town, col(AreaRow.level) == Level.GRID.value
    )
    return list(conn.execute(wanted).scalars())
