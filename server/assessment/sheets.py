"""Signing a month: what was counted is frozen with the version of the formula that was used."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import col

from server.assessment.formula import ADJUST_MAX, Measure, Part, Scheme, Score, score
from server.assessment.measures import Counted
from server.clock import town_time
from server.db.assessment_tables import AssessmentRow, SchemeRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.counter import counter
from server.summary.values import Item
from shared.coverage import Answered

REASON_MAX = 300


class Frozen(Struct, frozen=True):
    """A part as it was counted: its numbers, and the records behind them."""

    measure: Measure
    done: list[str]
    due: list[str]
    items: Answered = Answered()
    """As in Counted."""
    joined: list[str] = []


class Snapshot(Struct, frozen=True):
    """Everything that a signed sheet is computed from."""

    scheme: Scheme
    parts: dict[str, Frozen]

    def score(self, adjustment: float) -> Score:
        """The score: the same whenever it is asked for."""
        numbers = {part: frozen.measure for part, frozen in self.parts.items()}
        return score(numbers, self.scheme, adjustment)


class Signed(Struct, frozen=True, kw_only=True):
    """A signed sheet."""

    grid: str
    month: str
    snapshot: Snapshot
    register_seq: int
    total: float | None
    adjustment: float
    reason: str
    signed_by: str
    signed_at: int
    objection: str = ""
    objected_by: str = ""
    answer: str = ""
    answered_by: str = ""


def scheme_of(conn: Connection, town: str) -> Scheme | None:
    """The town's formula now; None where months are not assessed."""
    row = conn.execute(
        select(SchemeRow)
        .where(col(SchemeRow.town_id) == town)
        .order_by(col(SchemeRow.version).desc())
        .limit(1)
    ).one_or_none()
    if row is None or not row.active:
        return None
    return msgspec.json.decode(row.scheme, type=Scheme)


def set_scheme(act: Act, weights: Mapping[str, int], *, active: bool) -> Scheme:
    """Sets the formula from now on; earlier sheets keep theirs. Raises OfficeRefused."""
    act.require(Action.SET_SCHEME)
    last = act.conn.execute(
        select(col(SchemeRow.version))
        .where(col(SchemeRow.town_id) == act.who.town)
        .order_by(col(SchemeRow.version).desc())
        .limit(1)
    ).scalar_one_or_none()
    scheme = Scheme(version=(last or 0) + 1, weights=dict(weights))
    if not scheme.is_whole:
        raise refused(
            "weights",
            "五项权重都要填写，合计应为 100。",
            "All five weights are needed, and together they are 100.",
        )
    act.conn.execute(
        insert(SchemeRow).values(
            town_id=act.who.town,
            version=scheme.version,
            active=active,
            scheme=msgspec.json.encode(scheme),
            set_by=act.who.id,
            set_at=act.now,
        )
    )
    act.note(Deed.SCHEME_SET, str(scheme.version))
    return scheme


def sign(
    act: Act,
    place: tuple[str, date],
    counted: Mapping[Part, Counted],
    scheme: Scheme,
    *,
    adjustment: float,
    reason: str,
) -> Signed:
    """Freezes a month of a grid. place: the grid, and the first day of the month.

    Raises NotFound, NotAllowed or OfficeRefused.
    """
    act.require(Action.ASSESS)
    grid, first = place
    _check_open(act, grid, first)
    _check_adjustment(adjustment, reason)
    snapshot = Snapshot(scheme, {part.value: frozen(each) for part, each in counted.items()})
    signed = Signed(
        grid=grid,
        month=month_of(first),
        snapshot=snapshot,
        register_seq=counter(act.conn, act.who.town).seq,
        total=snapshot.score(adjustment).total,
        adjustment=adjustment,
        reason=reason.strip(),
        signed_by=act.who.id,
        signed_at=act.now,
    )
    row = msgspec.structs.asdict(signed) | {"snapshot": msgspec.json.encode(snapshot)}
    act.conn.execute(insert(AssessmentRow).values(town_id=act.who.town, **row))
    act.note(Deed.ASSESSMENT_SIGNED, f"{grid} {signed.month}")
    return signed


def object_to(act: Act, place: tuple[str, date], words: str) -> None:
    """Notes what somebody has against a signed sheet; it stays beside it."""
    act.require(Action.SEE_RECORDS)
    _say(act, place, ("objection", "objected_by"), words)
    act.note(Deed.ASSESSMENT_OBJECTED, f"{place[0]} {month_of(place[1])}")


def answer(act: Act, place: tuple[str, date], words: str) -> None:
    """Answers an objection; the numbers stay, the answer stands beside them."""
    act.require(Action.ASSESS)
    _say(act, place, ("answer", "answered_by"), words)
    act.note(Deed.ASSESSMENT_ANSWERED, f"{place[0]} {month_of(place[1])}")


def frozen(counted: Counted) -> Frozen:
    """A part as a signature keeps it."""
    return Frozen(
        counted.measure,
        _named(counted.done),
        _named(counted.due),
        counted.items,
        _named(counted.joined),
    )


def signed_sheets(conn: Connection, who: AccountIdentity, first: date) -> dict[str, Signed]:
    """The signed sheets of a month in the reader's area, by grid."""
    rows = conn.execute(
        select(AssessmentRow).where(
            col(AssessmentRow.town_id) == who.town,
            col(AssessmentRow.month) == month_of(first),
            col(AssessmentRow.grid).in_(sorted(who.grids)),
        )
    )
    return {row.grid: _read(row) for row in rows}


def month_of(day: date) -> str:
    """Such as 2026-11."""
    return f"{day:%Y-%m}"


def last_day(first: date) -> date:
    """Of the month that begins on that day."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def is_over(first: date, now: int) -> bool:
    """Whether the month that begins on that day has ended where the town is."""
    return last_day(first) < town_time(now).date()


def _check_open(act: Act, grid: str, first: date) -> None:
    if grid not in act.who.grids:
        raise NotFound
    if not is_over(first, act.now):
        raise refused(
            "month_not_over",
            "这个月还没有结束，结束后才能签字。",
            "This month is not over yet. It can be signed once it is.",
        )
    if grid in signed_sheets(act.conn, act.who, first):
        raise refused("signed", "这个月已经签字，不能改动。", "That month is signed already.")


def _check_adjustment(adjustment: float, reason: str) -> None:
    if not abs(adjustment) <= ADJUST_MAX:  # not a number is not within it either
        raise refused(
            "adjustment",
            f"加减分不超过 {ADJUST_MAX} 分。",
            f"No more than {ADJUST_MAX} points up or down.",
        )
    if adjustment and not reason.strip():
        raise refused("reason", "加减分须写明理由。", "Say why points are added or taken.")


def _say(act: Act, place: tuple[str, date], fields: tuple[str, str], words: str) -> None:
    (grid, first), (field, by) = place, fields
    said = words.strip()[:REASON_MAX]
    if not said:
        raise refused("reason", "请写明内容。", "Write what you have to say.")
    if grid not in signed_sheets(act.conn, act.who, first):
        raise NotFound
    act.conn.execute(
        update(AssessmentRow)
        .where(
            col(AssessmentRow.town_id) == act.who.town,
            col(AssessmentRow.grid) == grid,
            col(AssessmentRow.month) == month_of(first),
        )
        .values({field: said, by: act.who.id})
    )


def _named(items: Sequence[Item]) -> list[str]:
    return [item.id or item.text for item in items]


def _read(row: Row) -> Signed:  # type: ignore[type-arg]  # of AssessmentRow
    return Signed(
        grid=row.grid,
        month=row.month,
        snapshot=msgspec.json.decode(row.snapshot, type=Snapshot),
        register_seq=row.register_seq,
        total=row.total,
        adjustment=row.adjustment,
        reason=row.reason,
        signed_by=row.signed_by,
        signed_at=row.signed_at,
        objection=row.objection,
        objected_by=row.objected_by,
        answer=row.answer,
        answered_by=row.answered_by,
    )
