"""Guessing passwords and codes: each try is counted before it is judged, and too many lock.

So guesses side by side count too. Wrong passwords and wrong codes are counted together.
"""

from msgspec import Struct
from sqlalchemy import Connection, Engine, case, select, update
from sqlmodel import col

from server.clock import Clock, now_ms
from server.db.engine import writing
from server.db.office_tables import AccountRow
from server.keys import Keys
from server.office.audit import Deed, Entry, record
from server.office.second_factor import take_code
from server.office.sign_in_errors import CodeRefused
from server.office.towns import one_town

FREE_TRIES = 4
"""Wrong ones before the first delay."""
DELAYS_MIN = (1, 2, 4, 8, 15)
"""Minutes to wait after each further one; the last stays."""
_MINUTE = 60_000
_UNKNOWN = ""


class Tried(Struct, frozen=True):
    """What the password is to be compared with; no hash when no password could be right."""

    town: str
    account_id: str
    password_hash: str | None
    until: int = 0
    """Until when the counted try locks the account, if nothing else happens."""


def take_try(engine: Engine, keys: Keys, named: tuple[str, str], now: int) -> Tried:
    """Counts a try with a password. named: the town, which may be empty, and the login name."""
    with writing(engine) as conn:
        town = one_town(conn, named[0]).town_id
        row = conn.execute(
            select(AccountRow)
            .where(col(AccountRow.town_id) == town, col(AccountRow.login) == _plain(named[1]))
            .with_for_update()
        ).one_or_none()
        failures = row.failures + 1 if row else 1
        open_to_try = row is not None and row.active and row.locked_until <= now
        account_id = row.id if row is not None else _UNKNOWN
        until = now + wait_after(failures)
        if open_to_try:
            _count(conn, (town, account_id), failures=failures, until=until)
        record(conn, keys.audit, town, Entry(now, account_id, Deed.SIGN_IN_TRIED, account_id))
    return Tried(town, account_id, row.password_hash if row and open_to_try else None, until)


def uncount(engine: Engine, tried: Tried) -> None:
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


def forgive(conn: Connection, account: tuple[str, str]) -> None:
    """The count starts anew: somebody has shown who they are."""
    _count(conn, account, failures=0, until=0)


def show_code(
    engine: Engine, keys: Keys, account: tuple[str, str], *, code: str, clock: Clock = now_ms
) -> None:
    """Takes the code of an account (town, id), which counts once. Raises CodeRefused.

    A wrong one counts like a wrong password; while the account is locked none is looked at.
    """
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
            _count(conn, account, failures=failures, until=now + wait_after(failures))
        record(conn, keys.audit, town, Entry(now, account_id, Deed.SIGN_IN_TRIED, account_id))
    if not right:
        raise CodeRefused


def wait_after(failures: int) -> int:
    """How long the account stays locked after so many wrong ones in a row, ms."""
    beyond = failures - FREE_TRIES
    if beyond <= 0:
        return 0
    return DELAYS_MIN[min(beyond, len(DELAYS_MIN)) - 1] * _MINUTE


def _plain(login: str) -> str:
    # Nobody's name has what cannot be printed, and no database takes a NUL.
    return "".join(c for c in login.strip().casefold() if c.isprintable())


def _count(conn: Connection, account: tuple[str, str], *, failures: int, until: int) -> None:
    conn.execute(
        update(AccountRow)
        .where(col(AccountRow.town_id) == account[0], col(AccountRow.id) == account[1])
        .values(failures=failures, locked_until=until)
    )
