"""Numbers that say how a town's data comes in and is looked at: for operators, and the health page.

They name no person, no record and no device.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, select
from sqlmodel import col

from server.clock import DAY_MS
from server.db.office_tables import AreaRow, DeviceRow
from server.db.register_tables import JournalRow
from server.office.areas import Level
from server.office.devices import PHONE
from server.office.people import DeviceStatus
from server.register.counter import counter
from server.review.waiting import Kind, waiting
from shared.merge import Outcome

RATE_DAYS = 7
"""Over so many days the share of conflicts is taken."""


class Waits(Struct, frozen=True):
    """What waits in the inbox, of one kind."""

    kind: Kind
    number: int
    oldest: int | None
    """Since when the oldest waits, ms."""


class Measures(Struct, frozen=True, kw_only=True):
    """A town's numbers at one moment."""

    changes: int
    """Changes that came within `RATE_DAYS`."""
    conflicts: int
    """Of those, how many stood against another answer."""
    unsent_devices: int
    """Phones that said they have something unsent."""
    oldest_unsent: int | None
    """When the oldest of that was written, ms."""
    waiting: tuple[Waits, ...]

    @property
    def conflict_share(self) -> float:
        """Conflicts per change; 0 where none came."""
        return self.conflicts / self.changes if self.changes else 0.0


class Latency(Struct, frozen=True):
    """How long requests of one route took, as far as a histogram tells: upper bounds in seconds."""

    count: int
    median: float | None
    most: float | None
    """Of 95 in 100."""


def measures(conn: Connection, town: str, now: int) -> Measures:
    """The numbers of a town."""
    outcomes = _outcomes(conn, town, now - RATE_DAYS * DAY_MS)
    unsent, oldest = _unsent(conn, town)
    return Measures(
        changes=sum(outcomes.values()),
        conflicts=outcomes.get(Outcome.CONFLICT.value, 0),
        unsent_devices=unsent,
        oldest_unsent=oldest,
        waiting=tuple(_waiting(conn, town, now)),
    )


def latency(counts: Sequence[tuple[float, float]]) -> Latency:
    """Of a cumulative histogram: its upper bounds, each with how many took no longer."""
    total = counts[-1][1] if counts else 0
    if not total:
        return Latency(0, None, None)

    def below(share: float) -> float:
        return next(bound for bound, count in counts if count >= share * total)

    return Latency(int(total), below(0.5), below(0.95))


def _outcomes(conn: Connection, town: str, since: int) -> dict[str, int]:
    rows = conn.execute(
        select(col(JournalRow.outcome), func.count().label("number"))
        .where(
            col(JournalRow.town_id) == town,
            col(JournalRow.seq) >= _first_since(conn, town, since),
        )
        .group_by(col(JournalRow.outcome))
    )
    return {row.outcome: row.number for row in rows}


def _first_since(conn: Connection, town: str, since: int) -> int:
    """The number of the first change received since then: found by halving, not by reading."""
    low, high = 0, counter(conn, town).seq + 1
    while low < high:
        middle = (low + high) // 2
        found = conn.execute(
            select(col(JournalRow.seq), col(JournalRow.received))
            .where(col(JournalRow.town_id) == town, col(JournalRow.seq) >= middle)
            .order_by(col(JournalRow.seq))
            .limit(1)
        ).one_or_none()
        if found is None or found.received >= since:
            high = middle
        else:
            low = found.seq + 1
    return low


def _unsent(conn: Connection, town: str) -> tuple[int, int | None]:
    row = conn.execute(
        select(func.count(), func.min(col(DeviceRow.oldest_unsent))).where(
            col(DeviceRow.town_id) == town,
            col(DeviceRow.kind) == PHONE,
            col(DeviceRow.status) == DeviceStatus.ACTIVE.value,
            col(DeviceRow.unsent) > 0,
        )
    ).one()
    return row[0], row[1]


def _waiting(conn: Connection, town: str, now: int) -> list[Waits]:
    grids = conn.execute(
        select(col(AreaRow.id)).where(
            col(AreaRow.town_id) == town, col(AreaRow.level) == Level.GRID.value
        )
    ).scalars()
    some = waiting(conn, (town, list(grids)), now, tuple(Kind))
    rows = conn.execute(
        select(some.c.kind, func.count(), func.min(some.c.since)).group_by(some.c.kind)
    )
    found = {kind: (number, oldest) for kind, number, oldest in rows}
    return [Waits(kind, *found.get(kind.value, (0, None))) for kind in Kind]
