"""Training: which session there was, and who attended. Nothing of how anybody did."""

from sqlmodel import Field

from server.db.base import ServerTable, big, town_key


class TrainingRow(ServerTable, table=True):
    """A session."""

    __tablename__ = "training"

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    area_id: str
    """Whose session it was."""
    held_on: str
    """An ISO date."""
    subject: str
    """A code of the table training_subject."""
    title: str
    noted_by: str
    noted_at: int = big()


class AttendanceRow(ServerTable, table=True):
    """That a worker attended."""

    __tablename__ = "training_attendance"

    town_id: str = town_key()
    training_id: str = Field(primary_key=True, max_length=36)
    worker_id: str = Field(primary_key=True, max_length=36)
