"""Records that are kept in spite of the rules of retention, and of erasure: until when, and why.

A hold on a household keeps the people, visits, questions and cases of it, too.
"""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    and_,
    insert,
    or_,
    select,
    union,
    update,
)  # fmt: skip
from sqlmodel import col

from server.clock import DAY_MS, new_id
from server.db.bulk import among
from server.db.projections import HouseholdRow, QuestionRow, ResidentRow, VisitRow
from server.db.register_tables import RecordRow
from server.db.rights_tables import HoldRow
from server.db.work_tables import WorkRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal

HOLD_DAYS = (90, 180, 365, 1095)
"""For how long one may be put on at once; it can be put on anew."""
REASON_MIN = 4
REASON_MAX = 300
SHOWN_MAX = 200
_TABLE = "retention_hold"
_OF_HOUSEHOLDS = (ResidentRow, VisitRow, QuestionRow, WorkRow)


class Hold(Struct, frozen=True):
    """One record that is kept."""

    id: str
    record_id: str
    grid: str
    reason: str
    set_by: str
    set_at: int
    until: int
    lifted_by: str
    lifted_at: int | None

    def stands(self, now: int) -> bool:
        """Whether it keeps the record now."""
        return self.lifted_at is None and now < self.until


def put_hold(act: Act, record_id: str, reason: str, days: int) -> str:
    """Keeps a record and what belongs to it; the hold's id. Raises NotFound or OfficeRefused."""
    act.require(Action.HANDLE_RIGHTS)
    plain = " ".join(reason.split())
    if not REASON_MIN <= len(plain) <= REASON_MAX or days not in HOLD_DAYS:
        raise refused(
            "hold_reason",
            f"请写明保留的理由（{REASON_MIN} 到 {REASON_MAX} 个字）和期限。",
            f"Say why it must be kept, in {REASON_MIN} to {REASON_MAX} characters, and how long.",
        )
    grid = act.conn.execute(
        select(col(RecordRow.grid)).where(
            col(RecordRow.town_id) == act.who.town, col(RecordRow.id) == record_id
        )
    ).scalar_one_or_none()
    if grid not in act.who.grids:
        raise NotFound
    made = new_id(act.now)
    sealed = Seal(act.keys).close(plain.encode(), _TABLE, act.who.town, made)
    act.conn.execute(
        insert(HoldRow).values(
            town_id=act.who.town, id=made, record_id=record_id, grid=grid, reason=sealed,
            set_by=act.who.id, set_at=act.now, until=act.now + days * DAY_MS,
        )
    )  # fmt: skip
    act.note(Deed.HOLD_PUT, record_id, f"{made} {days}")
    return made


def lift_hold(act: Act, hold_id: str) -> None:
    """Ends a hold: the rules hold again for the record. Raises NotFound or NotAllowed."""
    act.require(Action.ERASE)
    mine = col(HoldRow.town_id) == act.who.town, col(HoldRow.id) == hold_id
    row = act.conn.execute(select(HoldRow).where(*mine)).one_or_none()
    if row is None or row.grid not in act.who.grids:
        raise NotFound
    if row.lifted_at is None:
        lifted = {"lifted_by": act.who.id, "lifted_at": act.now}
        act.conn.execute(update(HoldRow).where(*mine).values(**lifted))
        act.note(Deed.HOLD_LIFTED, row.record_id, hold_id)


def holds(conn: Connection, seal: Seal, who: AccountIdentity, record: str = "") -> list[Hold]:
    """The holds of the account's area, or of one record there; those that end last first."""
    of_record = (col(HoldRow.record_id) == record,) if record else ()
    rows = conn.execute(
        select(HoldRow)
        .where(
            col(HoldRow.town_id) == who.town,
            among(conn, col(HoldRow.grid), who.grids),
            *of_record,
        )
        .order_by(col(HoldRow.lifted_at).is_not(None), col(HoldRow.until).desc(), col(HoldRow.id))
        .limit(SHOWN_MAX)
    )
    return [_hold(row, seal) for row in rows]


def held_ids(town: str, now: int) -> CompoundSelect[str]:
    """The ids of all records that a hold keeps now: those named, and what belongs to them."""
    named = select(col(HoldRow.record_id)).where(_standing(town, now))
    belonging: list[Select[str]] = [
        select(col(model.id)).where(col(model.town_id) == town, col(model.household_id).in_(named))
        for model in _OF_HOUSEHOLDS
    ]
    belonging += [
        select(col(model.id)).where(col(model.town_id) == town, col(model.alias_of).in_(named))
        for model in (HouseholdRow, ResidentRow)
    ]
    cases = select(col(WorkRow.id)).where(
        col(WorkRow.town_id) == town, col(WorkRow.household_id).in_(named)
    )
    steps = select(col(WorkRow.id)).where(
        col(WorkRow.town_id) == town,
        or_(col(WorkRow.about).in_(named), col(WorkRow.about).in_(cases)),
    )
    return union(named, *belonging, steps)


def check_not_held(conn: Connection, town: str, records: Collection[str], now: int) -> None:
    """Raises OfficeRefused where one of the records must be kept."""
    held = held_ids(town, now).subquery()
    found = conn.execute(
        select(held.c.record_id).where(among(conn, held.c.record_id, records)).limit(1)
    ).one_or_none()
    if found is not None:
        raise refused(
            "held",
            "这份资料依法暂缓删除，请先由镇管理员在“保存期限”页解除保留。",
            "This is under a hold and must be kept. "
            "A town admin can lift the hold on the retention page.",
        )


def _standing(town: str, now: int) -> ColumnElement[bool]:
    return and_(
        col(HoldRow.town_id) == town, col(HoldRow.lifted_at).is_(None), col(HoldRow.until) > now
    )


def _hold(row: Row[HoldRow], seal: Seal) -> Hold:
    return Hold(
        row.id, row.record_id, row.grid,
        seal.open(row.reason, _TABLE, row.town_id, row.id).decode(),
        row.set_by, row.set_at, row.until, row.lifted_by, row.lifted_at,
    )  # fmt: skip
