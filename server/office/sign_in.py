"""Signing in to the console, and staying signed in.

A wrong name, a wrong password, a closed and a locked account look the same from outside: same
words, same work. What counts as a guess is `server.office.guesses`.
"""

import hmac
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Connection, Engine, select, update
from sqlmodel import col

from server.clock import Clock, now_ms
from server.db.engine import writing
from server.db.office_tables import AccountRow
from server.keys import Keys
from server.office.act import Act, acting
from server.office.audit import Deed, Entry, record
from server.office.errors import refused
from server.office.factor_rule import must_have_factor
from server.office.guesses import Tried, forgive, show_code, take_try, uncount
from server.office.passwords import check_password, hashed, is_outdated, matches
from server.office.people import AccountIdentity, account_identity
from server.office.second_factor import has_factor, turn_on
from server.office.sessions import (
    Life,
    Origin,
    Session,
    Ticket,
    Way,
    drop_sessions,
    open_session,
    session_of,
)
from server.office.sign_in_errors import (
    CodeNeeded,
    Half,
    MoreNeeded,
    SetUpNeeded,
    SignInRefused,
)

STAMP_LENGTH = 16


class Attempt(Struct, frozen=True):
    """What somebody typed. `town` may be empty where the server has only one."""

    login: str
    password: str
    town: str = ""
    origin: Origin | None = None
    """Where a session is to be opened; none where somebody only proves to be there."""


class SignedIn(Struct, frozen=True):
    """Who signed in, and the session that was opened for them."""

    who: AccountIdentity
    ticket: Ticket | None = None


class Entered(Struct, frozen=True):
    """Whose session it is, as they may act now."""

    who: AccountIdentity
    session: Session


class SetUp(Struct, frozen=True):
    """Who signed in by setting up a second factor, and its recovery codes, shown once."""

    signed_in: SignedIn
    recovery: tuple[str, ...]


class _Shown(Struct, frozen=True):
    """What somebody has shown of themselves, and how."""

    account: tuple[str, str]
    way: Way
    origin: Origin | None
    is_whole: bool = False
    """Whether nothing more may be asked for."""
    tried: Tried | None = None
    password: str = ""
    stamp: str = ""
    """Of the password that was shown in the step before; empty where there was none."""


def sign_in(engine: Engine, keys: Keys, attempt: Attempt, clock: Clock = now_ms) -> SignedIn:
    """Signs somebody in by password.

    Raises SignInRefused, or CodeNeeded or SetUpNeeded where the password is not enough.
    """
    tried = _show_password(engine, keys, attempt, clock)
    shown = _Shown(
        (tried.town, tried.account_id),
        Way.PASSWORD,
        attempt.origin,
        tried=tried,
        password=attempt.password,
    )
    try:
        return _let_in(engine, keys, shown, clock())
    except MoreNeeded:
        uncount(engine, tried)  # the password was no guess
        raise


def sign_in_with_code(
    engine: Engine,
    keys: Keys,
    half: Half,
    *,
    code: str,
    origin: Origin | None = None,
    clock: Clock = now_ms,
) -> SignedIn:
    """The second step of an account whose password was right.

    Raises CodeRefused, or SignInRefused where the password has been changed meanwhile.
    """
    show_code(engine, keys, (half.town, half.account), code=code, clock=clock)
    return _let_in(engine, keys, _second(half, origin), clock())


def sign_in_by_setting_up(
    engine: Engine,
    keys: Keys,
    half: Half,
    *,
    factor: tuple[str, str],
    origin: Origin,
    clock: Clock = now_ms,
) -> SetUp:
    """The second step of an account that must have a second factor and has none.

    factor: the secret, and the code that the app shows for it. Raises OfficeRefused.
    """
    now, shown = clock(), _second(half, origin)
    with writing(engine) as conn:
        who = account_identity(conn, *shown.account)
        if who is None or not _still_right(conn, shown):
            raise SignInRefused
        recovery = turn_on(Act(conn, who, keys, now), *factor)
    return SetUp(_let_in(engine, keys, shown, now), recovery)


def sign_in_from_outside(
    engine: Engine,
    keys: Keys,
    account: tuple[str, str],
    *,
    origin: Origin,
    is_whole: bool,
    clock: Clock = now_ms,
) -> SignedIn:
    """Signs in whom the organisation's own sign-in knows as that account (town, id).

    is_whole: its second factor counts here. Raises SignInRefused, CodeNeeded or SetUpNeeded.
    """
    shown = _Shown(account, Way.ORGANISATION, origin, is_whole=is_whole)
    return _let_in(engine, keys, shown, clock())


def signed_in(conn: Connection, ticket: Ticket, life: Life, now: int) -> Entered | None:
    """Whose session a cookie is of, or None when it has ended."""
    session = session_of(conn, ticket, life, now)
    if session is None:
        return None
    who = account_identity(conn, ticket.town, session.account_id)
    return None if who is None else Entered(who, session)


def change_password(
    engine: Engine,
    keys: Keys,
    who: AccountIdentity,
    *,
    old: str,
    new: str,
    clock: Clock = now_ms,
) -> None:
    """Changes one's own password and ends all one's sessions. Raises OfficeRefused."""
    check_password(new, who.login)
    try:
        tried = _show_password(engine, keys, Attempt(who.login, old, who.town), clock)
    except SignInRefused as error:
        raise refused(
            "password_wrong",
            "当前密码不正确。多次输错后需等待几分钟再试。",
            "The current password is not right. After several wrong tries, wait a few minutes.",
        ) from error
    uncount(engine, tried)
    if old == new:
        raise refused(
            "password_same", "新密码不能与旧密码相同。", "The new password must be another one."
        )
    with acting(engine, keys, who, clock) as act:
        _keep_password(act.conn, (who.town, who.id), new)
        drop_sessions(act.conn, who.town, who.id)
        act.note(Deed.PASSWORD_CHANGED, who.id)


def _show_password(engine: Engine, keys: Keys, attempt: Attempt, clock: Clock) -> Tried:
    tried = take_try(engine, keys, (attempt.town, attempt.login), clock())
    if not matches(attempt.password, tried.password_hash):
        raise SignInRefused
    return tried


def _let_in(engine: Engine, keys: Keys, shown: _Shown, now: int) -> SignedIn:
    town, account_id = shown.account
    with writing(engine) as conn:
        who = account_identity(conn, town, account_id)
        if who is None or not _still_right(conn, shown):
            raise SignInRefused  # closed or changed while the password was being compared
        if not shown.is_whole:
            _ask_for_more(conn, who, shown.way)
        forgive(conn, shown.account)
        if shown.tried and shown.tried.password_hash and is_outdated(shown.tried.password_hash):
            _keep_password(conn, shown.account, shown.password)
        ticket = None
        if shown.origin is not None:
            ticket = open_session(conn, shown.account, origin=shown.origin, way=shown.way, now=now)
        record(conn, keys.audit, town, Entry(now, who.id, Deed.SIGNED_IN, who.id))
    return SignedIn(who, ticket)


def _ask_for_more(conn: Connection, who: AccountIdentity, way: Way) -> None:
    """Raises CodeNeeded where the account has a second factor, SetUpNeeded where it must."""
    stamp = _stamp(_kept_hash(conn, (who.town, who.id)))
    half = Half(who.town, who.id, who.login, way, stamp)
    if has_factor(conn, who.town, who.id):
        raise CodeNeeded(half)
    if must_have_factor(conn, who.town, who.role):
        raise SetUpNeeded(half)


def _second(half: Half, origin: Origin | None) -> _Shown:
    """What has been shown once the second step is done too."""
    way = Way.CODE if half.way is Way.PASSWORD else half.way
    account = (half.town, half.account)
    return _Shown(account, way, origin, is_whole=True, stamp=half.stamp)


def _still_right(conn: Connection, shown: _Shown) -> bool:
    """Whether the password is the one that was shown: another one ends what has been begun."""
    if shown.tried is None and not shown.stamp:
        return True
    kept = _kept_hash(conn, shown.account)
    if shown.tried is not None:
        return kept == shown.tried.password_hash
    return hmac.compare_digest(_stamp(kept), shown.stamp)


def _kept_hash(conn: Connection, account: tuple[str, str]) -> str:
    kept = select(col(AccountRow.password_hash)).where(
        col(AccountRow.town_id) == account[0], col(AccountRow.id) == account[1]
    )
    return str(conn.execute(kept).scalar_one())


def _stamp(kept: str) -> str:
    return sha256(kept.encode()).hexdigest()[:STAMP_LENGTH]


def _keep_password(conn: Connection, account: tuple[str, str], password: str) -> None:
    conn.execute(
        update(AccountRow)
        .where(col(AccountRow.town_id) == account[0], col(AccountRow.id) == account[1])
        .values(password_hash=hashed(password))
    )
