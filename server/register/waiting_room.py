"""Reading changes that were not taken: which there are, why, and what they say."""

from enum import StrEnum

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import ColumnElement, Connection, and_, or_, select
from sqlmodel import col

from server.db.office_tables import AreaRow
from server.db.register_tables import QuarantineRow
from server.office.areas import Level
from server.office.people import AccountIdentity
from server.register.intake import UnreadableError
from server.register.names import names_of
from server.register.quarantine import HELD, PARTLY, REJECTED, RETURNED, Kept, Quarantine
from server.register.sealing import Seal
from server.register.way_back import Place, may_see, sees_all
from shared.changes import Change
from shared.wire import UNREADABLE, Words

LONG_MS = 24 * 3600 * 1000
"""A change whose record has not come for so long is shown as waiting."""


class Wanted(StrEnum):
    """Which of them."""

    OPEN = "open"
    """Those that wait for the office: refused wholly or partly, or held for long."""
    HELD = "held"
    """Those that wait for their record."""
    RETURNED = "returned"
    SETTLED = "settled"
    """Those that were dealt with."""


class QuarantineLine(Struct, frozen=True, kw_only=True):
    """A change that was not taken, or not wholly."""

    device: str
    n: int
    state: str
    record: str
    grid: str
    worker: str
    worker_name: str
    received: int
    effective: int
    code: str
    why: Words
    units: tuple[str, ...] = ()
    """The units that were refused; none where it is the whole change."""
    long: bool = False
    """Its record has not come for more than a day."""
    settled_at: int | None = None
    settled_by: str = ""


class Looked(Struct, frozen=True, kw_only=True):
    """One of them, with what it says."""

    line: QuarantineLine
    raw: Raw
    """The change as it came, if it is JSON; else its text."""
    change: Change | None = None
    """What it says, if it can be read."""


class WaitingRoom(Struct, frozen=True):
    """One town's changes that were not taken, over one connection."""

    conn: Connection
    account: AccountIdentity
    seal: Seal
    now: int

    def count(self, wanted: Wanted) -> int:
        """How many there are where the account may look."""
        return self._quarantine.count(*self._where(wanted))

    def lines(self, wanted: Wanted, offset: int, limit: int) -> list[QuarantineLine]:
        """A page of them, the oldest first."""
        found = self._quarantine.listed(*self._where(wanted), offset=offset, limit=limit)
        people = {kept.worker for kept in found} | {kept.settled_by or "" for kept in found}
        names = names_of(self.conn, self.account.town, people - {""})
        return [self._line(kept, names) for kept in found]

    def one(self, place: Place) -> Looked | None:
        """One of them, if the account may look there."""
        kept = self._quarantine.one(place.device, place.n)
        if kept is None or not may_see(self.conn, self.account, kept.grid):
            return None
        names = names_of(self.conn, self.account.town, {kept.worker, kept.settled_by or ""})
        return Looked(line=self._line(kept, names), raw=_raw(kept.raw), change=_change(kept))

    @property
    def _quarantine(self) -> Quarantine:
        return Quarantine(self.conn, self.account.town, self.seal)

    def _where(self, wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
        state, received = col(QuarantineRow.state), col(QuarantineRow.received)
        long = and_(state == HELD, received < self.now - LONG_MS)
        states = {
            Wanted.OPEN: or_(state.in_([REJECTED, PARTLY]), long),
            Wanted.HELD: state == HELD,
            Wanted.RETURNED: state == RETURNED,
            Wanted.SETTLED: col(QuarantineRow.settled_at).is_not(None),
        }
        return states[wanted], self._place()

    def _place(self) -> ColumnElement[bool]:
        """See `may_see`."""
        grid = col(QuarantineRow.grid)
        own = grid.in_(sorted(self.account.grids))
        if not sees_all(self.conn, self.account):
            return own
        grids = select(col(AreaRow.id)).where(
            col(AreaRow.town_id) == self.account.town, col(AreaRow.level) == Level.GRID.value
        )
        return or_(own, grid.not_in(grids))

    def _line(self, kept: Kept, names: dict[str, str]) -> QuarantineLine:
        return QuarantineLine(
            device=kept.device,
            n=kept.n,
            state=kept.state,
            record=kept.record,
            grid=kept.grid,
            worker=kept.worker,
            worker_name=names.get(kept.worker, kept.worker),
            received=kept.received,
            effective=kept.effective,
            code=kept.problem.code,
            why=kept.problem.words,
            units=kept.units,
            long=kept.state == HELD and kept.received < self.now - LONG_MS,
            settled_at=kept.settled_at,
            settled_by=names.get(kept.settled_by or "", kept.settled_by or ""),
        )


def _change(kept: Kept) -> Change | None:
    try:
        return kept.change
    except UnreadableError:
        return None


def _raw(raw: bytes) -> Raw:
    try:
        msgspec.json.decode(raw)
    except UNREADABLE:
        return Raw(msgspec.json.encode(raw.decode("utf-8", "replace")))
    return Raw(raw)
