"""A second way into an account: its key, for the day when the PIN is forgotten.

The key is wrapped under the device's own secret, and that is sealed to the town's recovery key
(shared/rescue.py): the office alone reads nothing, and the device alone opens nothing.
"""

import os
import secrets

import cryptography.exceptions
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from mobile.errors import DamagedRow
from shared.boxes import KEY_BYTES, NotOpened, closed, opened, public_half
from shared.rescue import answer_info, vault_info

_NONCE_BYTES = 12


class Recovery(Struct, frozen=True):
    """Whose box it is, and who may open it."""

    key: bytes
    """The town's recovery key, X25519, public."""
    town: str
    worker: str


def seal_for_office(key: bytes, account: str, device: bytes, recovery: Recovery) -> bytes:
    """The account's key for the vault's file. device: its secret; empty where there is none."""
    info = vault_info(recovery.town, recovery.worker, account)
    inside = _wrapped(key, account, device)
    return closed(inside, recovery.key, secrets.token_bytes(KEY_BYTES), info=info)


class Request(Struct, frozen=True):
    """A key that was made to wait for the office's answer."""

    public: bytes
    """X25519; its six words are compared by voice."""
    hidden: bytes
    """The private half, wrapped under the device's secret."""


def new_request(account: str, device: bytes) -> Request:
    """A fresh waiting key."""
    key = secrets.token_bytes(KEY_BYTES)
    return Request(public_half(key), _wrapped(key, account, device))


def open_answer(answer: bytes, request: Request, account: str, device: bytes) -> bytes:
    """The account's key from what the office let go.

    Raises DamagedRow when it is not for this request, account and device.
    """
    try:
        waiting = _unwrapped(request.hidden, account, device)
        return _unwrapped(opened(answer, waiting, info=answer_info(account)), account, device)
    except (NotOpened, cryptography.exceptions.InvalidTag, ValueError) as error:
        raise DamagedRow("office", account) from error


def _wrapped(key: bytes, account: str, device: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(device, account).encrypt(nonce, key, account.encode())


def _unwrapped(box: bytes, account: str, device: bytes) -> bytes:
    nonce, rest = box[:_NONCE_BYTES], box[_NONCE_BYTES:]
    return _cipher(device, account).decrypt(nonce, rest, account.encode())


def _cipher(device: bytes, account: str) -> AESGCM:
    # Without a key store there is no secret; then what lies around it alone protects it.
    info = b"doorstep/office/v1|" + account.encode()
    return AESGCM(HKDF(SHA256(), KEY_BYTES, None, info).derive(device))
