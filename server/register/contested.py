"""The table of conflicts, kept with every write: a row is open while its unit is contested."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Select, bindparam, delete, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.bulk import insert_rows, listed, one_of
from server.db.register_tables import ConflictRow
from server.register.sealing import Seal
from server.register.standing import Standing
from shared.records import Candidate, Record

OPEN, CLOSED = "open", "closed"
VALUES, CLAIM = "values", "claim"
_COLUMNS = (
    "town_id", "id", "record_id", "record_kind", "unit", "about", "grid", "state", "opened_seq",
    "opened_at",
)  # fmt: skip


class ConflictTable(Struct, frozen=True):
    """One town's conflicts, over one connection."""

    conn: Connection
    town: str
    seal: Seal
    now: int

    def keep(self, standings: Collection[Standing]) -> None:
        """Open, move and close conflicts so that they are what the records say."""
        # A record that is new and uncontested has never had a conflict.
        concerned = [s for s in standings if s.before is not None or s.contested]
        known = self.opened({s.stored.id for s in concerned if s.before is not None})
        opened = []
        for standing in concerned:
            mine = known.get(standing.stored.id, {})
            opened += [
                self._row(standing, unit) for unit in sorted(standing.contested - mine.keys())
            ]
            for unit in mine.keys() - standing.contested:
                self._close(mine[unit], standing, unit)
            if standing.before and standing.before.grid != standing.subject.grid:
                self._move(standing)
        insert_rows(self.conn, ConflictRow, _COLUMNS, opened)

    def restate(self, records: Sequence[tuple[Record, frozenset[str]]]) -> None:
        """Make the open conflicts of records anew, where they are not what is contested."""
        known = self.opened(record.id for record, _ in records)
        rows = [
            (
                self.town, new_id(self.now), record.id, record.kind, unit, VALUES, record.grid,
                OPEN, record.version, self.now,
            )
            for record, contested in records
            for unit in sorted(contested - known.get(record.id, {}).keys())
        ]  # fmt: skip
        insert_rows(self.conn, ConflictRow, _COLUMNS, rows)
        for record, contested in records:
            for unit in known.get(record.id, {}).keys() - contested:
                self.conn.execute(
                    delete(ConflictRow).where(
                        col(ConflictRow.town_id) == self.town,
                        col(ConflictRow.id) == known[record.id][unit],
                    )
                )

    def opened(self, records: Iterable[str]) -> dict[str, dict[str, str]]:
        """The ids of the open conflicts, by record and unit."""
        asked = {"town": self.town, "records": listed(self.conn, list(records))}
        found: dict[str, dict[str, str]] = {}
        for record, unit, conflict in self.conn.execute(_opened(self.conn.dialect.name), asked):
            found.setdefault(record, {})[unit] = conflict
        return found

    def _row(self, standing: Standing, unit: str) -> tuple[str | int, ...]:
        subject = standing.subject
        return (
            self.town, new_id(self.now), subject.id, subject.kind, unit, VALUES, subject.grid,
            OPEN, standing.last_about(unit).seq, self.now,
        )  # fmt: skip

    def _close(self, conflict: str, standing: Standing, unit: str) -> None:
        last = standing.last_about(unit)
        stood = standing.before.units.get(unit, ()) if standing.before else ()
        self.conn.execute(
            update(ConflictRow)
            .where(col(ConflictRow.town_id) == self.town, col(ConflictRow.id) == conflict)
            .values(
                state=CLOSED,
                closed_seq=last.seq,
                closed_at=self.now,
                closed_by=last.worker,
                stood=sealed_candidates(self.seal, self.town, conflict, stood),
            )
        )

    def _move(self, standing: Standing) -> None:
        self.conn.execute(
            update(ConflictRow)
            .where(
                col(ConflictRow.town_id) == self.town,
                col(ConflictRow.record_id) == standing.stored.id,
                col(ConflictRow.state) == OPEN,
            )
            .values(grid=standing.subject.grid)
        )


def sealed_candidates(
    seal: Seal, town: str, conflict: str, candidates: tuple[Candidate, ...]
) -> bytes:
    """The values that stood against each other, as they are kept once one is chosen."""
    return seal.close(msgspec.json.encode(candidates), "conflict", town, conflict)


def opened_candidates(seal: Seal, town: str, conflict: str, sealed: bytes) -> tuple[Candidate, ...]:
    """What `sealed_candidates` kept."""
    return _candidates.decode(seal.open(sealed, "conflict", town, conflict))


_candidates = msgspec.json.Decoder(tuple[Candidate, ...])


@cache
def _opened(dialect: str) -> Select[str, str, str]:
    # Asked by every push: made once.
    return select(col(ConflictRow.record_id), col(ConflictRow.unit), col(ConflictRow.id)).where(
        col(ConflictRow.town_id) == bindparam("town"),
        col(ConflictRow.state) == OPEN,
        col(ConflictRow.about) == VALUES,
        one_of(dialect, col(ConflictRow.record_id), "records"),
    )
