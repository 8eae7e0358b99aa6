"""Meetings of a grid office, and the tasks that came of them."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, blob, town_key


class MeetingRow(ServerTable, table=True):
    """A meeting that was held. Its minutes are written once; what was forgotten is another row."""

    __tablename__ = "meeting"
    __table_args__ = (Index("meeting_by_area", "town_id", "area_id", "held_on"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    area_id: str
    held_on: str
    """An ISO date."""
    minutes: bytes = blob()
    """Who was there and what was said, sealed."""
    written_by: str
    written_at: int = big()


class MeetingTaskRow(ServerTable, table=True):
    """A task that a meeting gave to a grid: an ordinary case there."""

    __tablename__ = "meeting_task"

    town_id: str = town_key()
    meeting_id: str = Field(primary_key=True, max_length=36)
    case_id: str = Field(primary_key=True, max_length=36)
    grid: str
