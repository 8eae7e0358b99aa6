"""What a device says of itself at each contact, for the admin's list of devices."""

from sqlalchemy import Engine, select, update
from sqlmodel import col

from server.db.bulk import Value
from server.db.engine import reading, writing
from server.db.office_tables import DeviceRow
from server.office.people import DeviceIdentity
from shared.clock import Reading, offset
from shared.wire import BEGUN_MAX, BEGUN_NAMES_MAX, Begun, Report, encode

NOTED_AFTER_MS = 60_000
"""A pull that brings no news must not cost a write to the disk."""
TEXT_MAX = 100
INT_MAX, BIG_MAX = 2**31 - 1, 2**62


def contact_values(report: Report, clock: Reading | None, now: int) -> dict[str, Value]:
    """The columns of a device's row. A device may say anything: what fits is kept."""
    return {
        "last_contact": now,
        "app": report.app.replace("\0", "")[:TEXT_MAX],
        "unsent": max(0, min(report.unsent, INT_MAX)),
        "oldest_unsent": _bounded(report.oldest_unsent),
        "free_bytes": _bounded(report.free_bytes),
        "drafts": _told(report.drafts),
        "clock_offset": None if clock is None else _bounded(offset(clock, now)),
    }


def note_contact(
    engine: Engine, device: DeviceIdentity, values: dict[str, Value], now: int
) -> None:
    """Note a contact, at most once a minute unless it tells of other work."""
    mine = (col(DeviceRow.town_id) == device.town, col(DeviceRow.id) == device.id)
    with reading(engine) as conn:
        known = conn.execute(
            select(
                col(DeviceRow.last_contact),
                col(DeviceRow.unsent),
                col(DeviceRow.app),
                col(DeviceRow.drafts),
            ).where(*mine)
        ).one_or_none()
    if known is None:
        return
    recent = known.last_contact is not None and now - known.last_contact < NOTED_AFTER_MS
    told = (known.unsent, known.app, known.drafts)
    if recent and told == (values["unsent"], values["app"], values["drafts"]):
        return
    with writing(engine) as conn:
        conn.execute(update(DeviceRow).where(*mine).values(**values))


def _told(drafts: list[Begun]) -> str:
    """The forms begun, without what no device of ours would say."""
    known = [
        Begun(one.kind[:TEXT_MAX], one.form[:TEXT_MAX], [name[:TEXT_MAX] for name in one.answered])
        for one in drafts[:BEGUN_MAX]
        if len(one.answered) <= BEGUN_NAMES_MAX
    ]
    return encode(known).decode().replace("\\u0000", "") if known else ""


def _bounded(number: int | None) -> int | None:
    return None if number is None else max(-BIG_MAX, min(number, BIG_MAX))
