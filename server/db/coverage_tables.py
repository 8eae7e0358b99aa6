"""What is counted of doors: made from the register, door by door, and remade when it changes."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob, town_key


class MeasuredRow(ServerTable, table=True):
    """How complete one household or resident is, and what it hung on when that was counted."""

    __tablename__ = "measured"
    __table_args__ = (
        Index("measured_by_parent", "town_id", "parent_id"),
        Index("measured_again", "town_id", "again_on"),
    )

    town_id: str = town_key()
    record_id: str = Field(primary_key=True, max_length=36)
    grid: str = ""
    """Where it was when it was measured: the grid that it is counted in."""
    parent_id: str | None = None
    """The dwelling of a household, the household of a resident."""
    merged_into: str | None = None
    again_on: str | None = None
    """The day on which other items may apply, as an ISO date; none if no item hangs on the day."""
    applicable: int = 0
    """This and the following as in shared.coverage.Items."""
    answered: int = 0
    declined: int = 0
    wanted: int = 0
    given: int = 0
    withheld: int = 0


class CoverageRow(ServerTable, table=True):
    """One dwelling as it is counted: every figure is a number of these rows."""

    __tablename__ = "coverage"
    __table_args__ = (
        Index("coverage_by_grid", "town_id", "grid", "building"),
        Index("coverage_by_household", "town_id", "household_id"),
    )

    town_id: str = town_key()
    dwelling_id: str = Field(primary_key=True, max_length=36)
    grid: str
    building: str = ""
    place: str
    """shared.coverage.Place."""
    status_known: bool = True
    households: int = 0
    household_id: str | None = None
    """The household that counts: a collected one, else the one of which least is missing."""
    collected: bool = False
    reached: str
    """shared.coverage.Reached."""
    state: str
    """shared.coverage.DoorState."""
    visits: int = 0
    verified_at: int | None = big_or_none()
    """When a visit last went through everything, ms."""
    applicable: int = 0
    """Of every household there with its people; this and the following as in
    shared.coverage.Items."""
    answered: int = 0
    declined: int = 0
    wanted: int = 0
    """Of the household that counts."""


class CoverageGridRow(ServerTable, table=True):
    """What is counted of a grid, kept: see server.coverage.sums."""

    __tablename__ = "coverage_grid"

    town_id: str = town_key()
    grid: str = Field(primary_key=True, max_length=36)
    day: str
    """The day that it holds for, as an ISO date: what is fresh hangs on it."""
    body: bytes = blob()
    """server.coverage.sums.GridSums, as JSON."""


class CoverageDayRow(ServerTable, table=True):
    """How a grid stood when it was last counted on a day."""

    __tablename__ = "coverage_day"

    town_id: str = town_key()
    day: str = Field(primary_key=True, max_length=10)
    """An ISO date, as the town's clocks show it."""
    grid: str = Field(primary_key=True, max_length=36)
    listed: int = 0
    collected: int = 0
    contacted: int = 0


class CoveragePassRow(ServerTable, table=True):
    """How far the counting of a town's doors has come."""

    __tablename__ = "coverage_pass"

    town_id: str = town_key()
    version: int = big()
    """Every door is counted as it was at this change number, or later."""
    forms: str = ""
    """The versions of the forms that it was counted by."""
    day: str = ""
    """The day for which the figures of each grid were kept last."""
    kept: int = big()
    """The change number at which they were kept."""
    stage: str = ""
    """Of a walk through the whole register, server.coverage.walk.Stage; empty while none is due."""
    after: str = ""
    """The record or grid up to which the stage has come."""
    begun: int = big()
    """The change number at which the walk began: what came later is counted after it."""
    done: int = 0
    """Of all that the walk looks at, so many; for the progress that is shown."""
    total: int = 0
