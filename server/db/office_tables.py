"""The office: towns, areas, people with their duties, devices, imports, the audit trail."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob_or_none, town_key


class TownRow(ServerTable, table=True):
    """The tenant: one register, one change counter, one shard."""

    __tablename__ = "town"

    town_id: str = town_key()
    name: str
    created_at: int = big()
    factor_rule: str = "admins"
    """Who must have a second factor: server.office.factor_rule.FactorRule."""


class AreaRow(ServerTable, table=True):
    """A node of the tree town > community > grid."""

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("town_id", "code", name="area_code"),
        Index("area_by_parent", "town_id", "parent_id"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    parent_id: str | None = None
    level: str
    """town, community or grid."""
    code: str
    """12 digits (GB/T 10114), and three more for a grid."""
    name: str
    valid_from: int = big()
    valid_to: int | None = big_or_none()


class AccountRow(ServerTable, table=True):
    """Someone who signs in to the console."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("town_id", "login", name="account_login"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    login: str
    name: str
    password_hash: str
    """Argon2id."""
    role: str
    """server.office.roles.Role."""
    area_id: str
    """The account sees this area and all below it."""
    post: str = ""
    """Of a department: the post (code of `handler`) whose cases it sees."""
    active: bool = True
    created_at: int = big()
    failures: int = 0
    locked_until: int = big()
    factor: bytes | None = blob_or_none()
    """The secret of the second factor, sealed; none where the account asks for no code."""
    factor_step: int = big()
    """The step of the last code that was taken: each counts once."""
    recovery: str = ""
    """Hashes of the recovery codes that are left, separated by spaces."""


class WorkerRow(ServerTable, table=True):
    """A grid worker."""

    __tablename__ = "worker"
    __table_args__ = (UniqueConstraint("town_id", "staff_no", name="worker_staff_no"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    staff_no: str
    name: str
    phone: str = ""
    active: bool = True
    created_at: int = big()


class AssignmentRow(ServerTable, table=True):
    """A worker's duty in an area, from and to."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("assignment_by_worker", "town_id", "worker_id"),
        Index("assignment_by_area", "town_id", "area_id"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    worker_id: str
    area_id: str
    role: str = "worker"
    duties: str = ""
    valid_from: int = big()
    valid_to: int | None = big_or_none()


class EnrolmentCodeRow(ServerTable, table=True):
    """A one-time code for one worker's device: its first part names it, the rest is secret."""

    __tablename__ = "enrolment_code"

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    worker_id: str
    secret_hash: str
    created_at: int = big()
    created_by: str = ""
    expires_at: int = big()
    tries: int = 0
    used_at: int | None = big_or_none()
    device_id: str | None = None


class DeviceRow(ServerTable, table=True):
    """A phone, or the console of one account: whoever writes changes has a counter here."""

    __tablename__ = "device"
    __table_args__ = (Index("device_by_worker", "town_id", "worker_id"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    worker_id: str
    """The worker; for a console, the account."""
    kind: str = "phone"
    """phone or console."""
    platform: str = ""
    public_key: str = ""
    token_hash: str = ""
    status: str = "active"
    """active, lost, revoked, wiped or retired."""
    lost_at: int | None = big_or_none()
    wiped_at: int | None = big_or_none()
    """When its receipt came: its keys and files are destroyed."""
    continues: str | None = None
    """The device of which this one is the new incarnation."""
    last_n: int = big()
    digest: str = ""
    created_at: int = big()
    last_contact: int | None = big_or_none()
    app: str = ""
    unsent: int = 0
    oldest_unsent: int | None = big_or_none()
    free_bytes: int | None = big_or_none()
    drafts: str = ""
    """The forms begun on it, as JSON: shared.wire.Begun."""
    clock_offset: int | None = big_or_none()
    passed: int | None = big_or_none()
    """The lowest change number of the cursor that it last pulled with; none if it had no cursor."""


class RescueRow(ServerTable, table=True):
    """A locked device asks to be let in; server/office/rescues.py."""

    __tablename__ = "rescue"
    __table_args__ = (Index("rescue_by_worker", "town_id", "worker_id", "state"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    device_id: str
    worker_id: str
    account: str
    """The account's id on the device."""
    box: bytes | None = blob_or_none()
    """From its vault; until somebody has decided."""
    waiting: str
    secret_hash: str
    state: str
    """shared.rescue.RescueState."""
    asked_at: int = big()
    expires_at: int = big()
    first_by: str | None = None
    second_by: str | None = None
    answer: bytes | None = blob_or_none()


class ImportRow(ServerTable, table=True):
    """An import of an existing table: the dry run's report, and what became of it."""

    __tablename__ = "import_job"

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    grid: str
    file_name: str
    sha256: str
    account_id: str
    state: str
    """checked, done, undone or dropped."""
    created_at: int = big()
    done_at: int | None = big_or_none()
    good: int = 0
    bad: int = 0
    report: bytes | None = blob_or_none()
    """The rows as they were understood, sealed."""


class ImportShapeRow(ServerTable, table=True):
    """What the columns of imported tables of one shape mean, as somebody put it right."""

    __tablename__ = "import_shape"

    town_id: str = town_key()
    fingerprint: str = Field(primary_key=True, max_length=64)
    """SHA-256 of the names of the columns."""
    columns: str
    """JSON: the column of each field."""
    set_by: str
    set_at: int = big()


class AccessTokenRow(ServerTable, table=True):
    """With it a program does what an account may do, and no more than the token's scopes say."""

    __tablename__ = "access_token"

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    account_id: str
    name: str
    scopes: str
    """Actions (server.office.roles.Action), separated by spaces."""
    secret_hash: str
    created_at: int = big()
    created_by: str = ""
    expires_at: int = big()
    revoked_at: int | None = big_or_none()
    used_at: int | None = big_or_none()
    kinds: str = ""
    """The kinds of records that its feed may read, separated by spaces; empty for all."""
    agreed_by: str = ""
    """The second person who agreed that its feed may read more than a few records a day."""
    read_since: int = big()
    read_rows: int = 0
    """Records that it has read since then: counted anew each day."""


class AuditRow(ServerTable, table=True):
    """Who did or saw what, chained by a MAC. Rows are only ever added."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_by_actor", "town_id", "actor", "at"),)

    town_id: str = town_key()
    seq: int = big(primary_key=True)
    at: int = big()
    actor: str
    action: str
    object: str = ""
    reason: str = ""
    mac: str = ""
