"""The first shape."""

from alembic import op

from server.db.audit_guard import guard_audit
from server.db.tables import METADATA

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
    guard_audit(op.get_bind())
