"""What the office keeps about its own reviewing: who looks at what, and pairs that look alike."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, town_key


class ReviewRow(ServerTable, table=True):
    """What reviewers said of one thing that waits: whose it is, until when it rests, and done."""

    __tablename__ = "review"
    __table_args__ = (Index("review_by_assignee", "town_id", "assignee"),)

    town_id: str = town_key()
    kind: str = Field(primary_key=True, max_length=20)
    """conflict, duplicate, held, registration or question."""
    item: str = Field(primary_key=True, max_length=80)
    """The id of the conflict, of the pair, of the record ..."""
    assignee: str = ""
    """The account that looks at it; empty for nobody."""
    later_until: int | None = big_or_none()
    """Kept for later: it does not ask before then."""
    done_at: int | None = big_or_none()
    done_by: str = ""
    changed_at: int = big()
    changed_by: str = ""


class LookalikeRow(ServerTable, table=True):
    """Two records that may be one, as the last comparison found them."""

    __tablename__ = "lookalike"
    __table_args__ = (Index("lookalike_by_other", "town_id", "other_id"),)

    town_id: str = town_key()
    one_id: str = Field(primary_key=True, max_length=36)
    """The smaller of the two ids."""
    other_id: str = Field(primary_key=True, max_length=36)
    kind: str
    one_grid: str
    other_grid: str
    score: int = 0
    """In thousandths."""
    reasons: str = ""
    """Codes separated by spaces."""
    found_at: int = big()


class LikenessMarkRow(ServerTable, table=True):
    """Records with the same mark are compared: a phone, a door, how a name sounds."""

    __tablename__ = "likeness_mark"
    __table_args__ = (Index("likeness_mark_by_record", "town_id", "record_id"),)

    town_id: str = town_key()
    mark: int = big(primary_key=True)
    """A keyed hash: it tells nobody a phone number."""
    record_id: str = Field(primary_key=True, max_length=36)


class LikenessPassRow(ServerTable, table=True):
    """How far the comparing of a town's records has come."""

    __tablename__ = "likeness_pass"

    town_id: str = town_key()
    version: int = big()
    """Every record is compared as it was at this change number, or later."""
    upto: int = big()
    """Where the town stood when the last whole pass began: below it, the pass is under way."""
    changed_at: int = big()


class VisitBreachRow(ServerTable, table=True):
    """A visit that broke a rule that spares households, and what the office made of it."""

    __tablename__ = "visit_breach"
    __table_args__ = (
        Index("visit_breach_by_grid", "town_id", "grid", "started"),
        Index("visit_breach_by_household", "town_id", "household_id"),
    )

    town_id: str = town_key()
    visit_id: str = Field(primary_key=True, max_length=36)
    household_id: str
    grid: str
    worker_id: str
    started: int = big()
    received: int = big()
    rules: str
    """Codes (shared.visiting.rules.Rule), separated by spaces."""
    reason: str = ""
    """The code of the reason that the worker gave; empty where none was given."""
    verdict: str = ""
    """accepted or marked; empty while it waits."""
    judged_by: str = ""
    judged_at: int | None = big_or_none()


class BreachPassRow(ServerTable, table=True):
    """How far the town's visits were held against the rules."""

    __tablename__ = "breach_pass"

    town_id: str = town_key()
    version: int = big()
    """Every visit was looked at as it was at this change number, or later."""
