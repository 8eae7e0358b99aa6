"""A box that only one key opens: `once | AES-256-GCM`, sealed to an X25519 key.

`once` is the public half of a key that is used this one time; the cipher's key and nonce are what
HKDF-SHA256 makes of the exchange with the key that it is for.
"""

import cryptography.exceptions
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class NotOpened(ValueError):
    """The box is not for this key and purpose, or not what was closed."""


def public_half(key: bytes) -> bytes:
    """The public half of a private key."""
    return X25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def closed(content: bytes, key: bytes, once: bytes, *, info: bytes, bound: bytes = b"") -> bytes:
    """The box.

    key: the public half that it is for; once: 32 random bytes, never used again; info: what it is
    for, which whoever opens it must know; bound: what must stand beside it. Raises ValueError
    when `key` is none.
    """
    ours = X25519PrivateKey.from_private_bytes(once)
    shared = ours.exchange(X25519PublicKey.from_public_bytes(key))
    public = ours.public_key().public_bytes_raw()
    cipher, nonce = _cipher(shared, public + key, info)
    return public + cipher.encrypt(nonce, content, bound)


def opened(box: bytes, key: bytes, *, info: bytes, bound: bytes = b"") -> bytes:
    """What is in a box. key: the private half. Raises NotOpened."""
    public, rest = box[:KEY_BYTES], box[KEY_BYTES:]
    try:
        shared = X25519PrivateKey.from_private_bytes(key).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
        cipher, nonce = _cipher(shared, public + public_half(key), info)
        return cipher.decrypt(nonce, rest, bound)
    except (cryptography.exceptions.InvalidTag, ValueError) as error:
        raise NotOpened from error


def _cipher(shared: bytes, salt: bytes, info: bytes) -> tuple[AESGCM, bytes]:
    # The key is of one use, so its nonce may come with it.
    derived = HKDF(SHA256(), KEY_BYTES + _NONCE_BYTES, salt, info).derive(shared)
    return AESGCM(derived[:KEY_BYTES]), derived[KEY_BYTES:]
