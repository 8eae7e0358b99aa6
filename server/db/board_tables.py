"""What communities and villages report of their collection, and what the town says to it."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, town_key


class CollectionReportRow(ServerTable, table=True):
    """One step: reported, looked through, accepted or returned. It is never changed."""

    __tablename__ = "collection_report"
    __table_args__ = (Index("collection_report_by_area", "town_id", "area_id", "at"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    area_id: str
    state: str
    """collected, reviewed, accepted or returned."""
    listed: int = 0
    collected: int = 0
    """How many doors were to be collected, and were, at that moment."""
    reason: str = ""
    """Why it was returned."""
    by: str
    at: int = big()
