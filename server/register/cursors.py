"""Cursors: where a device's pull stands, signed so that nobody can ask for what they had not.

`v1.<base64 of JSON>.<base64 of its MAC>`. Opaque to devices: only the server reads them.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

import msgspec
from msgspec import Struct

from server.register.refusals import CursorForged, CursorOld

SCHEMA = "v1"
SEPARATOR = ","
"""Between several cursors, as a device has them after the snapshots of several grids."""
MAC_BYTES = 16
TEXT_MAX = 64 * 1024


class Cursor(Struct, frozen=True, omit_defaults=True):
    """Up to which change number a device has each grid."""

    town: str
    epoch: str
    grids: dict[str, int]
    begun: dict[str, int] = {}
    """Of a grid that is still being taken from nothing: what was forgotten when that began."""

    def is_too_old(self, grid: str, forgotten: int) -> bool:
        """Whether the device may hold something of the grid that left, and is forgotten since.

        One that began with nothing after that was forgotten never had it.
        """
        seq = self.grids.get(grid)
        return seq is not None and seq < forgotten and self.begun.get(grid) != forgotten


def write_cursor(cursor: Cursor, key: bytes) -> str:
    """The cursor as a device keeps it."""
    content = _text(msgspec.json.encode(cursor))
    return f"{SCHEMA}.{content}.{_mac(content, key)}"


def read_cursor(text: str | None, town: str, epoch: str, key: bytes) -> Cursor:
    """Up to where each grid is known; nothing is, without a cursor.

    Raises CursorForged, and CursorOld for one from before the database was restored.
    """
    cursors = list(_cursors(text, town, key))
    if any(cursor.epoch != epoch for cursor in cursors):
        raise CursorOld
    return Cursor(town, epoch, _united(cursors), _begun(cursors))


def numbers_of(text: str | None, town: str, key: bytes) -> Mapping[str, int]:
    """The same without asking of which epoch they are. Raises CursorForged."""
    return _united(_cursors(text, town, key))


def _cursors(text: str | None, town: str, key: bytes) -> Iterator[Cursor]:
    for each in text.split(SEPARATOR) if text else ():
        cursor = _read(each.strip(), key)
        if cursor.town != town:
            raise CursorForged
        yield cursor


def _united(cursors: Iterable[Cursor]) -> dict[str, int]:
    return {grid: seq for cursor in cursors for grid, seq in cursor.grids.items()}


def _begun(cursors: Iterable[Cursor]) -> dict[str, int]:
    found: dict[str, int] = {}
    for cursor in cursors:
        for grid in cursor.grids:
            found.pop(grid, None)  # the later cursor of a grid counts
        found |= cursor.begun
    return found


def _read(text: str, key: bytes) -> Cursor:
    parts = text.split(".")
    if len(parts) != 3 or len(text) > TEXT_MAX or parts[0] != SCHEMA:
        raise CursorForged
    _, content, mac = parts
    if not hmac.compare_digest(mac.encode(), _mac(content, key).encode()):
        raise CursorForged
    return _decode(urlsafe_b64decode(content + "=" * (-len(content) % 4)))


def _mac(content: str, key: bytes) -> str:
    digest = hmac.new(key, f"{SCHEMA}.{content}".encode(), sha256).digest()
    return _text(digest[:MAC_BYTES])


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


_decode = msgspec.json.Decoder(Cursor).decode
