"""Seals: how a row is closed so that it opens only whole, only in its place, only with the key."""

import os
import struct

import cryptography.exceptions
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mobile.errors import DamagedRow

SCHEMA = 1
"""The layout of sealed rows; part of what each seal binds."""
NONCE_BYTES = 12
PAD = 256
"""Sealed lengths are multiples of it, so that they say little about what is inside."""
_LENGTH = struct.Struct(">I")


class Seal:
    """The seal of one table: `nonce | AES-256-GCM(pad(length | content))`."""

    def __init__(self, table: str, key: bytes) -> None:
        self._table = table
        self._cipher = AESGCM(key)

    def close(self, row: str, version: int, content: bytes) -> bytes:
        """Seals the content of a row at a version."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, padded(content), self._place(row, version))

    def open(self, row: str, version: int, sealed: bytes) -> bytes:
        """The content of a row. Raises DamagedRow if it is not exactly what was closed there."""
        nonce, box = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return unpadded(self._cipher.decrypt(nonce, box, self._place(row, version)))
        except (cryptography.exceptions.InvalidTag, ValueError) as error:
            raise DamagedRow(self._table, row) from error

    def _place(self, row: str, version: int) -> bytes:
        return f"{self._table}|{row}|{version}|{SCHEMA}".encode()


class Keys:
    """The opened keys of one account; the seals of its tables are made from them."""

    def __init__(self, account: str, key: bytes) -> None:
        self.account = account
        self._key = key

    def seal(self, table: str) -> Seal:
        """The seal of one table: no two tables or accounts share a key."""
        info = f"doorstep/table/v1|{self.account}|{table}".encode()
        return Seal(table, HKDF(SHA256(), 32, None, info).derive(self._key))


def padded(content: bytes) -> bytes:
    """The content with its length before it, filled up to a multiple of PAD."""
    whole = _LENGTH.pack(len(content)) + content
    return whole.ljust(-(-len(whole) // PAD) * PAD, b"\0")


def unpadded(whole: bytes) -> bytes:
    """The content again. Raises ValueError when the length cannot be right."""
    (length,) = _LENGTH.unpack_from(whole.ljust(_LENGTH.size, b"\0"))
    if length > len(whole) - _LENGTH.size:
        raise ValueError("a sealed row is shorter than it says")
    return whole[_LENGTH.size : _LENGTH.size + length]
