"""Typed projections of the register for lists, counts and search. Remade by `doorstep rebuild`."""

from sqlalchemy import Index, text
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, town_key


def _of_merged(table: str) -> Index:
    """Finds what was merged into a record: a few rows of each table."""
    return _of(f"{table}_by_alias", "alias_of")


def _of(name: str, column: str) -> Index:
    """Finds by a column that few rows have."""
    has = text(f"{column} IS NOT NULL")
    return Index(name, "town_id", column, sqlite_where=has, postgresql_where=has)


class DwellingRow(ServerTable, table=True):
    """A dwelling, as its record shows it. `search` has its door and its street."""

    __tablename__ = "dwelling"
    __table_args__ = (
        Index("dwelling_by_grid", "town_id", "grid", "code"),
        Index("dwelling_by_code", "town_id", "code", "id"),
        _of_merged("dwelling"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    code: str = ""
    plate: str = ""
    address: str = ""
    search: str = ""
    words: str = ""
    building: str = ""
    unit_no: str = ""
    floor: int | None = None
    room: str = ""
    use: str = ""
    status: str = ""
    lat: float | None = None
    lon: float | None = None
    conflicts: int = 0
    alias_of: str | None = None
    deleted: bool = False


class HouseholdRow(ServerTable, table=True):
    """A household, as its record shows it. `search` has names and pinyin, never class S."""

    __tablename__ = "household"
    __table_args__ = (
        Index("household_by_grid", "town_id", "grid", "head_name"),
        Index("household_by_dwelling", "town_id", "dwelling_id"),
        Index("household_by_age", "town_id", "created_at"),
        _of_merged("household"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    dwelling_id: str | None = None
    household_no: str = ""
    head_name: str = ""
    search: str = ""
    words: str = ""
    phone: str = ""
    people_count: int | None = None
    tenure: str = ""
    household_kind: str = ""
    landlord_name: str = ""
    visit_policy: str = ""
    marks: str = ""
    """Codes separated by spaces."""
    conflicts: int = 0
    alias_of: str | None = None
    deleted: bool = False
    created_at: int = big()
    updated_at: int = big()
    last_visit_at: int | None = big_or_none()
    last_outcome: str = ""


class ResidentRow(ServerTable, table=True):
    """A resident, as its record shows it; of class S only the ID number's keyed hash."""

    __tablename__ = "resident"
    __table_args__ = (
        Index("resident_by_grid", "town_id", "grid", "name"),
        Index("resident_by_name", "town_id", "name", "id"),
        Index("resident_by_household", "town_id", "household_id"),
        Index("resident_by_id_hash", "town_id", "id_hash"),
        _of_merged("resident"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    household_id: str | None = None
    name: str = ""
    search: str = ""
    words: str = ""
    relation: str = ""
    sex: str = ""
    birth_date: str = ""
    phone: str = ""
    status: str = ""
    id_hash: str | None = None
    conflicts: int = 0
    alias_of: str | None = None
    deleted: bool = False


class VisitRow(ServerTable, table=True):
    """A visit, as its record shows it."""

    __tablename__ = "visit"
    __table_args__ = (
        Index("visit_by_household", "town_id", "household_id", "started"),
        Index("visit_by_grid", "town_id", "grid", "started"),
        Index("visit_by_time", "town_id", "started"),
        _of("visit_by_corrected", "corrects"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    household_id: str | None = None
    dwelling_id: str | None = None
    worker_id: str = ""
    started: int | None = big_or_none()
    """ms since the epoch; the device's effective time when the form gave none."""
    received: int = big()
    mode: str = ""
    outcome: str = ""
    note: str = ""
    next_visit: str = ""
    notices: str = ""
    """Codes of what was handed out, separated by spaces."""
    card_no: str = ""
    """The number of the service card that was handed out."""
    corrects: str | None = None
    """The visit in whose place this one stands."""
    deleted: bool = False


class QuestionRow(ServerTable, table=True):
    """What the office asked a worker, as its record shows it; the words stay in the record."""

    __tablename__ = "question"
    __table_args__ = (
        Index("question_by_record", "town_id", "about"),
        Index("question_by_grid", "town_id", "grid", "asked_at"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    version: int = big()
    household_id: str | None = None
    about: str = ""
    """The record that is asked about."""
    about_kind: str = ""
    item: str = ""
    """The unit that is asked about; empty for the record as a whole."""
    worker_id: str = ""
    """Whom the office asks."""
    asked_by: str = ""
    asked_at: int = big()
    answered: bool = False
    updated_at: int = big()
    """When it was asked, answered or closed last."""
    closed: bool = False
    """The office needs no answer any more, or has read it."""
    deleted: bool = False
