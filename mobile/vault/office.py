"""A second way into an account: its key, sealed to the office's recovery key.

The office keeps the private half under its own rules (docs/operating.md); a device only ever
has the public one.
"""

import os

import cryptography.exceptions
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from mobile.errors import DamagedRow

_PUBLIC_BYTES = 32
_NONCE_BYTES = 12


def seal_for_office(key: bytes, account: str, office: bytes) -> bytes:
    """`key` in a box that only the office's private key opens. office: X25519, 32 bytes."""
    once = X25519PrivateKey.generate()
    public = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(office))
    nonce = os.urandom(_NONCE_BYTES)
    box = _cipher(shared, public, office, account).encrypt(nonce, key, account.encode())
    return public + nonce + box


def open_at_office(sealed: bytes, account: str, office: X25519PrivateKey) -> bytes:
    """The account's key. Raises DamagedRow when the box is not for this key and account."""
    public, rest = sealed[:_PUBLIC_BYTES], sealed[_PUBLIC_BYTES:]
    nonce, box = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    ours = office.public_key().public_bytes_raw()
    try:
        shared = office.exchange(X25519PublicKey.from_public_bytes(public))
        return _cipher(shared, public, ours, account).decrypt(nonce, box, account.encode())
    except (cryptography.exceptions.InvalidTag, ValueError) as error:
        raise DamagedRow("office", account) from error


def _cipher(shared: bytes, public: bytes, office: bytes, account: str) -> AESGCM:
    info = b"doorstep/office/v1|" + account.encode()
    return AESGCM(HKDF(SHA256(), 32, public + office, info).derive(shared))
