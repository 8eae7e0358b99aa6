"""Small values kept by name under seal: who this device is, the cursor, forms, names ..."""

from enum import StrEnum
from typing import TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete
from sqlalchemy.dialects.sqlite import insert

from mobile.errors import DamagedRow
from mobile.store.base import table_of
from mobile.store.database import driver_of
from mobile.store.tables import KeptRow
from mobile.vault.sealing import Keys
from shared.wire import FIRST_DIGEST, Area, Limits

T = TypeVar("T")


class Name(StrEnum):
    """The values' names. Forms are kept under FORM and their kind and version."""

    IDENTITY = "identity"
    FORMER = "former"
    CHAIN = "chain"
    CURSOR = "cursor"
    AREAS = "areas"
    PEOPLE = "people"
    FORMS = "forms"
    """The version of each kind's form that is used here."""
    SERVER_FORMS = "server_forms"
    """The version that the server has; it is used as soon as it has come."""
    FORM = "form"
    OFFSETS = "offsets"
    AWAY = "away"
    """How long this device has been without the office."""
    FIRST_SYNC = "first_sync"
    """When all grids and all news had come for the first time, ms."""
    LAST_SYNC = "last_sync"
    LAST_REPORT = "last_report"
    RECEIPT = "receipt"
    """What the office has received today."""
    INDEX = "index"
    """What the written index says: see mobile/store/leaves.py."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who this device is to the server."""

    device: str
    token: str
    private_key: bytes
    """Ed25519; signs what is pushed."""
    server: str
    town: str
    town_name: str
    worker: str
    worker_name: str
    fingerprint: str
    limits: Limits = Limits()
    town_key: str = ""
    """X25519, base64: what travels by hand is sealed to it."""
    recovery_key: str = ""
    """X25519, base64: the way back in when the PIN is forgotten."""


class Former(Struct, frozen=True):
    """Who this device was before it went on under another id, the last one last."""

    device: str
    token: str


class Chain(Struct, frozen=True):
    """The last change numbered here: its device, its n, and the hash chain after it."""

    device: str
    n: int = 0
    digest: str = FIRST_DIGEST


class Kept:
    """The `kept` table."""

    def __init__(self, keys: Keys) -> None:
        self._seal = keys.seal("kept")

    def get(self, conn: Connection, name: str, kind: type[T]) -> T | None:
        """The value of that name. Raises DamagedRow."""
        content = self.raw(conn, name)
        return None if content is None else msgspec.json.decode(content, type=kind)

    def sound(self, conn: Connection, name: str, kind: type[T]) -> T | None:
        """The value of that name; None also when it is damaged, and can be had again."""
        try:
            return self.get(conn, name, kind)
        except (DamagedRow, msgspec.DecodeError):
            return None

    def sound_raw(self, conn: Connection, name: str) -> bytes | None:
        """The JSON of the value of that name; None also when it is damaged."""
        try:
            return self.raw(conn, name)
        except DamagedRow:
            return None

    def raw(self, conn: Connection, name: str) -> bytes | None:
        """The value's JSON. Raises DamagedRow."""
        row = driver_of(conn).execute(_GET, (name,)).fetchone()
        return None if row is None else self._seal.open(name, 0, row[0])

    def put(self, conn: Connection, name: str, value: object) -> None:
        """Keeps a value; None forgets it."""
        if value is None:
            conn.execute(_DROP, {"b_name": name})
        else:
            self.put_raw(conn, name, msgspec.json.encode(value))

    def put_raw(self, conn: Connection, name: str, content: bytes) -> None:
        """Keeps a value that is JSON already."""
        conn.execute(_PUT, {"name": name, "sealed": self._seal.close(name, 0, content)})


class Account(Struct, frozen=True, kw_only=True):
    """What of the kept values is used all the time, held in memory."""

    identity: Identity
    chain: Chain
    areas: tuple[Area, ...] = ()
    people: dict[str, str] = {}
    forms: dict[str, str] = {}
    server_forms: dict[str, str] = {}
    offsets: dict[str, int] = {}
    """By boot: what must be added to the wall clock, ms."""


def read_account(kept: Kept, conn: Connection, fallback: Identity | None) -> Account:
    """The kept values.

    fallback: what the device wrote down beside the file, for a file that is new or damaged.
    Without its chain a device cannot number changes as the server expects: the empty device id
    in the chain makes the next sync ask for a new one.
    """
    identity = kept.sound(conn, Name.IDENTITY, Identity) or fallback
    if identity is None:
        raise DamagedRow("kept", Name.IDENTITY)
    return Account(
        identity=identity,
        chain=kept.sound(conn, Name.CHAIN, Chain) or Chain(""),
        areas=kept.sound(conn, Name.AREAS, tuple[Area, ...]) or (),
        people=kept.sound(conn, Name.PEOPLE, dict[str, str]) or {},
        forms=kept.sound(conn, Name.FORMS, dict[str, str]) or {},
        server_forms=kept.sound(conn, Name.SERVER_FORMS, dict[str, str]) or {},
        offsets=kept.sound(conn, Name.OFFSETS, dict[str, int]) or {},
    )


_kept = table_of(KeptRow)
# A sync asks for these dozens of times: made once.
_GET = "SELECT sealed FROM kept WHERE name = ?"
_DROP = delete(_kept).where(_kept.c.name == bindparam("b_name"))
_NEW = insert(_kept)
_PUT = _NEW.on_conflict_do_update(set_={"sealed": _NEW.excluded.sealed})
