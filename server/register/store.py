"""Records as rows: opened from them, sealed into them."""

from collections.abc import Collection, Iterator
from functools import cache

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, not_, or_, select
from sqlmodel import col

from server.db.bulk import listed, one_of
from server.db.register_tables import RecordRow
from server.register.sealing import Seal
from shared.codec import Stored, unpack
from shared.records import Record
from shared.work.values import OFFICE_ONLY

RECORD_COLUMNS = (
    "town_id", "id", "kind", "grid", "version", "form", "deleted", "body", "secret",
)  # fmt: skip
RecordLine = tuple[str, str, str, str, int, str, bool, bytes, bytes | None]


class RecordStore(Struct, frozen=True):
    """One town's record rows, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def records(self, ids: Collection[str]) -> dict[str, Record]:
        """Those of the records that exist, by id."""
        return {record.id: record for record in self._opened(ids, lock=False)}

    def locked(self, ids: Collection[str]) -> dict[str, Record]:
        """The same, each locked until the transaction ends, in the order of their ids.

        Two transactions that lock the same records in the same order never wait for each other.
        """
        return {record.id: record for record in self._opened(sorted(ids), lock=True)}

    def all(self, kind: str | None = None) -> Iterator[Record]:
        """Every record of the town, or of a kind, in the order of their ids."""
        wanted = self._rows().order_by(col(RecordRow.id))
        if kind is not None:
            wanted = wanted.where(col(RecordRow.kind) == kind)
        for row in self.conn.execute(wanted):
            yield self.opened(row)

    def after(self, kinds: Collection[str], last: str, limit: int) -> list[Record]:
        """The records of these kinds that come next after an id, in the order of their ids."""
        wanted = self._rows().where(col(RecordRow.kind).in_(kinds), col(RecordRow.id) > last)
        rows = self.conn.execute(wanted.order_by(col(RecordRow.id)).limit(limit))
        return [self.opened(row) for row in rows]

    def existing(self, ids: Collection[str]) -> set[str]:
        """Which of the ids are there."""
        asked = {"town": self.town, "ids": listed(self.conn, ids)}
        return set(self.conn.execute(_existing(self.conn.dialect.name), asked).scalars())

    def opened(self, row: Row[str, str, int, str, bytes, bytes | None]) -> Record:
        """The record of a row of `wanted_columns`."""
        return unpack(self.stored(row))

    def stored(self, row: Row[str, str, int, str, bytes, bytes | None]) -> Stored:
        """The row with its secret part opened."""
        record_id, kind, version, form, body, secret = row
        if secret is not None:
            secret = self.seal.open(secret, "record", self.town, record_id, version)
        return Stored(record_id, kind, version, form, body, secret)

    def row_of(self, stored: Stored, grid: str, *, deleted: bool) -> RecordLine:
        """The row of a record; its numbers are final."""
        secret = stored.secret
        if secret is not None:
            secret = self.seal.close(secret, "record", self.town, stored.id, stored.version)
        return (
            self.town,
            stored.id,
            stored.kind,
            grid,
            stored.version,
            stored.form,
            deleted,
            stored.body,
            secret,
        )

    def _opened(self, ids: Collection[str], *, lock: bool) -> Iterator[Record]:
        wanted = _some(self.conn.dialect.name, lock=lock)
        named = {"town": self.town, "ids": listed(self.conn, ids)}
        for row in self.conn.execute(wanted, named):
            yield self.opened(row)

    def _rows(self) -> Select[str, str, int, str, bytes, bytes | None]:
        return wanted_columns().where(col(RecordRow.town_id) == self.town)


def is_kept() -> ColumnElement[bool]:
    """Whether devices may have the record.

    It is no tombstone up to the number `forgotten`, and of no kind that only the office sees.
    """
    is_there = or_(not_(col(RecordRow.deleted)), col(RecordRow.version) > bindparam("forgotten"))
    return and_(is_there, col(RecordRow.kind).not_in(sorted(OFFICE_ONLY)))


def wanted_columns() -> Select[str, str, int, str, bytes, bytes | None]:
    """What of a record's row `RecordStore.stored` needs."""
    return select(
        col(RecordRow.id),
        col(RecordRow.kind),
        col(RecordRow.version),
        col(RecordRow.form),
        col(RecordRow.body),
        col(RecordRow.secret),
    )


@cache
def _some(dialect: str, *, lock: bool) -> Select[str, str, int, str, bytes, bytes | None]:
    # Made once: to build a statement costs more than to run it.
    wanted = wanted_columns().where(
        col(RecordRow.town_id) == bindparam("town"), one_of(dialect, col(RecordRow.id), "ids")
    )
    wanted = wanted.order_by(col(RecordRow.id))
    return wanted.with_for_update() if lock else wanted


@cache
def _existing(dialect: str) -> Select[str]:
    of_town = col(RecordRow.town_id) == bindparam("town")
    return select(col(RecordRow.id)).where(of_town, one_of(dialect, col(RecordRow.id), "ids"))
