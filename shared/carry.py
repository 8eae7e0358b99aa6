"""The carry-over file: unsent work that travels by hand, sealed so that only its town can open it.

`MAGIC | once | box`. `once` is the public half of an X25519 key that is used this one time; the
box is AES-256-GCM under what HKDF-SHA256 makes of the exchange with the town's key.
"""

import cryptography.exceptions
import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

MAGIC = b"doorstep-carry-over-1\n"
KEY_BYTES = 32
FILE_MAX = 3 * 1024 * 1024
"""Bytes of one file, and so of what one request carries."""
OPENED_MAX = 64 * 1024 * 1024
_NONCE_BYTES = 12
_INFO = b"doorstep/carry-over/v1|"


class NoCarryOver(ValueError):
    """The bytes are no carry-over file, not for this town, or not what was sealed."""


class SignedPush(Struct, frozen=True):
    """A push as the device would have sent it."""

    body: str
    """The JSON of a `Push`, exactly as it was signed."""
    signature: str
    """As in the header `Doorstep-Signature`."""


class CarryOver(Struct, frozen=True):
    """What the file holds: pushes of one device, in their order."""

    device: str
    made: int
    """The device's wall clock, ms."""
    pushes: tuple[SignedPush, ...]


def sealed(carried: CarryOver, town: str, key: bytes, once: bytes) -> bytes:
    """The file. key: the town's public key; once: 32 random bytes, never used again."""
    ours = X25519PrivateKey.from_private_bytes(once)
    shared = ours.exchange(X25519PublicKey.from_public_bytes(key))
    public = ours.public_key().public_bytes_raw()
    content = zstandard.compress(msgspec.json.encode(carried))
    cipher, nonce = _cipher(shared, public + key, town)
    return MAGIC + public + cipher.encrypt(nonce, content, MAGIC)


def opened(file: bytes, town: str, key: bytes) -> CarryOver:
    """What a file holds. key: the town's private key. Raises NoCarryOver."""
    public, box = file[len(MAGIC) : len(MAGIC) + KEY_BYTES], file[len(MAGIC) + KEY_BYTES :]
    if not is_carry_over(file):
        raise NoCarryOver
    ours = X25519PrivateKey.from_private_bytes(key)
    try:
        shared = ours.exchange(X25519PublicKey.from_public_bytes(public))
        cipher, nonce = _cipher(shared, public + ours.public_key().public_bytes_raw(), town)
        reader = zstandard.ZstdDecompressor().stream_reader(cipher.decrypt(nonce, box, MAGIC))
        return msgspec.json.decode(reader.read(OPENED_MAX), type=CarryOver)
    except (
        cryptography.exceptions.InvalidTag,
        ValueError,
        zstandard.ZstdError,
        msgspec.DecodeError,
    ) as error:
        raise NoCarryOver from error


def is_carry_over(file: bytes) -> bool:
    """Whether it looks like one from outside: all that anybody but its town can tell."""
    return file.startswith(MAGIC) and len(MAGIC) + KEY_BYTES < len(file) <= FILE_MAX


def _cipher(shared: bytes, salt: bytes, town: str) -> tuple[AESGCM, bytes]:
    # The key is of one use, so its nonce may come with it.
    derived = HKDF(SHA256(), KEY_BYTES + _NONCE_BYTES, salt, _INFO + town.encode()).derive(shared)
    return AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]
