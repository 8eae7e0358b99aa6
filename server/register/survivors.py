"""Locking what a batch reaches beside its own records: survivors of merged ones, and parents."""

from collections.abc import Collection, Iterable, Mapping

import psycopg
from sqlalchemy import Connection
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

_LED_TO = "doorstep_led_to"


def with_survivors(
    store: RecordStore,
    current: Mapping[str, Published],
    changes: Iterable[Change],
    ids: Collection[str],
) -> Mapping[str, Record]:
    """The records of a batch, locked, and those that its changes lead to. Raises Overtaken.

    These are the survivors of merged records, and the way up from what a change names as its
    record's parent.
    """
    found = store.locked({*ids, *led_to(store.conn)})
    named = {
        name
        for change in changes
        if names_others(change, current)
        for name in named_by(change, current)
        if isinstance(name, str)  # nothing in a change was judged yet
    }
    ahead = {name for name in named if is_id(name)}
    ahead |= {record.alias_of for record in found.values() if record.alias_of is not None}
    if not ahead:  # nearly always
        return found
    seen: set[str] = set()
    for _ in range(DEPTH_MAX):
        found |= _locked_at_once(store, ahead - found.keys(), found.keys() - ids)
        seen |= ahead
        level = [found[name] for name in ahead if name in found]
        onward = {name for record in level for name in parents_of(record, current)}
        ahead = {name for name in onward if is_id(name)} - seen
        if not ahead:
            break
    return found


def expecting(conn: Connection, records: Collection[str]) -> Connection:
    """The connection, on which a batch locks these records with its own: see `Overtaken`."""
    return conn.execution_options(**{_LED_TO: frozenset(records)}) if records else conn


def led_to(conn: Connection) -> frozenset[str]:
    """The records that an earlier try came upon late."""
    known: frozenset[str] = conn.get_execution_options().get(_LED_TO, frozenset())
    return known


def _locked_at_once(
    store: RecordStore, ids: Collection[str], before: Collection[str]
) -> dict[str, Record]:
    """These records, locked. They come after others of the same transaction, perhaps out of order.

    So that no two transactions wait for each other in a circle, this one does not wait: it begins
    again, and locks them in their order with its own. before: others that it was led to.
    """
    if not ids:
        return {}
    wanted = wanted_columns().where(
        col(RecordRow.town_id) == store.town, among(store.conn, col(RecordRow.id), ids)
    )
    try:
        rows = store.conn.execute(
            wanted.order_by(col(RecordRow.id)).with_for_update(nowait=True)
        ).all()
    except OperationalError as error:
        if isinstance(error.orig, psycopg.errors.LockNotAvailable):
            raise Overtaken({*before, *ids}) from error
        raise
    return {row.id: store.opened(row) for row in rows}
