"""One-time enrolment codes. A code reads like K7Q2-9FHM-3XWP.

Its first four characters name it; the others are secret and kept only under the server's key, as
they are too short for a plain hash.
"""

import hmac
import secrets
import unicodedata
from hashlib import sha256
from urllib.parse import urlencode

from msgspec import Struct
from sqlalchemy import insert, select
from sqlmodel import col

from server.db.office_tables import EnrolmentCodeRow
from server.keys import Keys
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.office.workers import worker

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U."""
CODE_LENGTH = 12
ID_LENGTH = 4
MINUTES = 15
MINUTES_MAX = 7 * 24 * 60
_GROUP = 4
_MINUTE_MS = 60_000
_MISREAD = str.maketrans("OIL", "011")


class EnrolmentCode(Struct, frozen=True):
    """A code that was given: shown once, kept hashed."""

    code: str
    worker_id: str
    expires_at: int


class TypedCode(Struct, frozen=True):
    """A code as somebody typed it."""

    public: str
    """Names the code."""
    secret: str


def give_code(act: Act, worker_id: str, minutes: int = MINUTES) -> EnrolmentCode:
    """A new one-time code for one worker's next device."""
    act.require(Action.ENROL)
    if not worker(act.conn, act.who, worker_id).active:
        raise refused("worker_left", "该人员已离岗。", "That worker has left.")
    if not 1 <= minutes <= MINUTES_MAX:
        raise refused(
            "minutes",
            f"有效时间须为 1 到 {MINUTES_MAX} 分钟。",
            f"A code is valid for 1 to {MINUTES_MAX} minutes.",
        )
    typed = TypedCode(_unused_id(act), _random(CODE_LENGTH - ID_LENGTH))
    given = EnrolmentCode(_written(typed), worker_id, act.now + minutes * _MINUTE_MS)
    act.conn.execute(
        insert(EnrolmentCodeRow).values(
            town_id=act.who.town,
            id=typed.public,
            worker_id=worker_id,
            secret_hash=secret_hash(act.keys, act.who.town, typed),
            created_at=act.now,
            created_by=act.who.id,
            expires_at=given.expires_at,
            tries=0,
        )
    )
    act.note(Deed.CODE_GIVEN, worker_id)
    return given


def enrolment_link(server_url: str, code: str, town: str = "") -> str:
    """What the QR code says. `town` only where the server has more than one."""
    parts = {"server": server_url, "code": code} | ({"town": town} if town else {})
    return f"doorstep://enrol?{urlencode(parts)}"


def read_code(typed: str) -> TypedCode:
    """The code that somebody meant: small letters, spaces, O for 0 and I for 1 do not matter."""
    upper = unicodedata.normalize("NFKC", typed).upper().translate(_MISREAD)
    code = "".join(character for character in upper if character in CODE_ALPHABET)
    return TypedCode(code[:ID_LENGTH], code[ID_LENGTH:])


def secret_hash(keys: Keys, town: str, typed: TypedCode) -> str:
    """The secret part as it is kept."""
    content = f"enrolment|{town}|{typed.public}|{typed.secret}"
    return hmac.new(keys.id_hash, content.encode(), sha256).hexdigest()


def _unused_id(act: Act) -> str:
    while True:  # one in a million is taken
        public = _random(ID_LENGTH)
        taken = act.conn.execute(
            select(col(EnrolmentCodeRow.id)).where(
                col(EnrolmentCodeRow.town_id) == act.who.town, col(EnrolmentCodeRow.id) == public
            )
        )
        if taken.first() is None:
            return public


def _random(length: int) -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def _written(typed: TypedCode) -> str:
    code = typed.public + typed.secret
    return "-".join(code[start : start + _GROUP] for start in range(0, CODE_LENGTH, _GROUP))
