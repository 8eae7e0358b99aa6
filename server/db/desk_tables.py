"""What people at the console set up for themselves and for their town."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, town_key


class SavedListRow(ServerTable, table=True):
    """A list as somebody wants to see it again: its filter, columns and order, under a name."""

    __tablename__ = "saved_list"
    __table_args__ = (Index("saved_list_by_account", "town_id", "account_id", "list"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    account_id: str
    list: str
    """households, residents, dwellings or visits."""
    name: str
    query: str
    """The list's own part of its address."""
    created_at: int = big()


class BoundaryRow(ServerTable, table=True):
    """The boundary of an area for a time: the newest that has begun and not ended is the one."""

    __tablename__ = "boundary"

    town_id: str = town_key()
    area_id: str = Field(primary_key=True, max_length=36)
    valid_from: int = big(primary_key=True)
    valid_to: int | None = big_or_none()
    geometry: str
    """GeoJSON (RFC 7946, WGS-84): a MultiPolygon."""
    outline: str
    """Its coordinates with few points, as JSON: what phones are sent."""
    changed_at: int = big()
    changed_by: str = ""


class LegendRow(ServerTable, table=True):
    """How a town draws a state of doors or a mark of households, where it is not as usual."""

    __tablename__ = "legend"

    town_id: str = town_key()
    key: str = Field(primary_key=True, max_length=60)
    """`state.` or `mark.`, and the code."""
    colour: str
    """A name of the palette."""
    letter: str
