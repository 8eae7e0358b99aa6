"""Sealing what must not be read from a stolen database: AES-256-GCM, the key outside of it.

A sealed value is `key id (4) | nonce (12) | ciphertext and tag`. What it belongs to is bound in,
so that a value moved to another row, or put back from an older version, does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.errors import ServerError
from server.keys import KEY_ID_BYTES, Keys
from shared.wire import Words

NONCE_BYTES = 12


class SealBroken(ServerError):
    """A sealed value does not open: another key, or the database was tampered with."""

    def __init__(self) -> None:
        super().__init__(
            "seal_broken",
            Words(
                "敏感信息无法打开：密钥不符，或数据被改动过。请恢复 keys.json 或数据库备份。",
                "A sensitive answer does not open: the key is another one, or the data was "
                "tampered with. Restore keys.json or a backup of the database.",
            ),
        )


class Seal:
    """Seals and opens with the server's key."""

    def __init__(self, keys: Keys) -> None:
        self._id = keys.seal_id
        self._cipher = AESGCM(keys.seal)

    def close(self, content: bytes, *belongs_to: str | int) -> bytes:
        """`content` sealed for what it belongs to: table, town, id, version ..."""
        nonce = os.urandom(NONCE_BYTES)
        return self._id + nonce + self._cipher.encrypt(nonce, content, _bound(belongs_to))

    def open(self, sealed: bytes, *belongs_to: str | int) -> bytes:
        """What was sealed for just this. Raises SealBroken."""
        start = KEY_ID_BYTES + NONCE_BYTES
        if sealed[:KEY_ID_BYTES] != self._id or len(sealed) < start:
            raise SealBroken
        nonce = sealed[KEY_ID_BYTES:start]
        try:
            return self._cipher.decrypt(nonce, sealed[start:], _bound(belongs_to))
        except InvalidTag as error:
            raise SealBroken from error


def _bound(belongs_to: tuple[str | int, ...]) -> bytes:
    return "|".join(map(str, belongs_to)).encode()
