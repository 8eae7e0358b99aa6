"""The carry-over file: unsent work that travels by hand, sealed so that only its town can open it.

`MAGIC | box` (shared/boxes.py), for the town's key; MAGIC is bound in.
"""

import msgspec
import zstandard
from msgspec import Struct

from shared import boxes
from shared.boxes import KEY_BYTES

MAGIC = b"doorstep-carry-over-1\n"
FILE_MAX = 3 * 1024 * 1024
"""Bytes of one file, and so of what one request carries."""
OPENED_MAX = 64 * 1024 * 1024
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
    content = zstandard.compress(msgspec.json.encode(carried))
    return MAGIC + boxes.closed(content, key, once, info=_info(town), bound=MAGIC)


def opened(file: bytes, town: str, key: bytes) -> CarryOver:
    """What a file holds. key: the town's private key. Raises NoCarryOver."""
    if not is_carry_over(file):
        raise NoCarryOver
    try:
        content = boxes.opened(file[len(MAGIC) :], key, info=_info(town), bound=MAGIC)
        reader = zstandard.ZstdDecompressor().stream_reader(content)
        return msgspec.json.decode(reader.read(OPENED_MAX), type=CarryOver)
    except (ValueError, zstandard.ZstdError, msgspec.DecodeError) as error:
        raise NoCarryOver from error


def is_carry_over(file: bytes) -> bool:
    """Whether it looks like one from outside: all that anybody but its town can tell."""
    return file.startswith(MAGIC) and len(MAGIC) + KEY_BYTES < len(file) <= FILE_MAX


def _info(town: str) -> bytes:
    return _INFO + town.encode()
