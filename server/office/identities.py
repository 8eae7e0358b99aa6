"""Who an account is to the organisation's own sign-in. No account is ever made by it.

An admin links each person, or the operator has named the claim that has their login name. Once
linked, the issuer and the person's id there decide, and nothing else: names and numbers may be
given to somebody else later.
"""

import secrets
from base64 import b32encode

from msgspec import Struct
from sqlalchemy import Connection, Select, delete, func, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AccountRow
from server.db.sign_in_tables import IdentityRow
from server.errors import NotFound
from server.keys import Keys
from server.office.accounts import one_account
from server.office.act import Act, require
from server.office.audit import Deed, Entry, record
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.sessions import drop_sessions

WAITING_MAX = 50
"""People who wait to be linked in a town; the oldest give way."""
WAITING_MS = 7 * 24 * 3_600_000
CODE_BYTES = 5
BY_CLAIM = "claim"


class Outsider(Struct, frozen=True):
    """A person as the organisation's sign-in names them."""

    issuer: str
    subject: str
    label: str = ""
    login: str = ""
    """The login name here, as a claim says it that the operator trusts; or empty."""


class Waiting(Struct, frozen=True):
    """Somebody who signed in there and has no account here yet."""

    id: str
    label: str
    code: str
    created_at: int


def account_of(conn: Connection, keys: Keys, town: str, *, who: Outsider, now: int) -> str | None:
    """The id of the person's account, linked now where a trusted claim says which."""
    row = conn.execute(_of(town, who)).one_or_none()
    if row is not None and row.account_id:
        return str(row.account_id)
    # Whom an admin has parted from an account, no claim brings back to it.
    claimed = None if row is not None and row.is_apart else _claimed(conn, town, who)
    if claimed is None:
        return None
    if row is None:
        _insert(conn, town, who, code="", account_id=claimed, now=now)
    else:
        _set(conn, town, row.id, claimed)
    record(conn, keys.audit, town, Entry(now, claimed, Deed.IDENTITY_LINKED, claimed, BY_CLAIM))
    return claimed


def wait(conn: Connection, town: str, who: Outsider, now: int) -> str:
    """Writes down that somebody waits to be linked; the code that they tell an admin."""
    row = conn.execute(_of(town, who)).one_or_none()
    if row is not None and row.code:
        return str(row.code)
    _make_room(conn, town, now)
    drawn = b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    code = f"{drawn[:4]}-{drawn[4:]}"
    if row is not None:  # was linked once, and is not any more
        conn.execute(
            update(IdentityRow)
            .where(col(IdentityRow.town_id) == town, col(IdentityRow.id) == row.id)
            .values(code=code, label=who.label, created_at=now)
        )
    else:
        _insert(conn, town, who, code=code, account_id="", now=now)
    return code


def waiting(conn: Connection, who: AccountIdentity, now: int) -> list[Waiting]:
    """Who waits to be linked, the newest first."""
    require(who, Action.SEE_ACCOUNTS)
    rows = conn.execute(
        select(IdentityRow)
        .where(
            col(IdentityRow.town_id) == who.town,
            col(IdentityRow.account_id) == "",
            col(IdentityRow.code) != "",
            col(IdentityRow.created_at) > now - WAITING_MS,
        )
        .order_by(col(IdentityRow.created_at).desc())
    )
    return [Waiting(row.id, row.label, row.code, row.created_at) for row in rows]


def linked(conn: Connection, who: AccountIdentity) -> frozenset[str]:
    """The ids of the accounts that somebody outside is linked with."""
    require(who, Action.SEE_ACCOUNTS)
    wanted = select(col(IdentityRow.account_id)).where(
        col(IdentityRow.town_id) == who.town, col(IdentityRow.account_id) != ""
    )
    return frozenset(conn.execute(wanted).scalars())


def link(act: Act, identity_id: str, account_id: str) -> None:
    """Somebody who waits is the owner of that account. Raises OfficeRefused or NotFound."""
    act.require(Action.MANAGE_ACCOUNTS)
    account = one_account(act.conn, act.who, account_id)
    row = act.conn.execute(
        select(IdentityRow).where(
            col(IdentityRow.town_id) == act.who.town,
            col(IdentityRow.id) == identity_id,
            col(IdentityRow.account_id) == "",
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if _is_taken(act.conn, act.who.town, row.issuer, account.id):
        raise refused(
            "identity_taken",
            f"{account.name}的账号已关联另一个统一登录身份，请先取消关联。",
            f"The account of {account.name} is linked with somebody else there: unlink it first.",
        )
    _set(act.conn, act.who.town, identity_id, account.id)
    act.note(Deed.IDENTITY_LINKED, account.id)


def unlink(act: Act, account_id: str) -> None:
    """Nobody outside is the owner of that account any more; its sessions end."""
    act.require(Action.MANAGE_ACCOUNTS)
    account = one_account(act.conn, act.who, account_id)
    act.conn.execute(
        update(IdentityRow)
        .where(col(IdentityRow.town_id) == act.who.town, col(IdentityRow.account_id) == account.id)
        .values(account_id="", code="", is_apart=True)
    )
    drop_sessions(act.conn, act.who.town, account.id)
    act.note(Deed.IDENTITY_UNLINKED, account.id)


def _of(town: str, who: Outsider) -> Select[IdentityRow]:
    return select(IdentityRow).where(
        col(IdentityRow.town_id) == town,
        col(IdentityRow.issuer) == who.issuer,
        col(IdentityRow.subject) == who.subject,
    )


def _claimed(conn: Connection, town: str, who: Outsider) -> str | None:
    """The account whose login name the person has there, unless it is somebody else's already."""
    if not who.login:
        return None
    account = conn.execute(
        select(col(AccountRow.id)).where(
            col(AccountRow.town_id) == town,
            col(AccountRow.login) == who.login,
            col(AccountRow.active).is_(True),
        )
    ).scalar_one_or_none()
    if account is None or _is_taken(conn, town, who.issuer, account):
        return None
    return str(account)


def _is_taken(conn: Connection, town: str, issuer: str, account_id: str) -> bool:
    taken = select(func.count()).where(
        col(IdentityRow.town_id) == town,
        col(IdentityRow.issuer) == issuer,
        col(IdentityRow.account_id) == account_id,
    )
    return conn.execute(taken).scalar_one() > 0


def _make_room(conn: Connection, town: str, now: int) -> None:
    """Forgets who waited for too long, and the oldest of too many. Strangers fill no table."""
    unlinked = (col(IdentityRow.town_id) == town, col(IdentityRow.account_id) == "")
    never = (*unlinked, col(IdentityRow.is_apart).is_(False))
    conn.execute(delete(IdentityRow).where(*never, col(IdentityRow.created_at) <= now - WAITING_MS))
    oldest = (
        select(col(IdentityRow.id))
        .where(*never)
        .order_by(col(IdentityRow.created_at).desc())
        .offset(WAITING_MAX - 1)
    )
    too_many = list(conn.execute(oldest).scalars())
    conn.execute(delete(IdentityRow).where(*never, col(IdentityRow.id).in_(too_many)))


def _insert(
    conn: Connection, town: str, who: Outsider, *, code: str, account_id: str, now: int
) -> None:
    conn.execute(
        insert(IdentityRow).values(
            town_id=town,
            id=new_id(now),
            issuer=who.issuer,
            subject=who.subject,
            label=who.label,
            code=code,
            account_id=account_id,
            is_apart=False,
            created_at=now,
        )
    )


def _set(conn: Connection, town: str, identity_id: str, account_id: str) -> None:
    conn.execute(
        update(IdentityRow)
        .where(col(IdentityRow.town_id) == town, col(IdentityRow.id) == identity_id)
        .values(account_id=account_id, code="", is_apart=False)
    )
