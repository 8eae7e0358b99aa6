"""The second factor of an account: one-time codes of an app (RFC 6238), and recovery codes.

The secret is sealed with a key outside the database, recovery codes are kept as hashes. Each code
counts once: of one-time codes the last step is remembered, a recovery code is used up.
"""

import hmac
import re
import secrets
from base64 import b32decode, b32encode
from hashlib import sha1, sha256
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select, update
from sqlmodel import col

from server.db.office_tables import AccountRow
from server.keys import Keys
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.sessions import drop_sessions

STEP_MS = 30_000
DIGITS = 6
DRIFT_STEPS = 1
"""Codes of the step before and after are taken: clocks differ."""
SECRET_BYTES = 20
SECRET_LENGTH = 32
"""In base32."""
RECOVERY_CODES = 8
RECOVERY_BYTES = 5
_NONCE_BYTES = 12
_ISSUER = "Doorstep"
_SECRET = re.compile(rf"[A-Z2-7]{{{SECRET_LENGTH}}}")


def new_secret() -> str:
    """A new secret for an app, base32; nothing is kept of it yet."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def link_of(login: str, secret: str) -> str:
    """What an app reads from the QR: otpauth://."""
    return f"otpauth://totp/{quote(f'{_ISSUER}:{login}')}?secret={secret}&issuer={_ISSUER}"


def code_at(secret: str, step: int) -> str:
    """The code of a step of 30 seconds."""
    digest = hmac.new(b32decode(secret), step.to_bytes(8), sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, code: str, now: int) -> int | None:
    """The step whose code this is, near now; None where there is none."""
    here = now // STEP_MS
    for step in range(here - DRIFT_STEPS, here + DRIFT_STEPS + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def turn_on(
    act: Act, secret: str, code: str, *, here: str = "", replaces: bool = False
) -> tuple[str, ...]:
    """The actor's account asks for codes from now on; the recovery codes, shown once.

    Its sessions end, but for that with the id `here`. replaces: it may ask for codes already, of
    another phone. Raises OfficeRefused when the code is not the app's.
    """
    known = _SECRET.fullmatch(secret) is not None
    step = step_of(secret, _plain(code), act.now) if known else None
    taken = not replaces and has_factor(act.conn, act.who.town, act.who.id)
    if step is None or taken:
        raise refused(
            "code_wrong",
            "验证码不正确。请检查手机时间，再输入应用里现在显示的 6 位数字。",
            "The code is not right. Check the phone's clock and type the six digits it shows now.",
        )
    _set(
        act.conn,
        (act.who.town, act.who.id),
        factor=_sealed(act.keys, act.who.town, act.who.id, secret),
        factor_step=step,
    )
    drop_sessions(act.conn, act.who.town, act.who.id, but=here)
    act.note(Deed.FACTOR_ON, act.who.id)
    return _new_recovery(act)


def renew_recovery(act: Act) -> tuple[str, ...]:
    """New recovery codes of the actor, shown once; those from before open nothing any more."""
    act.note(Deed.RECOVERY_RENEWED, act.who.id)
    return _new_recovery(act)


def turn_off(act: Act, account_id: str, reason: str = "", *, here: str = "") -> None:
    """An account asks for no code any more: its phone was lost, or its owner wants so.

    Its sessions end, but for that with the id `here`.
    """
    _set(act.conn, (act.who.town, account_id), factor=None, factor_step=0, recovery="")
    drop_sessions(act.conn, act.who.town, account_id, but=here)
    act.note(Deed.FACTOR_OFF, account_id, reason)


def has_factor(conn: Connection, town: str, account_id: str) -> bool:
    """Whether an account asks for a code."""
    return _row(conn, town, account_id) is not None


def factor_holders(conn: Connection, town: str) -> frozenset[str]:
    """The ids of the town's accounts that ask for a code."""
    wanted = select(col(AccountRow.id)).where(
        col(AccountRow.town_id) == town, col(AccountRow.factor).is_not(None)
    )
    return frozenset(conn.execute(wanted).scalars())


def recovery_left(conn: Connection, town: str, account_id: str) -> int:
    """How many recovery codes an account has left."""
    found = _row(conn, town, account_id)
    return 0 if found is None else len(found[2].split())


def take_code(
    conn: Connection, keys: Keys, account: tuple[str, str], *, code: str, now: int
) -> bool:
    """Whether the code is right; it counts once. Under the lock of the account's row."""
    found = _row(conn, *account)
    if found is None:
        return False
    sealed, last, recovery = found
    typed = _plain(code)
    step = step_of(_opened(keys, *account, sealed), typed, now) if len(typed) == DIGITS else None
    if step is not None and step > last:
        _set(conn, account, factor_step=step)
        return True
    left = recovery.split()
    if _hashed(typed) in left:
        left.remove(_hashed(typed))
        _set(conn, account, recovery=" ".join(left))
        return True
    return False


def _row(conn: Connection, town: str, account_id: str) -> tuple[bytes, int, str] | None:
    row = conn.execute(
        select(col(AccountRow.factor), col(AccountRow.factor_step), col(AccountRow.recovery))
        .where(col(AccountRow.town_id) == town, col(AccountRow.id) == account_id)
        .with_for_update()
    ).one_or_none()
    return (
        None if row is None or row.factor is None else (row.factor, row.factor_step, row.recovery)
    )


def _set(conn: Connection, account: tuple[str, str], **values: str | int | bytes | None) -> None:
    town, account_id = account
    conn.execute(
        update(AccountRow)
        .where(col(AccountRow.town_id) == town, col(AccountRow.id) == account_id)
        .values(**values)
    )


def _new_recovery(act: Act) -> tuple[str, ...]:
    recovery = tuple(_recovery_code() for _ in range(RECOVERY_CODES))
    kept = " ".join(_hashed(each) for each in recovery)
    _set(act.conn, (act.who.town, act.who.id), recovery=kept)
    return recovery


def _plain(code: str) -> str:
    return "".join(each for each in code if each.isalnum()).upper()


def _recovery_code() -> str:
    code = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode()
    return f"{code[:4]}-{code[4:]}"


def _hashed(code: str) -> str:
    # 40 random bits behind the account's lock: a plain hash is enough.
    return sha256(_plain(code).encode()).hexdigest()


def _sealed(keys: Keys, town: str, account_id: str, secret: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(keys.seal).encrypt(nonce, secret.encode(), _bound(town, account_id))


def _opened(keys: Keys, town: str, account_id: str, sealed: bytes) -> str:
    nonce, closed = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(keys.seal).decrypt(nonce, closed, _bound(town, account_id)).decode()
    except InvalidTag:
        return new_secret()  # no code will be right


def _bound(town: str, account_id: str) -> bytes:
    return f"second factor\0{town}\0{account_id}".encode()
