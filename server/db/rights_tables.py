"""What people may ask of their own data: requests with a date, and what was erased."""

from sqlalchemy import Index
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob, blob_or_none, town_key


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
    """For how long records of a kind are kept, or one answer of theirs."""

    __tablename__ = "retention_rule"

    town_id: str = town_key()
    kind: str = Field(primary_key=True, max_length=100)
    unit: str = Field(primary_key=True, max_length=100, default="")
    """The answer that goes; empty where whole records do."""
    since: str
    """deleted (after they were deleted) or updated (after they were last changed); of an answer
    answered (after it was last written)."""
    days: int = 0
    set_by: str
    set_at: int = big()


class RetentionRunRow(ServerTable, table=True):
    """What the nightly erasure did by one rule."""

    __tablename__ = "retention_run"

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    kind: str
    since: str
    days: int = 0
    started_at: int = big()
    ended_at: int | None = big_or_none()
    records: int = 0
    held: int = 0
    """Records whose time was over and that a hold kept."""
    unit: str = ""
    """See RetentionRuleRow."""
    overwritten_at: int | None = big_or_none()
    """When the space that emptied answers had in the database was overwritten. Of whole records
    see ErasedRow."""


class HoldRow(ServerTable, table=True):
    """A record that is kept in spite of the rules, with what belongs to it."""

    __tablename__ = "retention_hold"
    __table_args__ = (Index("retention_hold_by_record", "town_id", "record_id"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    record_id: str
    grid: str
    reason: bytes = blob()
    """Sealed."""
    set_by: str
    set_at: int = big()
    until: int = big()
    lifted_by: str = ""
    lifted_at: int | None = big_or_none()


class ConsentRow(ServerTable, table=True):
    """One word of a person about what may be kept of them. Rows are only added; no words of hers.

    They outlive the person's own records: they prove what was allowed, and name nobody.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("consent_by_record", "town_id", "record_id", "noted_at"),
        Index("consent_by_grid", "town_id", "grid", "said_at"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    record_id: str
    """The resident."""
    grid: str
    purpose: str
    """sensitive, maternal or photos."""
    units: str = ""
    """The answers that it is about, separated by spaces."""
    word: str
    """given, declined or withdrawn."""
    how: str
    """paper, spoken or screen."""
    paper: str = ""
    """The number of the signed paper."""
    guardian: bool = False
    """A guardian spoke for a child under 14."""
    notice_version: int = 0
    """Of the privacy notice that she was given; 0 for none."""
    said_at: int = big()
    """The beginning of the day on which it was said, ms."""
    noted_at: int = big()
    noted_by: str
    visit_id: str = ""
    """The visit during which a worker noted it; empty for a word that came to the desk."""


class ConsentStopRow(ServerTable, table=True):
    """An answer that may not be kept any more: no change fills it until consent is given anew."""

    __tablename__ = "consent_stop"
    __table_args__ = (Index("consent_stop_by_emptied", "town_id", "emptied"),)

    town_id: str = town_key()
    record_id: str = Field(primary_key=True, max_length=36)
    unit: str = Field(primary_key=True, max_length=100)
    emptied: bool = True
    """Whether what was answered before is gone; a word from a phone is carried out after it came.
    """


class NoticeTextRow(ServerTable, table=True):
    """One version of what a notice says. Rows are only added."""

    __tablename__ = "notice_text"

    town_id: str = town_key()
    notice: str = Field(primary_key=True, max_length=100)
    """A code of the table `notice`."""
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    zh: str
    en: str = ""
    """Empty where it is handed out in Chinese alone."""
    from_at: int = big()
    set_by: str
