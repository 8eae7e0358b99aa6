"""Minutes of meetings, and the tasks that they give: each an ordinary case of its grid."""

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, insert, select
from sqlmodel import col

from server.clock import new_id
from server.db.meeting_tables import MeetingRow, MeetingTaskRow
from server.errors import NotFound
from server.office.act import Act
from server.office.areas import areas_below
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal

TEXT_MAX = 4000
WHO_MAX = 300
TASKS_MAX = 20
TASK_MAX = 300


class Minutes(Struct, frozen=True):
    """What somebody wrote of a meeting."""

    area_id: str
    held_on: str
    """An ISO date."""
    attendees: str
    text: str


class Meeting(Struct, frozen=True, kw_only=True):
    """A meeting that was held."""

    id: str
    area_id: str
    held_on: str
    attendees: str
    text: str
    written_by: str
    written_at: int
    cases: tuple[str, ...]
    """Its tasks."""


class _Said(Struct, frozen=True):
    attendees: str
    text: str


def keep_minutes(act: Act, seal: Seal, minutes: Minutes) -> str:
    """Writes the minutes of a meeting in the actor's area; its id."""
    act.require(Action.EDIT_RECORDS)
    reach = areas_below(act.conn, act.who.town, act.who.area_id)
    if not any(area.id == minutes.area_id for area in reach):
        raise NotFound
    checked = _checked(minutes)
    meeting = new_id(act.now)
    said = msgspec.json.encode(_Said(checked.attendees, checked.text))
    act.conn.execute(
        insert(MeetingRow).values(
            town_id=act.who.town,
            id=meeting,
            area_id=checked.area_id,
            held_on=checked.held_on,
            minutes=seal.close(said, "meeting", act.who.town, meeting, 0),
            written_by=act.who.id,
            written_at=act.now,
        )
    )
    act.note(Deed.MEETING_HELD, meeting)
    return meeting


def note_task(act: Act, meeting: str, case: str, grid: str) -> None:
    """Says that a case is a task of a meeting."""
    act.conn.execute(
        insert(MeetingTaskRow).values(
            town_id=act.who.town, meeting_id=meeting, case_id=case, grid=grid
        )
    )


def meetings(conn: Connection, who: AccountIdentity, seal: Seal, limit: int = 20) -> list[Meeting]:
    """The last meetings in the reader's area, the newest first."""
    reach = [area.id for area in areas_below(conn, who.town, who.area_id)]
    rows = conn.execute(
        select(MeetingRow)
        .where(col(MeetingRow.town_id) == who.town, col(MeetingRow.area_id).in_(reach))
        .order_by(col(MeetingRow.held_on).desc(), col(MeetingRow.id).desc())
        .limit(limit)
    ).all()
    tasks = _tasks(conn, who, [row.id for row in rows])
    found = []
    for row in rows:
        opened = seal.open(row.minutes, "meeting", who.town, row.id, 0)
        said = msgspec.json.decode(opened, type=_Said)
        found.append(
            Meeting(
                id=row.id,
                area_id=row.area_id,
                held_on=row.held_on,
                attendees=said.attendees,
                text=said.text,
                written_by=row.written_by,
                written_at=row.written_at,
                cases=tuple(tasks.get(row.id, ())),
            )
        )
    return found


def _tasks(conn: Connection, who: AccountIdentity, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = conn.execute(
        select(col(MeetingTaskRow.meeting_id), col(MeetingTaskRow.case_id))
        .where(col(MeetingTaskRow.town_id) == who.town, col(MeetingTaskRow.meeting_id).in_(ids))
        .order_by(col(MeetingTaskRow.case_id))
    )
    for row in rows:
        found.setdefault(row.meeting_id, []).append(row.case_id)
    return found


def _checked(minutes: Minutes) -> Minutes:
    try:
        day = date.fromisoformat(minutes.held_on)
    except ValueError as error:
        raise refused("meeting_day", "请填写会议日期。", "Say on which day it was.") from error
    text, who = minutes.text.strip(), " ".join(minutes.attendees.split())
    if not text or not who:
        raise refused(
            "meeting_empty",
            "请填写参加人和会议记录。",
            "Say who was there and what was said.",
        )
    if len(text) > TEXT_MAX or len(who) > WHO_MAX:
        raise refused(
            "too_long",
            f"会议记录请不超过 {TEXT_MAX} 字，参加人不超过 {WHO_MAX} 字。",
            f"At most {TEXT_MAX} characters of minutes, and {WHO_MAX} of names.",
        )
    return Minutes(minutes.area_id, day.isoformat(), who, text)
