"""Service to residents: whom to call, the stations, printed service cards, work cards."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, town_key


class DirectoryRow(ServerTable, table=True):
    """A line of the directory of numbers. A change ends a line and adds another."""

    __tablename__ = "directory_line"
    __table_args__ = (Index("directory_by_area", "town_id", "area_id", "valid_to"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    area_id: str
    """For whom it is: a town's line is on every card of the town."""
    subject: str
    """server.service.subjects.Subject."""
    name: str = ""
    """Who answers there; the subject's own name where empty."""
    number: str
    hours: str = ""
    valid_from: int = big()
    valid_to: int | None = big_or_none()


class StationRow(ServerTable, table=True):
    """The service station of a community or of a town: where people go."""

    __tablename__ = "station"

    town_id: str = town_key()
    area_id: str = Field(primary_key=True, max_length=36)
    name: str
    address: str = ""
    hours: str = ""
    phone: str = ""
    changed_at: int = big()


class CardBatchRow(ServerTable, table=True):
    """Service cards that were printed in one go for one grid: numbers without a gap."""

    __tablename__ = "card_batch"
    __table_args__ = (UniqueConstraint("town_id", "grid", "first", name="card_batch_first"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    first: int
    """The lowest number in the batch."""
    count: int
    edition: int
    """Of the directory, as it was printed."""
    printed_at: int = big()
    printed_by: str
    spoiled: int = 0
    """Cards that came out of the printer unfit for use."""


class WorkCardRow(ServerTable, table=True):
    """A worker's printed card; its code leads to a page that says whether it holds today."""

    __tablename__ = "work_card"
    __table_args__ = (
        Index("work_card_by_worker", "town_id", "worker_id"),
        Index("work_card_by_sheet", "town_id", "sheet"),
    )

    town_id: str = town_key()
    code: str = Field(primary_key=True, max_length=24)
    """Random: it tells nothing, and cannot be guessed."""
    sheet: str = Field(max_length=36)
    """Names the cards that were issued in one go: they are printed together."""
    worker_id: str
    printed_at: int = big()
    printed_by: str
    until: int = big()
    ended_at: int | None = big_or_none()
    """When it was called back or replaced."""


class BoardPrintRow(ServerTable, table=True):
    """The last notice board that was printed for a grid: it tells whether it still holds."""

    __tablename__ = "board_print"

    town_id: str = town_key()
    grid: str = Field(primary_key=True, max_length=36)
    digest: str
    """Of all that is written on it."""
    printed_at: int = big()
    printed_by: str
