"""What people write beneath the figures of a period summary."""

from sqlmodel import Field

from server.db.base import ServerTable, big, blob, town_key


class SummaryTextRow(ServerTable, table=True):
    """One version of it. Versions are only added: the last one stands, none is lost."""

    __tablename__ = "summary_text"
    town_id: str = town_key()
    area_id: str = Field(primary_key=True, max_length=36)
    first: str = Field(primary_key=True, max_length=10)
    """An ISO date, as is `last`: the days that the summary is of."""
    last: str = Field(primary_key=True, max_length=10)
    version: int = Field(primary_key=True)
    """From 1, without a gap."""
    text: bytes = blob()
    """Problems met and next steps, sealed: a sentence may be of somebody."""
    written_by: str
    written_at: int = big()
