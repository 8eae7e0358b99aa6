"""The outbox: saved changes as the bytes that are sent, and what the server said of each."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    func,
    not_,
    or_,
    select,
    update,
)

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.making import Numbered
from mobile.store.tables import OutboxRow
from mobile.store.values import OutboxState
from mobile.vault.sealing import Keys
from shared.changes import Change
from shared.records import PENDING, Write
from shared.wire import Limits, Problem, Result

KEPT_DAYS = 60
"""How long a change is kept after the office has received it: the field can heal a server."""
DAY_MS = 86_400_000
ENVELOPE_BYTES = 16 * 1024
"""Left free in a push for what stands around the changes."""


class Entry(Struct, frozen=True, kw_only=True):
    """A change that is laid over the shadow."""

    place: int
    device: str
    n: int
    state: OutboxState
    ack_seq: int
    change: Change

    def write(self, effective: int) -> Write:
        """Its stamp while the town's number is not known, or not yet pulled."""
        change = self.change
        return Write(
            PENDING + self.place,
            self.device,
            self.n,
            change.base,
            change.worker,
            change.at,
            effective,
            change.visit,
        )


class Outgoing(Struct, frozen=True):
    """A change on its way: its place here, number, save, bytes and the chain after it."""

    place: int
    n: int
    save: str
    raw: bytes
    digest: str


class Outbox:
    """The `outbox` table."""

    def __init__(self, keys: Keys) -> None:
        self._seal = keys.seal("outbox")
        self._results = keys.seal("result")

    def add(self, conn: Connection, device: str, changes: Sequence[Numbered]) -> list[Entry]:
        """Appends changes that were just saved."""
        last = conn.execute(select(func.max(_outbox.c.place))).scalar() or 0
        entries, rows = [], []
        for place, fixed in enumerate(changes, last + 1):
            change = fixed.change
            rows.append(
                {
                    "place": place,
                    "device": device,
                    "n": change.n,
                    "save": change.save,
                    "record": change.record,
                    "state": OutboxState.PENDING.value,
                    "covered": False,
                    "trouble": False,
                    "dismissed": False,
                    "ack_seq": 0,
                    "acked_day": 0,
                    "digest": fixed.digest,
                    "sealed": self._seal.close(str(place), change.n, fixed.raw),
                }
            )
            entries.append(_entry(rows[-1], change))
        conn.execute(_outbox.insert(), rows)
        return entries

    def overlay(self, conn: Connection) -> list[Entry]:
        """What must be laid over the shadow, in the order it was made."""
        laid = and_(not_(_outbox.c.covered), _outbox.c.state != OutboxState.REFUSED)
        return self._entries(conn, select(_outbox).where(laid).order_by(_outbox.c.place))

    def entries(self, conn: Connection, state: OutboxState) -> list[Entry]:
        """The changes of one state, in the order they were made."""
        chosen = select(_outbox).where(_outbox.c.state == state).order_by(_outbox.c.place)
        return self._entries(conn, chosen)

    def batch(self, conn: Connection, device: str, after: int, limits: Limits) -> list[Outgoing]:
        """The next changes after number `after` that fit into one push; saves are not cut."""
        rows = conn.execute(
            select(_outbox)
            .where(_outbox.c.device == device, _outbox.c.n > after)
            .order_by(_outbox.c.n)
            .limit(limits.changes + 1)
        ).mappings()
        return _whole_saves([self._outgoing(row) for row in rows], limits)

    def one(self, conn: Connection, device: str, n: int) -> Outgoing | None:
        """The change of that number, if it is still kept."""
        row = (
            conn.execute(select(_outbox).where(_outbox.c.device == device, _outbox.c.n == n))
            .mappings()
            .one_or_none()
        )
        return None if row is None else self._outgoing(row)

    def first_pending(self, conn: Connection, device: str) -> int | None:
        """The number of the first change that the server has not answered."""
        pending = (_outbox.c.device == device, _outbox.c.state == OutboxState.PENDING)
        return conn.execute(select(func.min(_outbox.c.n)).where(*pending)).scalar()

    def numbers(self, conn: Connection, device: str, state: OutboxState) -> list[int]:
        """The numbers of the changes of one state."""
        chosen = (_outbox.c.device == device, _outbox.c.state == state)
        return list(
            conn.execute(select(_outbox.c.n).where(*chosen).order_by(_outbox.c.n)).scalars()
        )

    def answered(
        self, conn: Connection, device: str, results: Iterable[Result], day: int
    ) -> dict[int, OutboxState]:
        """Notes what the server said; the state of each answered change by its place."""
        by_n = {result.n: result for result in results}
        rows = conn.execute(
            select(_outbox.c.place, _outbox.c.n).where(
                _outbox.c.device == device, _outbox.c.n.in_(by_n)
            )
        ).all()
        changed = [self._answer(row.place, by_n[row.n], day) for row in rows]
        if changed:
            conn.execute(_ANSWER, changed)
        return {_int(row["b_place"]): OutboxState(str(row["b_state"])) for row in changed}

    def cover(self, conn: Connection, places: Iterable[int]) -> None:
        """These changes have come back with a pull."""
        rows = [{"b_place": place} for place in places]
        if rows:
            conn.execute(_COVER, rows)

    def dismiss(self, conn: Connection, place: int) -> None:
        """The worker has read why a change was refused."""
        conn.execute(update(_outbox).where(_outbox.c.place == place).values(dismissed=True))

    def result(self, conn: Connection, place: int) -> Result | None:
        """What the server said of a change."""
        row = conn.execute(
            select(_outbox.c.n, _outbox.c.result).where(_outbox.c.place == place)
        ).one_or_none()
        if row is None or row.result is None:
            return None
        return _result.decode(self._results.open(str(place), row.n, row.result))

    def troubles(self, conn: Connection) -> list[Entry]:
        """Changes that the worker must be told about, the newest first."""
        told = and_(_outbox.c.trouble, not_(_outbox.c.dismissed))
        return self._entries(conn, select(_outbox).where(told).order_by(_outbox.c.place.desc()))

    def renumber(
        self, conn: Connection, old: Sequence[Entry], device: str, changes: Sequence[Numbered]
    ) -> None:
        """Moves unanswered changes under a new device id; they keep their places."""
        for entry, fixed in zip(old, changes, strict=True):
            sealed = self._seal.close(str(entry.place), fixed.change.n, fixed.raw)
            conn.execute(
                update(_outbox)
                .where(_outbox.c.place == entry.place)
                .values(device=device, n=fixed.change.n, digest=fixed.digest, sealed=sealed)
            )

    def purge(self, conn: Connection, today: int) -> None:
        """Forgets what the office has had for long."""
        done = or_(_outbox.c.covered, _outbox.c.dismissed)
        old = and_(_outbox.c.acked_day > 0, _outbox.c.acked_day < today - KEPT_DAYS)
        conn.execute(delete(_outbox).where(done, old))

    def _answer(self, place: int, result: Result, day: int) -> dict[str, object]:
        state = _STATES.get(result.outcome, OutboxState.ACKED)
        return {
            "b_place": place,
            "b_state": state.value,
            "b_trouble": state is not OutboxState.ACKED or result.problem is not None,
            "b_ack_seq": result.seq,
            "b_acked_day": day,
            "b_result": self._results.close(str(place), result.n, msgspec.json.encode(result)),
        }

    def refuse_damaged(self, conn: Connection, day: int) -> bool:
        """Sets unanswered changes aside that cannot be opened, so that they block nothing.

        Whether there were any: their numbers will be missing at the server.
        """
        pending = select(_outbox).where(_outbox.c.state == OutboxState.PENDING)
        damaged = [row for row in conn.execute(pending).mappings() if not self._opens(row)]
        answers = [self._answer(row["place"], _damaged(row["n"]), day) for row in damaged]
        if answers:
            conn.execute(_ANSWER, answers)
        return bool(answers)

    def _opens(self, row: RowMapping) -> bool:
        try:
            self._outgoing(row)
        except DamagedRow:
            return False
        return True

    def _entries(self, conn: Connection, chosen: Select[tuple[object, ...]]) -> list[Entry]:
        """Those that can be opened."""
        rows = [row for row in conn.execute(chosen).mappings() if self._opens(row)]
        return [_entry(row, _change.decode(self._outgoing(row).raw)) for row in rows]

    def _outgoing(self, row: RowMapping) -> Outgoing:
        raw = self._seal.open(str(row["place"]), row["n"], row["sealed"])
        return Outgoing(row["place"], row["n"], row["save"], raw, row["digest"])


_outbox = table_of(OutboxRow)
_change = msgspec.json.Decoder(Change)
_result = msgspec.json.Decoder(Result)
_STATES = {"rejected": OutboxState.REFUSED, "held": OutboxState.HELD}
_ANSWER = (
    update(_outbox)
    .where(_outbox.c.place == bindparam("b_place"))
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in ("state", "trouble", "ack_seq", "acked_day", "result")
        }
    )
)
_COVER = update(_outbox).where(_outbox.c.place == bindparam("b_place")).values(covered=True)


def _entry(row: Mapping[str, object] | RowMapping, change: Change) -> Entry:
    return Entry(
        place=_int(row["place"]),
        device=str(row["device"]),
        n=_int(row["n"]),
        state=OutboxState(str(row["state"])),
        ack_seq=_int(row["ack_seq"]),
        change=change,
    )


def _damaged(n: int) -> Result:
    words = DamagedRow("outbox", str(n)).words
    return Result(n=n, outcome="rejected", problem=Problem("damaged", words))


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _whole_saves(changes: list[Outgoing], limits: Limits) -> list[Outgoing]:
    """As many as fit, up to the end of a save. A save is never larger than a push may be."""
    size = fit = 0
    for place, change in enumerate(changes):
        size += len(change.raw) + 1
        if place >= limits.changes or size > limits.bytes - ENVELOPE_BYTES:
            break
        if place + 1 == len(changes) or changes[place + 1].save != change.save:
            fit = place + 1
    return changes[:fit]
