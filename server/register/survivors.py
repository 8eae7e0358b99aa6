"""Locking what a batch reaches by way of merged records: the survivors, and what aliases name."""

from collections.abc import Iterable, Mapping

import psycopg
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from server.db.bulk import among
from server.db.register_tables import RecordRow
from server.register.aliases import DEPTH_MAX
from server.register.ledger import Overtaken
from server.register.store import RecordStore, wanted_columns
from shared.changes import ALIAS, Change
from shared.records import Record


def with_survivors(
    store: RecordStore, changes: Iterable[Change], records: Mapping[str, Record]
) -> Mapping[str, Record]:
    """The locked records of a batch, and those that its aliases lead to. Raises Overtaken."""
    named = {change.units.get(ALIAS) for change in changes}
    missing = {name for name in named if isinstance(name, str)} - records.keys()
    missing |= _onward(records.values()) - records.keys()
    if not missing:  # nearly always
        return records
    found = dict(records)
    for _ in range(DEPTH_MAX):
        more = _locked_at_once(store, missing)
        found |= more
        missing = _onward(more.values()) - found.keys()
        if not missing:
            break
    return found


def _onward(records: Iterable[Record]) -> set[str]:
    return {record.alias_of for record in records if record.alias_of is not None}


def _locked_at_once(store: RecordStore, ids: set[str]) -> dict[str, Record]:
    """These records, locked. They come after others of the same transaction, perhaps out of order.

    So that no two transactions wait for each other in a circle, this one does not wait: it begins
    again.
    """
    wanted = wanted_columns().where(
        col(RecordRow.town_id) == store.town, among(store.conn, col(RecordRow.id), ids)
    )
    try:
        rows = store.conn.execute(
            wanted.order_by(col(RecordRow.id)).with_for_update(nowait=True)
        ).all()
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise Overtaken from error
        raise
    return {row.id: store.opened(row) for row in rows}
