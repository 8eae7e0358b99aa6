"""The projection of grid work: of each record the codes, times and references that rules need."""

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db.base import ServerTable, big, town_key

_HAS_POST = text("post IS NOT NULL")


class WorkRow(ServerTable, table=True):
    """A case, a step, a nil report, a diary entry ... as lists and rules see it: no words."""

    __tablename__ = "work"
    __table_args__ = (
        Index("work_by_grid", "town_id", "grid", "kind", "at"),
        Index("work_by_about", "town_id", "about"),
        Index("work_by_household", "town_id", "household_id"),
        Index(
            "work_by_post", "town_id", "post", sqlite_where=_HAS_POST, postgresql_where=_HAS_POST
        ),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    kind: str
    about: str | None = None
    """Of a step its case; of a check its facility."""
    household_id: str | None = None
    post: str | None = None
    """Of a step that hands a case over, the post that gets it."""
    author: str = ""
    """The worker or account that wrote it first."""
    device: str = ""
    n: int = big()
    at: int = big()
    """When it was first written, ms, corrected."""
    claimed: int = big()
    """The same by the device's own clock."""
    received: int = big()
    facts: str = "{}"
    """JSON of those answers that shared.work.reading names, and of no others."""
    folded: str | None = None
    """Of a case, what its steps come to, as JSON: see server.register.folding."""
    deleted: bool = False
