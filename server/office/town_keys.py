"""A town's own key pair: devices seal to it what travels by hand, and only the server opens it."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.keys import KEY_BYTES, Keys


def town_key(keys: Keys, town: str) -> bytes:
    """The private half, X25519. Made from the key that is never changed: phones keep the other."""
    return HKDF(SHA256(), KEY_BYTES, None, b"doorstep/town/v1|" + town.encode()).derive(
        keys.id_hash
    )


def public_town_key(keys: Keys, town: str) -> str:
    """The public half as devices are told it, base64."""
    private = X25519PrivateKey.from_private_bytes(town_key(keys, town))
    return b64encode(private.public_key().public_bytes_raw()).decode()
