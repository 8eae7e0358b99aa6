"""From a PIN to a key, slowly: scrypt, or PBKDF2 where a platform's OpenSSL has no scrypt."""

import secrets

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Struct

_KEY_BYTES = 32
_SALT_BYTES = 16


class Kdf(Struct, frozen=True):
    """How a key was derived: kept beside what it opens, so that it can be made slower later."""

    salt: bytes
    name: str = "scrypt"
    n: int = 1 << 15
    """scrypt: the cost in time and memory (32 MiB); PBKDF2: rounds."""
    r: int = 8
    p: int = 1

    @property
    def weak(self) -> bool:
        """Whether today's program would derive it more slowly."""
        floor = PBKDF2_ROUNDS if self.name == "pbkdf2" else SCRYPT_N
        return self.n * self.r * self.p < floor * (1 if self.name == "pbkdf2" else 8)


SCRYPT_N = 1 << 15
PBKDF2_ROUNDS = 600_000


def new_kdf() -> Kdf:
    """Today's parameters with a fresh salt."""
    salt = secrets.token_bytes(_SALT_BYTES)
    try:
        Scrypt(salt, _KEY_BYTES, 2, 8, 1)
    except UnsupportedAlgorithm:
        return Kdf(salt, "pbkdf2", PBKDF2_ROUNDS, 1, 1)
    return Kdf(salt, "scrypt", SCRYPT_N, 8, 1)


def stretch(secret: str, kdf: Kdf) -> bytes:
    """32 bytes that are as hard to guess as the secret is, times the cost of `kdf`."""
    if kdf.name == "pbkdf2":
        return PBKDF2HMAC(SHA256(), _KEY_BYTES, kdf.salt, kdf.n).derive(secret.encode())
    return Scrypt(kdf.salt, _KEY_BYTES, kdf.n, kdf.r, kdf.p).derive(secret.encode())
