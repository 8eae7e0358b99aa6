"""A town's own key pairs: devices seal to them, and only the server opens it.

One for what travels by hand, one for what a forgotten PIN needs. Both are made from the key that
is never changed: phones keep the public halves.
"""

from base64 import b64encode
from enum import StrEnum

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.keys import KEY_BYTES, Keys
from shared.boxes import public_half


class Use(StrEnum):
    """What a pair is for."""

    CARRY_OVER = "town"
    RECOVERY = "recovery"


def town_key(keys: Keys, town: str, use: Use = Use.CARRY_OVER) -> bytes:
    """The private half, X25519."""
    info = f"doorstep/{use}/v1|{town}".encode()
    return HKDF(SHA256(), KEY_BYTES, None, info).derive(keys.id_hash)


def public_town_key(keys: Keys, town: str, use: Use = Use.CARRY_OVER) -> str:
    """The public half as devices are told it, base64."""
    return b64encode(public_half(town_key(keys, town, use))).decode()
