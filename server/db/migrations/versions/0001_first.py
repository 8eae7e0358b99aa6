"""The first shape."""

import sqlalchemy as sa
from alembic import op

from server.db.audit_guard import guard_audit
from server.db.search_index import index_search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915 - written by alembic from the tables
    op.create_table(
        "access_token",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.String(), nullable=False),
        sa.Column("read_since", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("read_rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_table(
        "account",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("factor", sa.LargeBinary(), nullable=True),
        sa.Column("factor_step", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recovery", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "login", name="account_login"),
    )
    op.create_table(
        "area",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "code", name="area_code"),
    )
    op.create_index("area_by_parent", "area", ["town_id", "parent_id"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("duties", sa.String(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("assignment_by_area", "assignment", ["town_id", "area_id"], unique=False)
    op.create_index("assignment_by_worker", "assignment", ["town_id", "worker_id"], unique=False)
    op.create_table(
        "audit",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "seq"),
    )
    op.create_index("audit_by_actor", "audit", ["town_id", "actor", "at"], unique=False)
    op.create_table(
        "claim",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "mark", "record_id", "unit"),
    )
    op.create_table(
        "conflict",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed_seq", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("stood", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "conflict_by_record", "conflict", ["town_id", "record_id", "unit"], unique=False
    )
    op.create_index(
        "conflict_by_state", "conflict", ["town_id", "state", "grid", "opened_seq"], unique=False
    )
    op.create_table(
        "counter",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("forgotten", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id"),
    )
    op.create_table(
        "device",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("continues", sa.String(), nullable=True),
        sa.Column("last_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_contact", sa.BigInteger(), nullable=True),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("unsent", sa.Integer(), nullable=False),
        sa.Column("oldest_unsent", sa.BigInteger(), nullable=True),
        sa.Column("free_bytes", sa.BigInteger(), nullable=True),
        sa.Column("drafts", sa.String(), nullable=False),
        sa.Column("clock_offset", sa.BigInteger(), nullable=True),
        sa.Column("passed", sa.BigInteger(), nullable=True),
        sa.Column("lost_at", sa.BigInteger(), nullable=True),
        sa.Column("wiped_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("device_by_worker", "device", ["town_id", "worker_id"], unique=False)
    op.create_table(
        "rescue",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("waiting", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_by", sa.String(), nullable=True),
        sa.Column("second_by", sa.String(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("rescue_by_worker", "rescue", ["town_id", "worker_id", "state"], unique=False)
    op.create_table(
        "dwelling",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=False),
        sa.Column("unit_no", sa.String(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("use", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("alias_of", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("dwelling_by_code", "dwelling", ["town_id", "code", "id"], unique=False)
    op.create_index("dwelling_by_grid", "dwelling", ["town_id", "grid", "code"], unique=False)
    op.create_index(
        "dwelling_by_alias",
        "dwelling",
        ["town_id", "alias_of"],
        unique=False,
        sqlite_where=sa.text("alias_of IS NOT NULL"),
        postgresql_where=sa.text("alias_of IS NOT NULL"),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_table(
        "twin",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("of_device", sa.String(), nullable=False),
        sa.Column("of_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "device_id", "n"),
    )
    op.create_table(
        "exit",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "grid", "record_id"),
    )
    op.create_index("exit_by_grid", "exit", ["town_id", "grid", "seq"], unique=False)
    op.create_table(
        "form",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.Column("source_name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "kind", "version"),
    )
    op.create_table(
        "grid_sum",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "grid"),
    )
    op.create_table(
        "household",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dwelling_id", sa.String(), nullable=True),
        sa.Column("household_no", sa.String(), nullable=False),
        sa.Column("head_name", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("people_count", sa.Integer(), nullable=True),
        sa.Column("tenure", sa.String(), nullable=False),
        sa.Column("household_kind", sa.String(), nullable=False),
        sa.Column("landlord_name", sa.String(), nullable=False),
        sa.Column("visit_policy", sa.String(), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("alias_of", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("updated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_visit_at", sa.BigInteger(), nullable=True),
        sa.Column("last_outcome", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("household_by_age", "household", ["town_id", "created_at"], unique=False)
    op.create_index("household_by_dwelling", "household", ["town_id", "dwelling_id"], unique=False)
    op.create_index(
        "household_by_grid", "household", ["town_id", "grid", "head_name"], unique=False
    )
    op.create_index(
        "household_by_alias",
        "household",
        ["town_id", "alias_of"],
        unique=False,
        sqlite_where=sa.text("alias_of IS NOT NULL"),
        postgresql_where=sa.text("alias_of IS NOT NULL"),
    )
    op.create_table(
        "import_job",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_table(
        "file",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("content_id", sa.String(length=36), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "sha256"),
    )
    op.create_index("file_by_use", "file", ["town_id", "used", "added_at"], unique=False)
    op.create_table(
        "file_part",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("content_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "content_id", "number"),
    )
    op.create_table(
        "file_use",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "sha256", "record_id"),
    )
    op.create_index("file_use_by_record", "file_use", ["town_id", "record_id"], unique=False)
    op.create_table(
        "upload",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("upload_by_device", "upload", ["town_id", "device_id"], unique=False)
    op.create_index("upload_by_end", "upload", ["town_id", "expires_at"], unique=False)
    op.create_table(
        "journal",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_id", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("save_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("record_kind", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("base", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claimed", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=True),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("units", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "seq"),
        sa.UniqueConstraint("town_id", "device_id", "n", name="journal_once"),
    )
    op.create_index("journal_by_record", "journal", ["town_id", "record_id", "seq"], unique=False)
    op.create_table(
        "not_same",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("one_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "one_id", "other_id"),
    )
    op.create_table(
        "quarantine",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("words_zh", sa.String(), nullable=False),
        sa.Column("words_en", sa.String(), nullable=False),
        sa.Column("units", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("settled_seq", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "device_id", "n"),
    )
    op.create_index(
        "quarantine_by_record", "quarantine", ["town_id", "record_id", "state"], unique=False
    )
    op.create_index(
        "quarantine_by_state", "quarantine", ["town_id", "state", "received"], unique=False
    )
    op.create_table(
        "record",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("record_by_grid", "record", ["town_id", "grid", "version"], unique=False)
    op.create_index("record_by_place", "record", ["town_id", "grid", "id"], unique=False)
    op.create_table(
        "resident",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("birth_date", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("id_hash", sa.String(), nullable=True),
        sa.Column("conflicts", sa.Integer(), nullable=False),
        sa.Column("alias_of", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "resident_by_alias",
        "resident",
        ["town_id", "alias_of"],
        unique=False,
        sqlite_where=sa.text("alias_of IS NOT NULL"),
        postgresql_where=sa.text("alias_of IS NOT NULL"),
    )
    op.create_index("resident_by_grid", "resident", ["town_id", "grid", "name"], unique=False)
    op.create_index("resident_by_household", "resident", ["town_id", "household_id"], unique=False)
    op.create_index("resident_by_id_hash", "resident", ["town_id", "id_hash"], unique=False)
    op.create_index("resident_by_name", "resident", ["town_id", "name", "id"], unique=False)
    op.create_table(
        "town",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("factor_rule", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id"),
    )
    op.create_table(
        "console_session",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "console_session_by_account", "console_session", ["town_id", "account_id"], unique=False
    )
    op.create_table(
        "outside_identity",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("is_apart", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "issuer", "subject", name="outside_identity_once"),
    )
    op.create_index(
        "outside_identity_by_account", "outside_identity", ["town_id", "account_id"], unique=False
    )
    op.create_table(
        "visit",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("dwelling_id", sa.String(), nullable=True),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("next_visit", sa.String(), nullable=False),
        sa.Column("notices", sa.String(), nullable=False),
        sa.Column("card_no", sa.String(), nullable=False),
        sa.Column("corrects", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "visit_by_corrected",
        "visit",
        ["town_id", "corrects"],
        unique=False,
        sqlite_where=sa.text("corrects IS NOT NULL"),
        postgresql_where=sa.text("corrects IS NOT NULL"),
    )
    op.create_index("visit_by_grid", "visit", ["town_id", "grid", "started"], unique=False)
    op.create_index(
        "visit_by_household", "visit", ["town_id", "household_id", "started"], unique=False
    )
    op.create_index("visit_by_time", "visit", ["town_id", "started"], unique=False)
    op.create_table(
        "work",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("post", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claimed", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("work_by_about", "work", ["town_id", "about"], unique=False)
    op.create_index("work_by_grid", "work", ["town_id", "grid", "kind", "at"], unique=False)
    op.create_index("work_by_household", "work", ["town_id", "household_id"], unique=False)
    op.create_index(
        "work_by_post",
        "work",
        ["town_id", "post"],
        unique=False,
        sqlite_where=sa.text("post IS NOT NULL"),
        postgresql_where=sa.text("post IS NOT NULL"),
    )
    op.create_table(
        "worker",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("staff_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "staff_no", name="worker_staff_no"),
    )
    op.create_table(
        "question",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("question_by_grid", "question", ["town_id", "grid", "asked_at"], unique=False)
    op.create_index("question_by_record", "question", ["town_id", "about"], unique=False)
    op.create_table(
        "review",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("assignee", sa.String(), nullable=False),
        sa.Column("later_until", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "kind", "item"),
    )
    op.create_index("review_by_assignee", "review", ["town_id", "assignee"], unique=False)
    op.create_table(
        "lookalike",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("one_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("one_grid", sa.String(), nullable=False),
        sa.Column("other_grid", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "one_id", "other_id"),
    )
    op.create_index("lookalike_by_other", "lookalike", ["town_id", "other_id"], unique=False)
    op.create_table(
        "likeness_mark",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "mark", "record_id"),
    )
    op.create_index(
        "likeness_mark_by_record", "likeness_mark", ["town_id", "record_id"], unique=False
    )
    op.create_table(
        "likeness_pass",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("upto", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id"),
    )
    op.create_table(
        "boundary",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("geometry", sa.String(), nullable=False),
        sa.Column("outline", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "area_id", "valid_from"),
    )
    op.create_table(
        "coverage",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("dwelling_id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("building", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("status_known", sa.Boolean(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(), nullable=True),
        sa.Column("collected", sa.Boolean(), nullable=False),
        sa.Column("reached", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("applicable", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "dwelling_id"),
    )
    op.create_index("coverage_by_grid", "coverage", ["town_id", "grid", "building"], unique=False)
    op.create_index("coverage_by_household", "coverage", ["town_id", "household_id"], unique=False)
    op.create_table(
        "coverage_grid",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "grid"),
    )
    op.create_table(
        "coverage_day",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("contacted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "day", "grid"),
    )
    op.create_table(
        "coverage_pass",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("forms", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("kept", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("begun", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id"),
    )
    op.create_table(
        "legend",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("letter", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "key"),
    )
    op.create_table(
        "measured",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("parent_id", sa.String(), nullable=True),
        sa.Column("merged_into", sa.String(), nullable=True),
        sa.Column("again_on", sa.String(), nullable=True),
        sa.Column("applicable", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "record_id"),
    )
    op.create_index("measured_again", "measured", ["town_id", "again_on"], unique=False)
    op.create_index("measured_by_parent", "measured", ["town_id", "parent_id"], unique=False)
    op.create_table(
        "saved_list",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "saved_list_by_account", "saved_list", ["town_id", "account_id", "list"], unique=False
    )
    op.create_table(
        "export_order",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("wanted", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("mark", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "mark", name="export_mark"),
    )
    op.create_index(
        "export_by_account", "export_order", ["town_id", "account_id", "created_at"], unique=False
    )
    op.create_table(
        "card_batch",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.Column("spoiled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
        sa.UniqueConstraint("town_id", "grid", "first", name="card_batch_first"),
    )
    op.create_table(
        "directory_line",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "directory_by_area", "directory_line", ["town_id", "area_id", "valid_to"], unique=False
    )
    op.create_table(
        "station",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "area_id"),
    )
    op.create_table(
        "work_card",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("sheet", sa.String(length=36), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "code"),
    )
    op.create_index("work_card_by_worker", "work_card", ["town_id", "worker_id"], unique=False)
    op.create_index("work_card_by_sheet", "work_card", ["town_id", "sheet"], unique=False)
    op.create_table(
        "board_print",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("printed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("printed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "grid"),
    )
    op.create_table(
        "rights_request",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "rights_request_by_record", "rights_request", ["town_id", "record_id"], unique=False
    )
    op.create_index(
        "rights_request_by_state", "rights_request", ["town_id", "state", "due_at"], unique=False
    )
    op.create_table(
        "erased",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("overwritten_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "record_id"),
    )
    op.create_index("erased_by_space", "erased", ["town_id", "overwritten_at"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("held_on", sa.String(), nullable=False),
        sa.Column("minutes", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("meeting_by_area", "meeting", ["town_id", "area_id", "held_on"], unique=False)
    op.create_table(
        "meeting_task",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("meeting_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "meeting_id", "case_id"),
    )
    op.create_table(
        "summary_text",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("area_id", sa.String(length=36), nullable=False),
        sa.Column("first", sa.String(length=10), nullable=False),
        sa.Column("last", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "area_id", "first", "last", "version"),
    )
    op.create_table(
        "inspection",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("register_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("items", sa.String(), nullable=False),
        sa.Column("drawn_by", sa.String(), nullable=False),
        sa.Column("drawn_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "inspection_by_area", "inspection", ["town_id", "area_id", "drawn_at"], unique=False
    )
    op.create_table(
        "training",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("held_on", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_table(
        "training_attendance",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("training_id", sa.String(length=36), nullable=False),
        sa.Column("worker_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "training_id", "worker_id"),
    )
    op.create_table(
        "assessment",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("grid", sa.String(length=36), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("register_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        sa.Column("adjustment", sa.Float(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("signed_by", sa.String(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("objection", sa.String(), nullable=False),
        sa.Column("objected_by", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "grid", "month"),
    )
    op.create_table(
        "collection_report",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("area_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("collected", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "collection_report_by_area", "collection_report", ["town_id", "area_id", "at"], unique=False
    )
    op.create_table(
        "assessment_scheme",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("scheme", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "version"),
    )
    op.create_table(
        "retention_rule",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "kind", "unit"),
    )
    op.create_table(
        "retention_run",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("overwritten_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_table(
        "retention_hold",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lifted_by", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index(
        "retention_hold_by_record", "retention_hold", ["town_id", "record_id"], unique=False
    )
    op.create_table(
        "consent",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("units", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("guardian", sa.Boolean(), nullable=False),
        sa.Column("notice_version", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noted_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("visit_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "id"),
    )
    op.create_index("consent_by_grid", "consent", ["town_id", "grid", "said_at"], unique=False)
    op.create_index(
        "consent_by_record", "consent", ["town_id", "record_id", "noted_at"], unique=False
    )
    op.create_table(
        "consent_stop",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("unit", sa.String(length=100), nullable=False),
        sa.Column("emptied", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "record_id", "unit"),
    )
    op.create_index("consent_stop_by_emptied", "consent_stop", ["town_id", "emptied"], unique=False)
    op.create_table(
        "notice_text",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("notice", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("zh", sa.String(), nullable=False),
        sa.Column("en", sa.String(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("town_id", "notice", "version"),
    )
    op.create_table(
        "visit_breach",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=False),
        sa.Column("household_id", sa.String(), nullable=False),
        sa.Column("grid", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("started", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("judged_by", sa.String(), nullable=False),
        sa.Column("judged_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("town_id", "visit_id"),
    )
    op.create_index(
        "visit_breach_by_grid", "visit_breach", ["town_id", "grid", "started"], unique=False
    )
    op.create_index(
        "visit_breach_by_household", "visit_breach", ["town_id", "household_id"], unique=False
    )
    op.create_table(
        "breach_pass",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id"),
    )
    op.create_table(
        "import_shape",
        sa.Column("town_id", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.String(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("town_id", "fingerprint"),
    )
    # ### end Alembic commands ###
    guard_audit(op.get_bind())
    index_search(op.get_bind())
