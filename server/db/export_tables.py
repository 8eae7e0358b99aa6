"""What leaves the register as files: who asked, why, who agreed, and each file's mark."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from server.db.base import ServerTable, big, big_or_none, blob, town_key


class ExportRow(ServerTable, table=True):
    """One file that somebody asked for. The file itself is never kept here."""

    __tablename__ = "export_order"
    __table_args__ = (
        UniqueConstraint("town_id", "mark", name="export_mark"),
        Index("export_by_account", "town_id", "account_id", "created_at"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    account_id: str
    wanted: bytes = blob()
    """JSON of server.exports.orders.Wanted; it names no person."""
    purpose: str
    reason: str
    rows: int = 0
    """Records when it was asked for; once taken, records that it had."""
    state: str
    """asked (waits for a second person), open, refused."""
    mark: str = Field(max_length=20)
    """Stands in every row of the file."""
    created_at: int = big()
    expires_at: int = big()
    decided_by: str = ""
    decided_at: int | None = big_or_none()
    taken_at: int | None = big_or_none()
