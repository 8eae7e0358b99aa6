"""How accounts come in: the browsers they are signed in with, and who they are elsewhere."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from server.db.base import ServerTable, big, town_key


class SessionRow(ServerTable, table=True):
    """A browser that an account is signed in with. Without its row a cookie is worth nothing."""

    __tablename__ = "console_session"
    __table_args__ = (Index("console_session_by_account", "town_id", "account_id"),)

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    account_id: str
    secret_hash: str
    """SHA-256 of what its cookie carries."""
    created_at: int = big()
    seen_at: int = big()
    """When it asked for something last, to the minute."""
    address: str = ""
    """From which network address it signed in."""
    browser: str = ""
    """What the browser calls itself, in two words; no more of that is kept."""
    way: str
    """server.office.sessions.Way."""


class IdentityRow(ServerTable, table=True):
    """Who an account is to the organisation's own sign-in; or who waits to be told so."""

    __tablename__ = "outside_identity"
    __table_args__ = (
        UniqueConstraint("town_id", "issuer", "subject", name="outside_identity_once"),
        Index("outside_identity_by_account", "town_id", "account_id"),
    )

    town_id: str = town_key()
    id: str = Field(primary_key=True, max_length=36)
    issuer: str
    subject: str
    """The person's id at the issuer: it alone never changes."""
    label: str = ""
    """The name that the issuer gave, for the admin who links it."""
    code: str = ""
    """Of somebody who waits: what they read out to the admin."""
    account_id: str = ""
    """Empty while nobody has linked it."""
    is_apart: bool = False
    """An admin has parted it from an account: only an admin links it again."""
    created_at: int = big()
