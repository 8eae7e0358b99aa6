"""What people may ask of their own data: requests with a date, and what was erased."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob_or_none, town_key


class RightsRequestRow(ServerTable, table=True):
    """Somebody asked to see, correct, erase or restrict what is kept of them."""

    __tablename__ = "rights_request"
    __table_args__ = (
        Index("rights_request_by_record", "town_id", "record_id"),
        Index("rights_request_by_state", "town_id", "state", "due_at"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    record_id: str
    grid: str
    wish: str
    """copy, correct, erase, restrict or lift."""
    asked_by: str
    """self, guardian, heir or authority: never a name."""
    note: bytes | None = blob_or_none()
    """How it came and how the person was recognised, sealed."""
    state: str = "open"
    """open, done or refused."""
    asked_at: int = big()
    due_at: int = big()
    taken_by: str = ""
    """Who wrote it down."""
    done_by: str = ""
    done_at: int | None = big_or_none()
    outcome: bytes | None = blob_or_none()
    """Why it was refused, or what was done, sealed."""


class ErasedRow(ServerTable, table=True):
    """A record whose answers are gone for good: nothing may bring them back."""

    __tablename__ = "erased"
    __table_args__ = (Index("erased_by_space", "town_id", "overwritten_at"),)

    town_id: str = town_key()
    record_id: str = Field(primary_key=True, max_length=36)
    grid: str
    at: int = big()
    by: str
    seq: int = big()
    """The change after which phones have nothing of it."""
    overwritten_at: int | None = big_or_none()
    """When the space that its answers had in the database was overwritten."""


class RetentionRuleRow(ServerTable, table=True):
    """For how long records of a kind are kept."""

    __tablename__ = "retention_rule"

    town_id: str = town_key()
    kind: str = Field(primary_key=True, max_length=100)
    since: str
    """deleted (after they were deleted) or updated (after they were last changed)."""
    days: int = 0
    set_by: str
    set_at: int = big()
