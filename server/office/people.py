"""Who is acting: the account at the console, or the device of a worker."""

from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection, select
from sqlmodel import col

from server.db.office_tables import AccountRow
from server.office.areas import grids_below, town_area
from server.office.roles import Role

OPERATOR = "operator"
"""The actor of commands on the server's own machine."""


class DeviceStatus(StrEnum):
    """How a device stands."""

    ACTIVE = "active"
    LOST = "lost"
    """Its next contact is answered with 410: destroy the keys."""
    REVOKED = "revoked"
    WIPED = "wiped"
    RETIRED = "retired"
    """Goes on as another device (its new incarnation)."""


class AccountIdentity(Struct, frozen=True):
    """Someone who signed in to the console, with what they may see."""

    town: str
    id: str
    login: str
    name: str
    role: Role
    area_id: str
    grids: frozenset[str]
    """All grids in their area, also those that have ended; none for a department."""
    post: str = ""
    """The post that a department acts for."""


class DeviceIdentity(Struct, frozen=True):
    """A worker's device that showed its token, with what it may hold now."""

    town: str
    id: str
    worker_id: str
    worker_name: str
    public_key: str
    """Ed25519, base64."""
    grids: tuple[str, ...]
    status: DeviceStatus = DeviceStatus.ACTIVE
    last_n: int = 0
    """The last of its changes that the server had when it showed its token."""
    light: frozenset[str] = frozenset()
    """Those of its grids of which it only reports: it is told what became of that, and no more."""

    @property
    def whole(self) -> tuple[str, ...]:
        """The grids whose register it holds."""
        return tuple(grid for grid in self.grids if grid not in self.light)


def account_identity(conn: Connection, town: str, account_id: str) -> AccountIdentity | None:
    """The account as it may act now, or None when there is no such active account."""
    row = conn.execute(
        select(AccountRow).where(
            col(AccountRow.town_id) == town,
            col(AccountRow.id) == account_id,
            col(AccountRow.active).is_(True),
        )
    ).one_or_none()
    if row is None:
        return None
    role = Role(row.role)
    below = frozenset() if role is Role.DEPARTMENT else grids_below(conn, town, row.area_id)
    return AccountIdentity(
        town=town,
        id=row.id,
        login=row.login,
        name=row.name,
        role=role,
        area_id=row.area_id,
        grids=below,
        post=row.post,
    )


def operator(conn: Connection, town: str) -> AccountIdentity:
    """Whoever runs commands on the server's machine: may do what a town admin may."""
    area = town_area(conn, town)
    return AccountIdentity(
        town=town,
        id=OPERATOR,
        login=OPERATOR,
        name=OPERATOR,
        role=Role.TOWN_ADMIN,
        area_id=area,
        grids=grids_below(conn, town, area),
    )
