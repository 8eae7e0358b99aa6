"""Signing in to the console, and staying signed in.

A wrong name, a wrong password, a closed and a locked account look the same from outside: same
words, same work. A try is counted before it is judged, so that guesses side by side count too.
"""

import hmac

from msgspec import Struct
from sqlalchemy import Connection, Engine, case, select, update
from sqlmodel import col

from server.clock import Clock, now_ms
from server.db.engine import writing
from server.db.office_tables import AccountRow
from server.keys import Keys
from server.office.accounts import new_session_key
from server.office.act import acting
from server.office.audit import Deed, Entry, record
from server.office.errors import OfficeRefused, refused
from server.office.passwords import check_password, hashed, is_outdated, matches
from server.office.people import AccountIdentity, account_identity
from server.office.second_factor import has_factor, take_code
from server.office.towns import one_town
from shared.wire import Words

FREE_TRIES = 4
"""Wrong passwords before the first delay."""
DELAYS_MIN = (1, 2, 4, 8, 15)
"""Minutes to wait after each further one; the last stays."""
_MINUTE = 60_000
_UNKNOWN = ""


class SignInRefused(OfficeRefused):
    """Not signed in; nobody is told why."""

    def __init__(self) -> None:
        super().__init__(
            "sign_in_refused",
            Words(
                "登录名或密码不正确。多次输错后需等待几分钟再试。",
                "The login name or the password is not right. "
                "After several wrong tries, wait a few minutes.",
            ),
        )


class CodeNeeded(OfficeRefused):
    """The password is right; the account asks for a code too."""

    def __init__(self, town: str, account_id: str) -> None:
        super().__init__(
            "code_needed",
            Words("请输入验证应用里的 6 位数字。", "Type the six digits of your app."),
        )
        self.account = (town, account_id)


class CodeRefused(OfficeRefused):
    """Not the code, or one that was taken before."""

    def __init__(self) -> None:
        super().__init__(
            "code_refused",
            Words(
                "验证码不正确或已经用过。多次输错后需等待几分钟再试。",
                "The code is not right, or was used already. "
                "After several wrong tries, wait a few minutes.",
            ),
        )


class Attempt(Struct, frozen=True):
    """What somebody typed. `town` may be empty where the server has only one."""

    login: str
    password: str
    town: str = ""


class SignedIn(Struct, frozen=True):
    """Who signed in, and the key that their session must carry."""

    who: AccountIdentity
    session_key: str


class _Try(Struct, frozen=True):
    """What the password is to be compared with; no hash when no password could be right."""

    town: str
    account_id: str
    password_hash: str | None
    until: int = 0
    """Until when the counted try locks the account, if nothing else happens."""


def sign_in(engine: Engine, keys: Keys, attempt: Attempt, clock: Clock = now_ms) -> SignedIn:
    """Signs somebody in. Raises SignInRefused, or CodeNeeded where the password is not enough."""
    tried = _take_try(engine, keys, attempt, clock())
    if not matches(attempt.password, tried.password_hash):
        raise SignInRefused
    try:
        return _let_in(engine, keys, tried, attempt.password, now=clock())
    except CodeNeeded:
        _uncount(engine, tried)  # the password was no guess
        raise


def sign_in_with_code(
    engine: Engine, keys: Keys, account: tuple[str, str], *, code: str, clock: Clock = now_ms
) -> SignedIn:
    """The second step of an account whose password was right. Raises CodeRefused."""
    now, (town, account_id) = clock(), account
    with writing(engine) as conn:
        row = conn.execute(
            select(AccountRow)
            .where(col(AccountRow.town_id) == town, col(AccountRow.id) == account_id)
            .with_for_update()
        ).one_or_none()
        open_to_try = row is not None and row.active and row.locked_until <= now
        right = open_to_try and take_code(conn, keys, account, code=code, now=now)
        if row is not None and open_to_try and not right:
            failures = row.failures + 1
            _count(conn, town, account_id, failures=failures, until=now + wait_after(failures))
        record(conn, keys.audit, town, Entry(now, account_id, Deed.SIGN_IN_TRIED, account_id))
    if not right:
        raise CodeRefused
    return _let_in(engine, keys, _Try(town, account_id, None), "", now=now)


def signed_in(
    conn: Connection, town: str, account_id: str, session_key: str
) -> AccountIdentity | None:
    """Who a session belongs to, or None when it has been ended."""
    kept = conn.execute(
        select(col(AccountRow.session_key)).where(
            col(AccountRow.town_id) == town, col(AccountRow.id) == account_id
        )
    ).scalar_one_or_none()
    if not kept or not hmac.compare_digest(kept.encode(), session_key.encode()):
        return None
    return account_identity(conn, town, account_id)


def change_password(
    engine: Engine,
    keys: Keys,
    who: AccountIdentity,
    *,
    old: str,
    new: str,
    clock: Clock = now_ms,
) -> str:
    """Changes one's own password; ends all sessions and answers the new session key."""
    check_password(new, who.login)
    try:
        sign_in(engine, keys, Attempt(who.login, old, who.town), clock)
    except CodeNeeded:
        pass  # the password is right, and the session has shown a code before
    except SignInRefused as error:
        raise refused(
            "password_wrong",
            "当前密码不正确。多次输错后需等待几分钟再试。",
            "The current password is not right. After several wrong tries, wait a few minutes.",
        ) from error
    if old == new:
        raise refused(
            "password_same", "新密码不能与旧密码相同。", "The new password must be another one."
        )
    session_key = new_session_key()
    with acting(engine, keys, who, clock) as act:
        act.conn.execute(
            update(AccountRow)
            .where(col(AccountRow.town_id) == who.town, col(AccountRow.id) == who.id)
            .values(password_hash=hashed(new), session_key=session_key)
        )
        act.note(Deed.PASSWORD_CHANGED, who.id)
    return session_key


def wait_after(failures: int) -> int:
    """How long the account stays locked after so many wrong passwords in a row, ms."""
    beyond = failures - FREE_TRIES
    if beyond <= 0:
        return 0
    return DELAYS_MIN[min(beyond, len(DELAYS_MIN)) - 1] * _MINUTE


def _take_try(engine: Engine, keys: Keys, attempt: Attempt, now: int) -> _Try:
    with writing(engine) as conn:
        town = one_town(conn, attempt.town).town_id
        row = conn.execute(
            select(AccountRow)
            .where(
                col(AccountRow.town_id) == town,
                col(AccountRow.login) == _login(attempt),
            )
            .with_for_update()
        ).one_or_none()
        failures = row.failures + 1 if row else 1
        open_to_try = row is not None and row.active and row.locked_until <= now
        account_id = row.id if row is not None else _UNKNOWN
        until = now + wait_after(failures)
        if open_to_try:
            _count(conn, town, account_id, failures=failures, until=until)
        entry = Entry(now, account_id, Deed.SIGN_IN_TRIED, account_id)
        record(conn, keys.audit, town, entry)
    return _Try(town, account_id, row.password_hash if row and open_to_try else None, until)


def _uncount(engine: Engine, tried: _Try) -> None:
    """Takes back what one try counted, and nothing that others have counted meanwhile."""
    with writing(engine) as conn:
        locked = col(AccountRow.locked_until)
        conn.execute(
            update(AccountRow)
            .where(
                col(AccountRow.town_id) == tried.town,
                col(AccountRow.id) == tried.account_id,
                col(AccountRow.failures) > 0,
            )
            .values(
                failures=col(AccountRow.failures) - 1,
                locked_until=case((locked == tried.until, 0), else_=locked),
            )
        )


def _login(attempt: Attempt) -> str:
    # Nobody's name has what cannot be printed, and no database takes a NUL.
    return "".join(c for c in attempt.login.strip().casefold() if c.isprintable())


def _let_in(engine: Engine, keys: Keys, tried: _Try, password: str, *, now: int) -> SignedIn:
    with writing(engine) as conn:
        who = account_identity(conn, tried.town, tried.account_id)
        if who is None:
            raise SignInRefused  # closed while the password was being compared
        if tried.password_hash is not None and has_factor(conn, tried.town, who.id):
            raise CodeNeeded(tried.town, who.id)
        _count(conn, tried.town, who.id, failures=0, until=0)
        if tried.password_hash is not None and is_outdated(tried.password_hash):
            _set(conn, tried.town, who.id, password_hash=hashed(password))
        key = conn.execute(
            select(col(AccountRow.session_key)).where(
                col(AccountRow.town_id) == tried.town, col(AccountRow.id) == who.id
            )
        ).scalar_one()
        record(conn, keys.audit, tried.town, Entry(now, who.id, Deed.SIGNED_IN, who.id))
    return SignedIn(who, key)


def _count(conn: Connection, town: str, account_id: str, *, failures: int, until: int) -> None:
    _set(conn, town, account_id, failures=failures, locked_until=until)


def _set(conn: Connection, town: str, account_id: str, **values: str | int) -> None:
    conn.execute(
        update(AccountRow)
        .where(col(AccountRow.town_id) == town, col(AccountRow.id) == account_id)
        .values(**values)
    )
