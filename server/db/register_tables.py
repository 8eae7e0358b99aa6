"""The truth: the register, its journal, and what could not be taken."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob, blob_or_none, town_key


class CounterRow(ServerTable, table=True):
    """A town's change counter: updated last in a transaction, so that numbers commit in order."""

    __tablename__ = "counter"

    town_id: str = town_key()
    seq: int = big()
    epoch: str = ""
    """Changes when the database is restored from a backup."""
    forgotten: int = big()
    """Up to this number tombstones and exits are forgotten: devices must have passed it."""


class RecordRow(ServerTable, table=True):
    """A record as it is now: `shared.codec.pack`, class S units sealed apart."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_by_grid", "town_id", "grid", "version"),
        Index("record_by_place", "town_id", "grid", "id"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    kind: str
    grid: str
    version: int = big()
    form: str = ""
    deleted: bool = False
    body: bytes = blob()
    secret: bytes | None = blob_or_none()


class GridSumRow(ServerTable, table=True):
    """What a device that holds all of a grid's records must have: kept with every write."""

    __tablename__ = "grid_sum"

    town_id: str = town_key()
    grid: str = Field(primary_key=True, max_length=36)
    records: int = 0
    checksum: int = big()
    """The sum of `shared.wire.checksum`, as a signed number of 64 bits."""


class ExitRow(ServerTable, table=True):
    """A record that left a grid: the devices of that grid are told to drop it."""

    __tablename__ = "exit"
    __table_args__ = (Index("exit_by_grid", "town_id", "grid", "seq"),)

    town_id: str = town_key()
    grid: str = Field(primary_key=True, max_length=36)
    record_id: str = Field(primary_key=True, max_length=36)
    seq: int = big()


class JournalRow(ServerTable, table=True):
    """One accepted change, for ever. The register is the replay of these rows in order."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("town_id", "device_id", "n", name="journal_once"),
        Index("journal_by_record", "town_id", "record_id", "seq"),
    )

    town_id: str = town_key()
    seq: int = big(primary_key=True)
    device_id: str
    n: int = big()
    save_id: str
    kind: str
    record_id: str
    record_kind: str
    grid: str
    """The record's grid after the change."""
    worker_id: str
    """The worker, or the console account, who made it."""
    on_behalf_of: str | None = None
    base: int = big()
    claimed: int = big()
    effective: int = big()
    received: int = big()
    form: str = ""
    visit_id: str | None = None
    rules: str = ""
    """The version of the form that was current: its merge rules were used."""
    outcome: str = ""
    units: str = ""
    """Names of the units left in conflict or refused, separated by spaces."""
    digest: str = ""
    """The device's hash chain after this change."""
    body: bytes = blob()
    """JSON: {"units": written, "before": shown before, "after": shown then where it is not what
    was written, "old": what the author had seen}."""
    secret: bytes | None = blob_or_none()
    """The same of class S units, sealed."""


class TwinRow(ServerTable, table=True):
    """A change that came once more, from a copy of its phone: it is the other one, and no change.

    Its device's numbers and hash chain count it; the journal and the register do not.
    """

    __tablename__ = "twin"

    town_id: str = town_key()
    device_id: str = Field(primary_key=True, max_length=36)
    n: int = big(primary_key=True)
    of_device: str
    of_n: int = big()
    digest: str
    """The device's hash chain after this change."""


class QuarantineRow(ServerTable, table=True):
    """A change that is held (its record has not come) or refused: kept raw, answered, not lost."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index("quarantine_by_record", "town_id", "record_id", "state"),
        Index("quarantine_by_state", "town_id", "state", "received"),
    )

    town_id: str = town_key()
    device_id: str = Field(primary_key=True, max_length=36)
    n: int = big(primary_key=True)
    state: str
    """held, rejected, released (applied later), partly (some units were refused), returned (to its
    author), corrected (entered by the office instead) or dropped (refused for good)."""
    record_id: str = ""
    grid: str = ""
    worker_id: str = ""
    received: int = big()
    effective: int = big()
    code: str = ""
    """Why, as a problem code."""
    words_zh: str = ""
    words_en: str = ""
    units: str = ""
    """Names of the refused units, separated by spaces."""
    digest: str = ""
    raw: bytes = blob()
    """The change's JSON, sealed."""
    settled_seq: int | None = big_or_none()
    """Where the town's register stood when the office last dealt with it."""
    settled_at: int | None = big_or_none()
    settled_by: str | None = None


class ConflictRow(ServerTable, table=True):
    """One unit of one record that waits, or waited, for a person."""

    __tablename__ = "conflict"
    __table_args__ = (
        Index("conflict_by_state", "town_id", "state", "grid", "opened_seq"),
        Index("conflict_by_record", "town_id", "record_id", "unit"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    record_id: str
    record_kind: str
    unit: str
    about: str = "values"
    """values that stand against each other, or a claim to another record's number."""
    grid: str
    state: str
    """open or closed."""
    opened_seq: int = big()
    opened_at: int = big()
    closed_seq: int | None = big_or_none()
    closed_at: int | None = big_or_none()
    closed_by: str | None = None
    stood: bytes | None = blob_or_none()
    """Once closed: the candidates that stood against each other, sealed."""


class FormRow(ServerTable, table=True):
    """A published form: `shared.forms.model.Form` as JSON."""

    __tablename__ = "form"

    town_id: str = town_key()
    kind: str = Field(primary_key=True)
    version: str = Field(primary_key=True)
    content: bytes = blob()
    sealed: str = ""
    """The units of class S in this version or one before it, separated by spaces."""
    published_at: int = big()
    """0: uploaded, and not published yet."""
    current: bool = False
    source: bytes = blob()
    """The XLSForm that it was compiled from, as it was uploaded; empty for the built-in ones."""
    source_name: str = ""


class NotSameRow(ServerTable, table=True):
    """Two records that look alike, and of which a person said that they are not the same."""

    __tablename__ = "not_same"

    town_id: str = town_key()
    one_id: str = Field(primary_key=True, max_length=36)
    """The smaller of the two ids."""
    other_id: str = Field(primary_key=True, max_length=36)
    said_by: str
    said_at: int = big()


class ClaimRow(ServerTable, table=True):
    """A record's claim to a number that its form calls unique."""

    __tablename__ = "claim"

    town_id: str = town_key()
    mark: str = Field(primary_key=True, max_length=64)
    """A keyed hash of the kind, the unit, the area in which it is unique, and the number."""
    record_id: str = Field(primary_key=True, max_length=36)
    unit: str = Field(primary_key=True, max_length=100)
    seq: int = big()
    """The change that made the claim: the first keeps the number."""
