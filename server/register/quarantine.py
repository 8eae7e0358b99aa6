"""Changes that were not taken, or not wholly: kept as they came, sealed, and answered."""

from collections.abc import Collection, Sequence
from functools import cache

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select, update
from sqlmodel import col

from server.db.asking import Question, Rows
from server.db.bulk import Value, insert_rows, listed, one_of, table_of
from server.db.office_tables import DeviceRow
from server.db.register_tables import QuarantineRow
from server.register.intake import change_in
from server.register.sealing import Seal
from shared.changes import Change
from shared.wire import Problem, Words

HELD = "held"
REJECTED = "rejected"
PARTLY = "partly"
"""Taken without some of its units."""
RELEASED = "released"
"""Taken later: when its record came, or when the office let it in."""
RETURNED = "returned"
"""Sent back to its author with the office's words."""
CORRECTED = "corrected"
"""Entered by the office as it should have been."""
DROPPED = "dropped"
"""Refused by the office for good."""
OPEN_STATES = (HELD, REJECTED, PARTLY, RETURNED)
"""What the office can still do something about."""


class Kept(Struct, frozen=True, kw_only=True):
    """A change in quarantine."""

    device: str
    n: int
    state: str
    record: str
    grid: str
    worker: str
    received: int
    effective: int
    problem: Problem
    units: tuple[str, ...] = ()
    digest: str
    raw: bytes
    settled_at: int | None = None
    settled_by: str | None = None

    @property
    def change(self) -> Change:
        """What it says. Raises UnreadableError."""
        return change_in(self.raw)


class Settlement(Struct, frozen=True):
    """The office dealt with a change: where the town's register stood, when, and who."""

    seq: int
    at: int
    by: str


class Quarantine(Struct, frozen=True):
    """One town's quarantine, over one connection."""

    conn: Connection
    town: str
    seal: Seal

    def put(self, changes: Sequence[Kept]) -> None:
        """Keep changes that are not there yet."""
        insert_rows(self.conn, QuarantineRow, _COLUMNS, [self._row(kept) for kept in changes])

    def held_for(self, records: Collection[str]) -> list[Kept]:
        """The changes that wait for these records, each device's in the order it made them."""
        if not records:
            return []
        asked = {"town": self.town, "records": listed(self.conn, records)}
        rows = self.conn.execute(_held_for(self.conn.dialect.name), asked).mappings()
        found = [self._kept(_Line(**row)) for row in rows]
        return sorted(found, key=lambda kept: (kept.device, kept.n))

    def one(self, device: str, n: int) -> Kept | None:
        """A device's change of that number."""
        return next(iter(self.of_device(device, n, n)), None)

    def listed(self, *where: ColumnElement[bool], offset: int, limit: int | None) -> list[Kept]:
        """Those that fulfil the conditions, the oldest first."""
        return self._where(*where, offset=offset, limit=limit)

    def count(self, *where: ColumnElement[bool]) -> int:
        """How many fulfil the conditions."""
        wanted = select(func.count()).select_from(QuarantineRow)
        of_town = col(QuarantineRow.town_id) == self.town
        return self.conn.execute(wanted.where(of_town, *where)).scalar_one()

    def sign(self, kept: Kept, settled: "Settlement") -> None:
        """Note who dealt with a change, and when."""
        self._set(
            kept,
            {
                "settled_seq": settled.seq,
                "settled_at": settled.at,
                "settled_by": settled.by,
            },
        )

    def of_device(self, device: str, since: int, to: int) -> list[Kept]:
        """A device's changes from number `since` up to `to`."""
        return self._where(
            col(QuarantineRow.device_id) == device, col(QuarantineRow.n).between(since, to)
        )

    def settle(self, kept: Kept, state: str, problem: Problem | None = None) -> None:
        """A held change was taken, or is refused after all."""
        values: dict[str, Value] = {"state": state}
        if problem is not None:
            words = problem.words
            values |= {
                "code": problem.code,
                "words_zh": _text(words.zh),
                "words_en": _text(words.en),
            }
        self._set(kept, values)

    def _set(self, kept: Kept, values: dict[str, Value]) -> None:
        self.conn.execute(
            update(QuarantineRow)
            .where(
                col(QuarantineRow.town_id) == self.town,
                col(QuarantineRow.device_id) == kept.device,
                col(QuarantineRow.n) == kept.n,
            )
            .values(**values)
        )

    def _where(
        self, *conditions: ColumnElement[bool], offset: int = 0, limit: int | None = None
    ) -> list[Kept]:
        table = table_of(QuarantineRow)
        columns = [table.c[name] for name in (*_COLUMNS, "settled_at", "settled_by")]
        of_town = col(QuarantineRow.town_id) == self.town
        wanted = select(*columns).where(of_town, *conditions)
        if limit is not None:
            wanted = wanted.order_by(table.c.received, table.c.device_id, table.c.n)
            wanted = wanted.offset(offset).limit(limit)
        return [
            msgspec.structs.replace(
                self._kept(_Line(*row[:-2])), settled_at=row[-2], settled_by=row[-1]
            )
            for row in self.conn.execute(wanted)
        ]

    def _row(self, kept: Kept) -> tuple[str | int | bytes, ...]:
        words = kept.problem.words
        sealed = self.seal.close(kept.raw, "quarantine", self.town, kept.device, kept.n)
        line = _Line(
            self.town, kept.device, kept.n, kept.state, kept.record, kept.grid, kept.worker,
            kept.received, kept.effective, kept.problem.code, _text(words.zh), _text(words.en),
            " ".join(kept.units), kept.digest, sealed,
        )  # fmt: skip
        row: tuple[str | int | bytes, ...] = msgspec.structs.astuple(line)
        return row

    def _kept(self, line: "_Line") -> Kept:
        raw = self.seal.open(line.raw, "quarantine", self.town, line.device_id, line.n)
        return Kept(
            device=line.device_id,
            n=line.n,
            state=line.state,
            record=line.record_id,
            grid=line.grid,
            worker=line.worker_id,
            received=line.received,
            effective=line.effective,
            problem=Problem(line.code, Words(line.words_zh, line.words_en)),
            units=tuple(line.units.split()),
            digest=line.digest,
            raw=raw,
        )


class _Line(Struct, frozen=True):
    town_id: str
    device_id: str
    n: int
    state: str
    record_id: str
    grid: str
    worker_id: str
    received: int
    effective: int
    code: str
    words_zh: str
    words_en: str
    units: str
    digest: str
    raw: bytes


def _text(words: str) -> str:
    """Words may repeat an answer, and a database may refuse the character that ends a text."""
    return words.replace("\0", "")


_COLUMNS = _Line.__struct_fields__


def asking_answered(town: str, device: str, seq: int) -> Question[list[tuple[str, int]]]:
    """A device's changes with which the office has dealt since then: its id then, and number.

    seq: where the town's register stood.
    """
    return Question(_ANSWERED, {"town": town, "device": device, "seq": seq}, _numbers)


def _numbers(rows: Rows) -> list[tuple[str, int]]:
    return msgspec.convert(rows, list[tuple[str, int]])


@cache
def _held_for(dialect: str) -> Select[tuple[object, ...]]:
    # Asked by every push of new records: made once.
    columns = [table_of(QuarantineRow).c[name] for name in _COLUMNS]
    return select(*columns).where(
        col(QuarantineRow.town_id) == bindparam("town"),
        one_of(dialect, col(QuarantineRow.record_id), "records"),
        col(QuarantineRow.state) == HELD,
    )


def _answered() -> Select[str, int]:
    """Of a device under all the ids that it has had: it is a phone's work, whatever its number."""
    here = col(DeviceRow.town_id) == bindparam("town")
    present = select(col(DeviceRow.id), col(DeviceRow.continues))
    ids = present.where(here, col(DeviceRow.id) == bindparam("device")).cte("ids", recursive=True)
    ids = ids.union(present.where(here, col(DeviceRow.id) == ids.c.continues))
    return select(col(QuarantineRow.device_id), col(QuarantineRow.n)).where(
        col(QuarantineRow.town_id) == bindparam("town"),
        col(QuarantineRow.device_id).in_(select(ids.c.id)),
        col(QuarantineRow.settled_seq) >= bindparam("seq"),
    )


# Asked by every drained pull: made once.
_ANSWERED = _answered()
