"""The outbox: saved changes as the bytes that are sent, and what the server said of each."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import msgspec
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
from mobile.store import outbox_statements as statements
from mobile.store.base import table_of
from mobile.store.entries import (
    Entry,
    Outgoing,
    Tally,
    damaged,
    entry_of,
    first_save,
    lost_change,
    whole,
    whole_saves,
)
from mobile.store.making import Numbered
from mobile.store.tables import OutboxRow
from mobile.store.values import OutboxState
from mobile.vault.sealing import Keys
from shared.changes import Change
from shared.wire import Limits, Result

KEPT_DAYS = 60
"""How long a change is kept after the office has received it: the field can heal a server."""
DAY_MS = 86_400_000
NOTHING: Mapping[str, object] = MappingProxyType({})


class Outbox:
    """The `outbox` table."""

    def __init__(self, keys: Keys) -> None:
        self._seal = keys.seal("outbox")
        self._results = keys.seal("result")

    def add(self, conn: Connection, device: str, changes: Sequence[Numbered]) -> list[Entry]:
        """Appends changes that were just saved."""
        last = conn.execute(statements.LAST_PLACE).scalar() or 0
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
            entries.append(entry_of(rows[-1], change))
        conn.execute(_outbox.insert(), rows)
        return entries

    def overlay(self, conn: Connection) -> list[Entry]:
        """What must be laid over the shadow, in the order it was made."""
        return self._entries(conn, _OVERLAY)

    def entries(self, conn: Connection, state: OutboxState) -> list[Entry]:
        """The changes of one state, in the order they were made."""
        return self._entries(conn, statements.ENTRIES, {"b_state": state})

    def of_records(self, conn: Connection, records: Sequence[str]) -> list[Entry]:
        """What was saved here of these records and is still kept, in no order."""
        return self._entries(conn, select(_outbox).where(_outbox.c.record.in_(records)))

    def of_save(self, conn: Connection, save: str) -> list[Entry]:
        """What one press of "save" made, if it is still kept, in the order it was made."""
        chosen = select(_outbox).where(_outbox.c.save == save).order_by(_outbox.c.place)
        return self._entries(conn, chosen)

    def batch(self, conn: Connection, device: str, after: int, limits: Limits) -> list[Outgoing]:
        """The next changes after number `after` that fit into one push; saves are not cut.

        The first save goes in any case: a server may have lowered what it takes since it was made.
        """
        asked = {"b_device": device, "b_after": after, "b_limit": limits.changes + 1}
        rows = conn.execute(statements.AFTER, asked).mappings()
        fitting = whole_saves([self._outgoing(row) for row in rows], limits)
        if fitting:
            return fitting
        rows = conn.execute(statements.AFTER, asked | {"b_limit": statements.EVERY}).mappings()
        return first_save(map(self._outgoing, rows))

    def one(self, conn: Connection, device: str, n: int) -> Outgoing | None:
        """The change of that number, if it is still kept."""
        row = conn.execute(statements.ONE, {"b_device": device, "b_n": n}).mappings().one_or_none()
        return None if row is None else self._outgoing(row)

    def first_pending(self, conn: Connection, device: str) -> int | None:
        """The number of the first change that the server has not answered."""
        asked = {"b_device": device, "b_state": OutboxState.PENDING}
        return conn.execute(statements.FIRST, asked).scalar()

    def numbers(self, conn: Connection, device: str, state: OutboxState) -> list[int]:
        """The numbers of the changes of one state."""
        asked = {"b_device": device, "b_state": state}
        return list(conn.execute(statements.NUMBERS, asked).scalars())

    def answered(
        self, conn: Connection, device: str, results: Iterable[Result], day: int
    ) -> dict[int, OutboxState]:
        """Notes what the server said; the state of each answered change by its place."""
        by_n = {result.n: result for result in results}
        asked = {"b_device": device, "b_numbers": list(by_n)}
        rows = conn.execute(statements.PLACES, asked).all()
        changed = [self._answer(row.place, by_n[row.n], day) for row in rows]
        if changed:
            conn.execute(_ANSWER, changed)
        return {whole(row["b_place"]): OutboxState(str(row["b_state"])) for row in changed}

    def cover(self, conn: Connection, places: Iterable[int]) -> None:
        """These changes have come back with a pull."""
        rows = [{"b_place": place} for place in places]
        if rows:
            conn.execute(_COVER, rows)

    def dismiss(self, conn: Connection, place: int, *, read: bool) -> None:
        """The worker has read why a change was refused; or takes that back."""
        conn.execute(update(_outbox).where(_outbox.c.place == place).values(dismissed=read))

    def result(self, conn: Connection, place: int) -> Result | None:
        """What the server said of a change, if it did and that can be opened."""
        row = conn.execute(
            select(_outbox.c.n, _outbox.c.result).where(_outbox.c.place == place)
        ).one_or_none()
        if row is None or row.result is None:
            return None
        try:
            return _result.decode(self._results.open(str(place), row.n, row.result))
        except DamagedRow:
            return None

    def troubles(self, conn: Connection) -> list[Entry]:
        """Changes that the worker must be told about, the newest first."""
        told = and_(_outbox.c.trouble, not_(_outbox.c.dismissed))
        rows = conn.execute(select(_outbox).where(told).order_by(_outbox.c.place.desc()))
        return [
            entry_of(row, self._change(row) if self._opens(row) else lost_change(row))
            for row in rows.mappings()
        ]

    def digest(self, conn: Connection, device: str, n: int) -> str | None:
        """The hash chain after a change, if that is still kept."""
        wanted = select(_outbox.c.digest).where(_outbox.c.device == device, _outbox.c.n == n)
        return conn.execute(wanted).scalar()

    def lacking(
        self, conn: Connection, devices: Iterable[str], known: tuple[str, int] | None
    ) -> list[Entry]:
        """What the office lacks: the unanswered, all of these devices, and one's after a number."""
        missing = [_outbox.c.state == OutboxState.PENDING, _outbox.c.device.in_(list(devices))]
        if known is not None:
            missing.append(and_(_outbox.c.device == known[0], _outbox.c.n > known[1]))
        chosen = select(_outbox).where(or_(*missing)).order_by(_outbox.c.place)
        return self._entries(conn, chosen)

    def renumber(
        self, conn: Connection, old: Sequence[Entry], device: str, changes: Sequence[Numbered]
    ) -> None:
        """Moves changes under a new device id, not answered there; they keep their places."""
        for entry, fixed in zip(old, changes, strict=True):
            sealed = self._seal.close(str(entry.place), fixed.change.n, fixed.raw)
            fresh = {
                "state": OutboxState.PENDING.value,
                "covered": False,
                "trouble": False,
                "dismissed": False,
                "ack_seq": 0,
                "acked_day": 0,
                "result": None,
            }
            conn.execute(
                update(_outbox)
                .where(_outbox.c.place == entry.place)
                .values(
                    device=device,
                    n=fixed.change.n,
                    digest=fixed.digest,
                    sealed=sealed,
                    **fresh,
                )
            )

    def purge(self, conn: Connection, today: int, device: str, end: int) -> None:
        """Forgets what the office has had for long, but not the device's last two up to `end`."""
        done = or_(_outbox.c.covered, _outbox.c.dismissed)
        old = and_(_outbox.c.acked_day > 0, _outbox.c.acked_day < today - KEPT_DAYS)
        not_end = or_(_outbox.c.device != device, _outbox.c.n < end - 1)
        conn.execute(delete(_outbox).where(done, old, not_end))

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

    def tally(self, conn: Connection) -> Tally:
        """How many changes stand where; of refused ones, those not read about yet."""
        counts = {state: count for state, count in conn.execute(_TALLY)}  # noqa: C416 - rows, not pairs
        held = counts.get(OutboxState.HELD, 0)
        # A change that was taken only in part stands among the refused.
        refused = counts.get(OutboxState.REFUSED, 0) + counts.get(OutboxState.ACKED, 0)
        return Tally(counts.get(OutboxState.PENDING, 0), refused, held)

    def oldest_pending(self, conn: Connection) -> Entry | None:
        """The first change that the server has not answered."""
        return next(iter(self._entries(conn, statements.OLDEST_PENDING)), None)

    def refuse_damaged(self, conn: Connection, day: int) -> bool:
        """Sets unanswered changes aside that cannot be opened, so that they block nothing.

        Whether there were any: their numbers will be missing at the server.
        """
        pending = conn.execute(statements.ENTRIES, {"b_state": OutboxState.PENDING}).mappings()
        closed = [row for row in pending if not self._opens(row)]
        answers = [self._answer(row["place"], damaged(row["n"]), day) for row in closed]
        if answers:
            conn.execute(_ANSWER, answers)
        return bool(answers)

    def _opens(self, row: RowMapping) -> bool:
        try:
            self._outgoing(row)
        except DamagedRow:
            return False
        return True

    def _entries(
        self,
        conn: Connection,
        chosen: Select[tuple[object, ...]],
        asked: Mapping[str, object] = NOTHING,
    ) -> list[Entry]:
        """Those that can be opened."""
        rows = [row for row in conn.execute(chosen, asked).mappings() if self._opens(row)]
        return [entry_of(row, self._change(row)) for row in rows]

    def _change(self, row: RowMapping) -> Change:
        return _change.decode(self._outgoing(row).raw)

    def _outgoing(self, row: RowMapping) -> Outgoing:
        raw = self._seal.open(str(row["place"]), row["n"], row["sealed"])
        return Outgoing(row["place"], row["n"], row["save"], raw, row["digest"])


_outbox = table_of(OutboxRow)
_change = msgspec.json.Decoder(Change)
_result = msgspec.json.Decoder(Result)
_STATES = {"rejected": OutboxState.REFUSED, "held": OutboxState.HELD}
_ANSWERED = ("state", "trouble", "ack_seq", "acked_day", "result")
_ANSWER = update(_outbox).where(_outbox.c.place == bindparam("b_place"))
_ANSWER = _ANSWER.values({name: bindparam(f"b_{name}") for name in _ANSWERED})
_COVER = update(_outbox).where(_outbox.c.place == bindparam("b_place")).values(covered=True)
_LAID = and_(not_(_outbox.c.covered), _outbox.c.state != OutboxState.REFUSED)
_OVERLAY = select(_outbox).where(_LAID).order_by(_outbox.c.place)
_COUNTS = or_(_outbox.c.state == OutboxState.PENDING, _outbox.c.trouble)
_TALLY = select(_outbox.c.state, func.count()).where(_COUNTS, not_(_outbox.c.dismissed))
_TALLY = _TALLY.group_by(_outbox.c.state)
