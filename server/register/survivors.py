"""Locking what a batch reaches beside its own records: survivors of merged ones, and parents."""

from collections.abc import Iterable, Mapping

import psycopg
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from server.db.bulk import among
from server.db.register_tables import RecordRow
from server.register.aliases import DEPTH_MAX
from server.register.judge import is_id
from server.register.ledger import Overtaken
from server.register.placing import named_by, names_others, parents_of
from server.register.published import Published
from server.register.store import RecordStore, wanted_columns
from shared.changes import Change
from shared.records import Record


def with_survivors(
    store: RecordStore,
    current: Mapping[str, Published],
    changes: Iterable[Change],
    records: Mapping[str, Record],
) -> Mapping[str, Record]:
    """The locked records of a batch, and those that its changes lead to. Raises Overtaken.

    These are the survivors of merged records, and the way up from what a change names as its
    record's parent.
    """
    named = {
        name
        for change in changes
        if names_others(change, current)
        for name in named_by(change, current)
    }
    missing = {name for name in named if isinstance(name, str) and is_id(name)}
    missing |= {record.alias_of for record in records.values() if record.alias_of is not None}
    missing -= records.keys()
    if not missing:  # nearly always
        return records
    found = dict(records)
    for _ in range(DEPTH_MAX):
        more = _locked_at_once(store, missing)
        found |= more
        onward = {name for record in more.values() for name in parents_of(record, current)}
        missing = {name for name in onward if is_id(name)} - found.keys()
        if not missing:
            break
    return found


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
