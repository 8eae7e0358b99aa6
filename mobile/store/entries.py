"""Changes in the outbox as values: laid over the shadow, on their way, and counted."""

from collections.abc import Iterable, Mapping
from itertools import takewhile

from msgspec import Struct
from sqlalchemy import RowMapping

from mobile.errors import DamagedRow
from mobile.store.values import OutboxState
from shared.changes import Change, ChangeKind
from shared.records import PENDING, Write
from shared.wire import Limits, Problem, Result

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

    def is_in(self, write: Write) -> bool:
        """Whether that write is this change: a copy may have given its number to another one."""
        numbered = write.device == self.device and write.n == self.n
        return numbered and write.claimed == self.change.at


class Outgoing(Struct, frozen=True):
    """A change on its way: its place here, number, save, bytes and the chain after it."""

    place: int
    n: int
    save: str
    raw: bytes
    digest: str


class Tally(Struct, frozen=True):
    """How many changes stand where."""

    unsent: int
    refused: int
    held: int


def entry_of(row: Mapping[str, object] | RowMapping, change: Change) -> Entry:
    """The entry of a row."""
    return Entry(
        place=whole(row["place"]),
        device=str(row["device"]),
        n=whole(row["n"]),
        state=OutboxState(str(row["state"])),
        ack_seq=whole(row["ack_seq"]),
        change=change,
    )


def damaged(n: int) -> Result:
    """What is told of a change that cannot be opened any more."""
    words = DamagedRow("outbox", str(n)).words
    return Result(n=n, outcome="rejected", problem=Problem("damaged", words))


def lost_change(row: RowMapping) -> Change:
    """Stands for a change that cannot be opened any more: what is known of it in clear."""
    return Change(
        n=row["n"],
        save=row["save"],
        kind=ChangeKind.NOTE,
        record=row["record"],
        record_kind="",
        grid="",
        worker="",
        at=0,
    )


def whole(value: object) -> int:
    """A column that is a whole number."""
    assert isinstance(value, int)
    return value


def whole_saves(changes: list[Outgoing], limits: Limits) -> list[Outgoing]:
    """As many as fit, up to the end of a save; none when the first save is larger than that."""
    size = fit = 0
    for place, change in enumerate(changes):
        size += len(change.raw) + 1
        if place >= limits.changes or size > limits.bytes - ENVELOPE_BYTES:
            break
        if place + 1 == len(changes) or changes[place + 1].save != change.save:
            fit = place + 1
    return changes[:fit]


def first_save(changes: Iterable[Outgoing]) -> list[Outgoing]:
    """The changes of the first save among these, however many they are."""
    ahead = iter(changes)
    first = next(ahead, None)
    if first is None:
        return []
    return [first, *takewhile(lambda change: change.save == first.save, ahead)]
