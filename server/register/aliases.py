"""Records that were merged into others: who they are, and what a late change of one becomes.

A merge is one ordinary change, `{"@alias": survivor}`; taking it back writes null. The merged
record goes on living by itself, so that it comes back whole (docs/decisions/0060-duplicates.md).
"""

from collections.abc import Callable

from msgspec import structs
from sqlalchemy import Connection, select, union_all
from sqlmodel import col

from server.db.bulk import among
from server.db.projections import DwellingRow, HouseholdRow, ResidentRow
from shared.changes import ALIAS, Change, ChangeKind
from shared.records import Record

ECHO = "~"
"""Before a device's id: what it wrote to a merged record, once more in the surviving one."""
OF = "."
"""Between that id and the record it was written to: of another one its author knew nothing."""
DEPTH_MAX = 8
"""How often a survivor may itself have been merged into another one."""
_ECHOED = frozenset(
    {
        ChangeKind.CREATE,
        ChangeKind.SET,
        ChangeKind.ADD,
        ChangeKind.REMOVE,
        ChangeKind.MOVE,
        ChangeKind.NOTE,
    }
)
"""To delete or restore a merged record says nothing of the surviving one."""


def echo_of(change: Change, survivor: str) -> Change | None:
    """What a change of a merged record is to the surviving one: made without having seen it."""
    units = {unit: value for unit, value in change.units.items() if unit != ALIAS}
    if change.kind not in _ECHOED or not units:
        return None
    kind = ChangeKind.SET if change.kind is ChangeKind.CREATE else change.kind
    return structs.replace(change, kind=kind, record=survivor, base=0, units=units)


def is_echo(device: str) -> bool:
    """Whether a write of this device came by way of a merged record."""
    return device.startswith(ECHO)


def echoing(device: str, record: str) -> str:
    """Who writes to a survivor what this device, or echo, wrote to that record."""
    return f"{ECHO}{device}" if is_echo(device) else f"{ECHO}{device}{OF}{record}"


def echoed(echo: str) -> str:
    """Whose writing that echo repeats: a device, or an echo in a record merged meanwhile."""
    shorter = echo.removeprefix(ECHO)
    return shorter if is_echo(shorter) else real_device(shorter)


def real_device(device: str) -> str:
    """The device that wrote it, whichever way it came."""
    return device.lstrip(ECHO).partition(OF)[0]


def alias_fault(change: Change, record_of: Callable[[str], Record | None]) -> bool:
    """Whether a change would merge its record into one that cannot take it."""
    target = change.units.get(ALIAS)
    if target is None:
        return False  # it takes a merge back
    if not isinstance(target, str):
        return True
    found = record_of(target)
    if found is None or found.kind != change.record_kind or found.deleted:
        return True
    return change.record in way_from(target, record_of)


def way_from(record: str, record_of: Callable[[str], Record | None]) -> list[str]:
    """A record and those that it was merged into, one after the other; the last one stands."""
    way = [record]
    while len(way) <= DEPTH_MAX:
        found = record_of(way[-1])
        onward = found.alias_of if found else None
        if onward is None or onward in way:
            break
        way.append(onward)
    return way


def merged_into(conn: Connection, town: str, records: list[str]) -> list[str]:
    """These records, and those that were merged into them."""
    everything = list(records)
    last = everything
    for _ in range(DEPTH_MAX):
        wanted = (
            select(col(table.id)).where(
                col(table.town_id) == town, among(conn, col(table.alias_of), last)
            )
            for table in _ALIASED
        )
        found = conn.execute(union_all(*wanted)).scalars()
        last = sorted(set(found) - set(everything))
        if not last:
            break
        everything += last
    return everything


_ALIASED = (DwellingRow, HouseholdRow, ResidentRow)
