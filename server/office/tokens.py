"""Access tokens: with one a program does what an account may do, as far as the token's scopes go.

A token is told once and kept hashed; its secret has 256 bits, so a plain hash hides it. It ends by
its date, by being revoked, and with its account.
"""

import hmac
import secrets
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import Connection, insert, select, update
from sqlmodel import col

from server.clock import new_id
from server.db.office_tables import AccessTokenRow, AccountRow
from server.errors import NotFound
from server.office.act import Act
from server.office.audit import Deed
from server.office.devices import token_hash
from server.office.errors import OfficeRefused, refused
from server.office.people import AccountIdentity, account_identity
from server.office.roles import Action, may
from shared.wire import Words

PREFIX = "doorstep-admin"
"""So that a token which lies where it should not is recognised."""
DAYS_MAX = 366
NAME_MAX = 60
DEFAULT_SCOPES = (Action.SEE_RECORDS, Action.DECIDE)
_DAY_MS = 24 * 3600 * 1000
_USED_MS = 3600 * 1000
"""How exactly it is noted when a token was used last."""


class TokenRefused(OfficeRefused):
    """Nobody's token, or one that has ended."""

    def __init__(self) -> None:
        super().__init__(
            "token_refused",
            Words(
                "令牌无效、已过期或已撤销。请管理员用 doorstep add-token 重新生成。",
                "The token is not valid, has expired or was revoked. "
                "Ask an admin for a new one: doorstep add-token.",
            ),
        )


class GivenToken(Struct, frozen=True):
    """A token as it is told, once."""

    id: str
    token: str
    account: str
    scopes: tuple[Action, ...]
    expires_at: int


class KnownToken(Struct, frozen=True):
    """A token as the office sees it later."""

    id: str
    account_id: str
    name: str
    scopes: tuple[Action, ...]
    created_at: int
    expires_at: int
    revoked_at: int | None
    used_at: int | None


class Reading(Struct, frozen=True):
    """What a token's feed is for, and how far it goes."""

    kinds: tuple[str, ...] = ()
    """Empty for all that have a form."""
    agreed_by: str = ""
    """The account of the second person who agreed to more than a few records a day."""


NO_READING = Reading()


class Bearer(Struct, frozen=True):
    """Who shows a token, and what they may do with it."""

    who: AccountIdentity
    token: str
    """Its id."""
    actions: frozenset[Action]
    used_at: int | None = None
    reading: Reading = NO_READING
    name: str = ""
    """What it is for."""

    def may(self, action: Action) -> bool:
        """Whether both the token's scopes and the account's role say so."""
        return action in self.actions


def give_token(
    act: Act,
    login: str,
    name: str,
    scopes: Collection[Action],
    *,
    days: int,
    reading: Reading = NO_READING,
) -> GivenToken:
    """Makes a token of an account. Raises OfficeRefused."""
    act.require(Action.MANAGE_ACCOUNTS)
    who = account_of_login(act, login)
    _check_scopes(who, scopes, name)
    _check_days(days)
    token_id, secret = new_id(act.now), secrets.token_urlsafe(32)
    expires_at, purpose = act.now + days * _DAY_MS, name.strip()[:NAME_MAX]
    act.conn.execute(
        insert(AccessTokenRow).values(
            town_id=who.town,
            id=token_id,
            account_id=who.id,
            name=purpose,
            scopes=" ".join(sorted(scopes)),
            secret_hash=token_hash(secret),
            created_at=act.now,
            created_by=act.who.id,
            expires_at=expires_at,
            kinds=" ".join(reading.kinds),
            agreed_by=reading.agreed_by,
        )
    )
    act.note(Deed.TOKEN_GIVEN, token_id, purpose)
    if reading.agreed_by:
        act.note(Deed.FEED_AGREED, f"{token_id} {reading.agreed_by}", purpose)
    shown = f"{PREFIX}.{who.town}.{token_id}.{secret}"
    return GivenToken(token_id, shown, who.id, tuple(sorted(scopes)), expires_at)


def _check_days(days: int) -> None:
    if not 0 < days <= DAYS_MAX:
        raise refused(
            "token_days",
            f"令牌有效期应为 1 到 {DAYS_MAX} 天。",
            f"A token is valid for 1 to {DAYS_MAX} days.",
        )


def _check_scopes(who: AccountIdentity, scopes: Collection[Action], name: str) -> None:
    if Action.READ_FEED in scopes and not name.strip():
        raise refused(
            "token_purpose",
            "读取数据的令牌须用 --name 写明用途，一个用途一个令牌。",
            "A token that reads records needs a purpose (--name), one token for each.",
        )
    wrong = sorted(scope.value for scope in scopes if not may(who.role, scope))
    if wrong:
        said = ", ".join(wrong)
        raise refused(
            "token_scope",
            f"账号 {who.login} 的角色没有这些权限：{said}。",
            f"The role of the account {who.login} may not do this: {said}.",
        )


def revoke_token(act: Act, token_id: str) -> None:
    """Ends a token now. Raises NotFound; ending it twice changes nothing."""
    act.require(Action.MANAGE_ACCOUNTS)
    where = (col(AccessTokenRow.town_id) == act.who.town, col(AccessTokenRow.id) == token_id)
    row = act.conn.execute(select(col(AccessTokenRow.revoked_at)).where(*where)).one_or_none()
    if row is None:
        raise NotFound
    if row.revoked_at is None:
        act.conn.execute(update(AccessTokenRow).where(*where).values(revoked_at=act.now))
        act.note(Deed.TOKEN_REVOKED, token_id)


def tokens(conn: Connection, town: str) -> list[KnownToken]:
    """The town's tokens, the newest first."""
    rows = conn.execute(
        select(AccessTokenRow)
        .where(col(AccessTokenRow.town_id) == town)
        .order_by(col(AccessTokenRow.created_at).desc(), col(AccessTokenRow.id).desc())
    )
    return [
        KnownToken(
            row.id,
            row.account_id,
            row.name,
            tuple(map(Action, row.scopes.split())),
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.used_at,
        )
        for row in rows
    ]


def bearer(conn: Connection, token: str, now: int) -> Bearer:
    """Whose token this is, and what it allows now. Raises TokenRefused."""
    town, token_id, secret = _parts(token)
    row = conn.execute(
        select(AccessTokenRow).where(
            col(AccessTokenRow.town_id) == town, col(AccessTokenRow.id) == token_id
        )
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.secret_hash, token_hash(secret)):
        raise TokenRefused
    who = account_identity(conn, town, row.account_id)
    if who is None or row.revoked_at is not None or row.expires_at <= now:
        raise TokenRefused
    scopes = frozenset(map(Action, row.scopes.split()))
    actions = frozenset(each for each in scopes if may(who.role, each))
    reading = Reading(tuple(row.kinds.split()), row.agreed_by)
    return Bearer(who, token_id, actions, row.used_at, reading, row.name)


def is_stale(bearer: Bearer, now: int) -> bool:
    """Whether it is worth noting that the token is used: once an hour."""
    return bearer.used_at is None or bearer.used_at < now - _USED_MS


def note_use(conn: Connection, bearer: Bearer, now: int) -> None:
    """Notes that a token was used."""
    conn.execute(
        update(AccessTokenRow)
        .where(
            col(AccessTokenRow.town_id) == bearer.who.town,
            col(AccessTokenRow.id) == bearer.token,
        )
        .values(used_at=now)
    )


def count_read(act: Act, token_id: str, rows: int) -> int:
    """Counts what a token's feed has read; how much that is in 24 hours."""
    where = (col(AccessTokenRow.town_id) == act.who.town, col(AccessTokenRow.id) == token_id)
    wanted = select(col(AccessTokenRow.read_since), col(AccessTokenRow.read_rows))
    row = act.conn.execute(wanted.where(*where).with_for_update()).one()
    is_new = row.read_since <= act.now - _DAY_MS
    since, so_far = (act.now, 0) if is_new else (row.read_since, row.read_rows)
    act.conn.execute(
        update(AccessTokenRow).where(*where).values(read_since=since, read_rows=so_far + rows)
    )
    return so_far + rows


def account_of_login(act: Act, login: str) -> AccountIdentity:
    """The active account of that login. Raises OfficeRefused."""
    found = act.conn.execute(
        select(col(AccountRow.id)).where(
            col(AccountRow.town_id) == act.who.town, col(AccountRow.login) == login.strip().lower()
        )
    ).scalar_one_or_none()
    who = None if found is None else account_identity(act.conn, act.who.town, found)
    if who is None:
        raise refused(
            "no_account", f"没有可用的账号 {login}。", f"There is no active account {login}."
        )
    return who


def _parts(token: str) -> tuple[str, str, str]:
    parts = token.split(".")
    if len(parts) != 4 or parts[0] != PREFIX or "\0" in token or not token.isascii():
        raise TokenRefused
    return parts[1], parts[2], parts[3]
