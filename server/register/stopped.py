"""What a person no longer lets be kept: answers of records that no change may fill any more."""

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, delete, select
from sqlmodel import col

from server.db.bulk import among, insert_rows
from server.db.rights_tables import ConsentStopRow
from shared.changes import Change
from shared.records import is_missing
from shared.wire import UNREADABLE

STOPPED = "consent_withdrawn"
"""The code of a change that fills such an answer."""
_COLUMNS = ("town_id", "record_id", "unit", "emptied")


def stopped_among(
    conn: Connection, town: str, records: Collection[str]
) -> dict[str, frozenset[str]]:
    """The stopped units of those of the records that have any."""
    rows = conn.execute(
        select(col(ConsentStopRow.record_id), col(ConsentStopRow.unit)).where(
            col(ConsentStopRow.town_id) == town, among(conn, col(ConsentStopRow.record_id), records)
        )
    )
    return _by_record((row.record_id, row.unit) for row in rows)


def filled(change: Change, units: Collection[str]) -> tuple[str, ...]:
    """Those of the units that the change fills. That somebody declined may be said."""
    if not units:
        return ()  # of nearly every change
    return tuple(
        unit
        for unit, value in change.units.items()
        if unit in units and value is not None and not is_missing(value)
    )


def stop(conn: Connection, town: str, records: Collection[str], units: Collection[str]) -> None:
    """Lets no change fill the units of the records, until `allow`. The caller empties them."""
    allow(conn, town, records, units)
    rows = [(town, record, unit, True) for record in sorted(records) for unit in sorted(units)]
    insert_rows(conn, ConsentStopRow, _COLUMNS, rows)


def stop_first(conn: Connection, town: str, record: str, units: Collection[str]) -> None:
    """The same of one record whose units are emptied later: see `to_empty`."""
    known = stopped_among(conn, town, [record]).get(record, frozenset())
    rows = [(town, record, unit, False) for unit in sorted(units) if unit not in known]
    insert_rows(conn, ConsentStopRow, _COLUMNS, rows)


def to_empty(conn: Connection, town: str) -> dict[str, frozenset[str]]:
    """The units that were stopped and still have what was answered before, by record."""
    rows = conn.execute(
        select(col(ConsentStopRow.record_id), col(ConsentStopRow.unit)).where(
            col(ConsentStopRow.town_id) == town, col(ConsentStopRow.emptied).is_(False)
        )
    )
    return _by_record((row.record_id, row.unit) for row in rows)


def allow(conn: Connection, town: str, records: Collection[str], units: Collection[str]) -> None:
    """Lets changes fill the units again."""
    conn.execute(
        delete(ConsentStopRow).where(
            col(ConsentStopRow.town_id) == town,
            among(conn, col(ConsentStopRow.record_id), records),
            among(conn, col(ConsentStopRow.unit), units),
        )
    )


def without_units(raw: bytes, units: Collection[str]) -> bytes:
    """A change as it came, without what it answers in these units; nothing of an unreadable one."""
    try:
        said = msgspec.json.decode(raw)
    except UNREADABLE:
        return b"{}"
    if not isinstance(said, dict):
        return b"{}"
    parts = {name: part for name in ("units", "old") if isinstance(part := said.get(name), dict)}
    if not any(unit in part for part in parts.values() for unit in units):
        return raw
    left = {
        name: {unit: value for unit, value in part.items() if unit not in units}
        for name, part in parts.items()
    }
    return msgspec.json.encode(said | left)


def _by_record(rows: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for record, unit in rows:
        found[record] = found.get(record, frozenset()) | {unit}
    return found
