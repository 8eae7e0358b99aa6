"""Weekly inspections: what was drawn, from what, and when it was closed. Findings are records."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, town_key


class InspectionRow(ServerTable, table=True):
    """One draw. It is never changed but for its closing, so that nobody draws until it suits."""

    __tablename__ = "inspection"
    __table_args__ = (Index("inspection_by_area", "town_id", "area_id", "drawn_at"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    area_id: str
    seed: str
    """What the sample follows from, together with the register of that day."""
    households: int
    """How many there were to draw from."""
    cases: int
    """How many settled cases there were to draw from."""
    register_seq: int = big()
    """Where the register stood."""
    items: str
    """JSON: kind, id and grid of each, in the order in which they were drawn; no words."""
    drawn_by: str
    drawn_at: int = big()
    closed_by: str = ""
    closed_at: int | None = big_or_none()
