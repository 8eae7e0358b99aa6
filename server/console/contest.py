"""A conflict as its page shows it: the values side by side, where each came from, and around."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.console.beside import Beside, beside
from server.console.desk import Desk
from server.console.inputs import Input, blank_input, can_write
from server.console.labels import Reader, Sight, form_of, label, rules_of
from server.console.record_page import HOUSEHOLD
from server.console.timeline import CLOCKS_APART_MS
from server.console.titles import titles_of
from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.office.people import AccountIdentity
from server.register.conflicts import ConflictDetail, ConflictValue, Origin
from shared.changes import Answer
from shared.merge import shown
from shared.records import Record

CONSOLE = "console"


class Source(Struct, frozen=True):
    """Who wrote a value, on what, when, and what they had seen."""

    who: str
    device: str
    """The platform of a phone; empty for the console."""
    device_id: str
    console: bool
    claimed: int
    effective: int | None
    """The corrected time, where the device's clock was off."""
    received: int | None
    visit: str | None
    visit_title: str
    had_seen: str
    base: int


class Column(Struct, frozen=True):
    """One of the values."""

    number: int
    text: str
    encoded: str
    """The value as JSON, for the form that chooses it."""
    shown: bool
    decided: bool
    sources: tuple[Source, ...]


class Other(Struct, frozen=True):
    """Another record that claims the same number; without a title where it lies elsewhere."""

    record: str
    title: str
    grid: str
    first: bool


class Contest(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    id: str
    record: str
    record_kind: str
    title: str
    unit: str
    label: str
    grid: str
    where: str
    """The grid's id, where the record lies now."""
    open: bool
    opened_at: int
    version: int
    columns: tuple[Column, ...]
    other: Input | None
    """For writing another value; None where none can be typed."""
    around: Beside | None
    household: Beside | None
    """The household of a resident, for context."""
    decided_by: str
    decided_at: int | None
    decision: str
    claim: bool = False
    """Another record claimed the same number before: there is nothing to choose between."""
    rivals: tuple[Other, ...] = ()
    gone: str = ""
    """What closed it, where nobody chose a value: the record was "merged" or "deleted"."""


def contest(
    desk: Desk, who: AccountIdentity, conflict_id: str, *, around: Sight, values: Sight
) -> Contest | None:
    """The conflict, or None when it is not in the reader's area.

    `values`: how much is shown of the values themselves; `around`: of the record's other answers.
    """
    detail = desk.register.conflict(who.town, conflict_id)
    if detail is None or detail.grid not in who.grids:
        return None
    with reading(desk.engine) as conn:
        reader = Reader(values, titles_of(conn, who, _mentioned(detail), values))
        platforms = _platforms(conn, who.town, detail)
    record = detail.record
    page = beside(desk, who, record, around)
    told = _Around(reader, platforms)
    numbered = enumerate(detail.values, start=1)
    return Contest(
        id=detail.id,
        record=record.id,
        record_kind=detail.record_kind,
        title=page.title if page else detail.title,
        unit=detail.unit,
        label=label(detail.record_kind, detail.unit),
        grid=reader.titles.get(detail.grid, ""),
        open=detail.open,
        opened_at=detail.opened_at,
        version=record.version,
        where=record.grid,
        columns=tuple(_column(number, value, detail, told) for number, value in numbered),
        other=_other(detail),
        around=page,
        household=beside(desk, who, _household_of(desk, who, record), around),
        decided_by=detail.decided_by_name,
        decided_at=detail.decided_at,
        decision=reader.text(detail.record_kind, detail.unit, detail.decision),
        claim=detail.claim,
        rivals=_rivals(detail, who, reader),
        gone=_gone(detail),
    )


def _gone(detail: ConflictDetail) -> str:
    if detail.open or detail.decision is not None:
        return ""
    return "merged" if detail.record.alias_of else "deleted" if detail.record.deleted else ""


def _household_of(desk: Desk, who: AccountIdentity, record: Record) -> Record | None:
    """The household that a resident or a visit belongs to."""
    named = shown(record, rules_of(record.kind)).get(HOUSEHOLD)
    return desk.register.record(who.town, named) if isinstance(named, str) else None


def _rivals(detail: ConflictDetail, who: AccountIdentity, reader: Reader) -> tuple[Other, ...]:
    return tuple(
        Other(
            rival.record,
            rival.title if rival.grid in who.grids else "",
            reader.titles.get(rival.grid, ""),
            rival.first,
        )
        for rival in detail.rivals
    )


def _other(detail: ConflictDetail) -> Input | None:
    form = form_of(detail.record_kind)
    if form is None or not can_write(form, detail.unit):
        return None
    return blank_input(form, form.units[detail.unit][0])


class _Around(Struct, frozen=True):
    """What columns are told with."""

    reader: Reader
    platforms: Mapping[str, tuple[str, str]]


def _column(number: int, value: ConflictValue, detail: ConflictDetail, around: _Around) -> Column:
    kind, unit = detail.record_kind, detail.unit
    decided = not detail.open and detail.decided_at is not None
    return Column(
        number=number,
        text=around.reader.text(kind, unit, value.value),
        encoded=encoded(value.value),
        shown=value.shown,
        decided=decided and encoded(value.value) == encoded(detail.decision),
        sources=tuple(_source(origin, detail, around) for origin in value.origins),
    )


def encoded(value: Answer) -> str:
    """A value as JSON, the same for the same value."""
    return msgspec.json.encode(value, order="deterministic").decode()


def _source(origin: Origin, detail: ConflictDetail, around: _Around) -> Source:
    kind, platform = around.platforms.get(origin.device, ("", ""))
    apart = abs(origin.claimed - origin.effective) >= CLOCKS_APART_MS
    return Source(
        who=origin.who_name,
        device=platform,
        device_id=origin.device,
        console=kind == CONSOLE,
        claimed=origin.claimed,
        effective=origin.effective if apart else None,
        received=origin.received,
        visit=origin.visit,
        visit_title=around.reader.titles.get(origin.visit or "", ""),
        had_seen=around.reader.text(detail.record_kind, detail.unit, origin.old),
        base=origin.base,
    )


def _mentioned(detail: ConflictDetail) -> set[str]:
    values = [value.value for value in detail.values]
    visits = [origin.visit for value in detail.values for origin in value.origins]
    return {text for text in (*values, *visits) if isinstance(text, str)}


def _platforms(conn: Connection, town: str, detail: ConflictDetail) -> dict[str, tuple[str, str]]:
    ids = {origin.device for value in detail.values for origin in value.origins}
    rows = conn.execute(
        select(col(DeviceRow.id), col(DeviceRow.kind), col(DeviceRow.platform)).where(
            col(DeviceRow.town_id) == town, col(DeviceRow.id).in_(ids)
        )
    )
    return {row.id: (row.kind, row.platform) for row in rows}
