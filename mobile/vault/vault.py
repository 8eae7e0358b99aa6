"""An account's vault: a random key, locked by a PIN together with the device's secret.

    KEK = HKDF(scrypt(PIN), salt=device secret);  vault.json = AES-256-GCM(KEK, key) and the tries

The PIN alone opens nothing: six digits fall in minutes once the files are copied. Where a
platform has no key store a passphrase takes the place of both.
"""

import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import cryptography.exceptions
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from mobile.clock import Clock
from mobile.errors import (
    KeysDestroyed,
    LockedUntil,
    PinUsedUp,
    WeakSecret,
    WrongDeviceSecret,
    WrongPin,
)
from mobile.files import write_whole
from mobile.vault.kdf import Kdf, new_kdf, stretch
from mobile.vault.keystore import KeyStore
from mobile.vault.office import (
    Recovery,
    Request,
    new_request,
    open_answer,
    seal_for_office,
)
from mobile.vault.pins import passphrase_weakness, pin_weakness, plain
from mobile.vault.sealing import NONCE_BYTES, Keys
from mobile.vault.tries import Tries, seconds
from shared.wire import Words

FORMAT = 1
_KEY_BYTES = 32


class Protection(StrEnum):
    """What opens an account on this device."""

    PIN = "pin"
    """At least six digits, together with a secret in the platform's key store."""
    PASSPHRASE = "passphrase"  # noqa: S105 - a name, not a secret
    """At least twelve characters, alone: this platform has no key store. Say so to the worker."""


class Header(Struct, frozen=True, kw_only=True):
    """vault.json."""

    account: str
    protection: Protection
    kdf: Kdf
    secret_check: bytes = b""
    """Tells a missing device secret from a wrong PIN, and nothing about either."""
    wrapped: bytes | None
    """The account's key under the KEK; None once the tries are used up."""
    office: bytes | None = None
    """The way back in: the account's key, for the office and this device together."""
    tries: Tries = Tries()
    format: int = FORMAT


class Vault:
    """One account's vault in `path`. `store` is None where the platform has no key store."""

    def __init__(self, path: Path, store: KeyStore | None, clock: Clock) -> None:
        self._path = path
        self._store = store
        self._clock = clock

    def create(self, account: str, secret: str, *, recovery: Recovery | None = None) -> Keys:
        """Makes the account's keys, with a way back in if the office has one. Raises WeakSecret."""
        protection = Protection.PASSPHRASE if self._store is None else Protection.PIN
        self._demand(protection, secret)
        device = secrets.token_bytes(_KEY_BYTES)
        if self._store is None:
            device = b""
        else:
            self._store.write(_name(account), device)
        key = secrets.token_bytes(_KEY_BYTES)
        header = Header(
            account=account,
            protection=protection,
            kdf=new_kdf(),
            secret_check=_check(device, account),
            wrapped=None,
            office=seal_for_office(key, account, device, recovery) if recovery else None,
        )
        self._write(_wrapped(header, key, secret, device))
        return Keys(account, key)

    def unlock(self, secret: str) -> Keys:
        """Opens the account.

        Raises WrongPin, LockedUntil, PinUsedUp, KeysDestroyed or WrongDeviceSecret. A missing
        device secret does not count as a try.
        """
        header, key, device = self._opened(secret)
        if header.kdf.weak:
            header = _wrapped(msgspec.structs.replace(header, kdf=new_kdf()), key, secret, device)
        self._write(msgspec.structs.replace(header, tries=Tries()))
        return Keys(header.account, key)

    def change(self, old: str, new: str) -> None:
        """Changes the PIN or passphrase. Raises what `unlock` raises, and WeakSecret."""
        self._demand(self.header().protection, new)
        header, key, device = self._opened(old)
        fresh = msgspec.structs.replace(header, kdf=new_kdf(), tries=Tries())
        self._write(_wrapped(fresh, key, new, device))

    def ask(self) -> Request:
        """A key to wait with for the office's answer. Raises WrongDeviceSecret, KeysDestroyed."""
        header = self.header()
        if header.office is None:
            raise KeysDestroyed
        return new_request(header.account, self._device_secret(header))

    def reset(self, answer: bytes, request: Request, secret: str) -> None:
        """Gives the account a new PIN by what two admins let go; wrong tries are forgiven.

        Raises WeakSecret, WrongDeviceSecret, or DamagedRow when the answer is not for this vault.
        """
        header = self.header()
        self._demand(header.protection, secret)
        device = self._device_secret(header)
        key = open_answer(answer, request, header.account, device)
        self._write(
            _wrapped(
                msgspec.structs.replace(header, kdf=new_kdf(), tries=Tries()), key, secret, device
            )
        )

    def wait_seconds(self) -> int:
        """How long the next try must wait."""
        return seconds(self.header().tries.looked_at(self._clock.reading()).wait)

    def destroy(self) -> None:
        """Makes the account's records unreadable on this device, for good."""
        header = self.header()
        self._write(msgspec.structs.replace(header, wrapped=None, office=None, secret_check=b""))
        if self._store is not None:
            self._store.delete(_name(header.account))

    def header(self) -> Header:
        """What the vault's file says. Raises KeysDestroyed when it is gone or unreadable."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Header)
        except (FileNotFoundError, msgspec.DecodeError) as error:
            raise KeysDestroyed from error

    def _demand(self, protection: Protection, secret: str) -> None:
        if words := weakness(protection, secret):
            raise WeakSecret(words)

    def _opened(self, secret: str) -> tuple[Header, bytes, bytes]:
        header = self.header()
        if header.wrapped is None or not header.tries.left():  # killed during the last try
            self._give_up(header)
        device = self._device_secret(header)
        tries = header.tries.looked_at(self._clock.reading())
        if tries.wait:
            self._write(msgspec.structs.replace(header, tries=tries))
            raise LockedUntil(seconds(tries.wait))
        # The try is counted before it is made: a kill in between gives nothing back.
        header = msgspec.structs.replace(header, tries=tries.failed(self._clock.reading()))
        self._write(header)
        key = _unwrapped(header, secret, device)
        if key is None:
            if not header.tries.left():
                self._give_up(header)
            raise WrongPin(header.tries.left(), seconds(header.tries.wait))
        return header, key, device

    def _give_up(self, header: Header) -> NoReturn:
        """No PIN opens it any more; only the office's way is left, where there is one."""
        if header.office is None:
            self.destroy()
            raise KeysDestroyed
        self._write(msgspec.structs.replace(header, wrapped=None))
        raise PinUsedUp

    def _device_secret(self, header: Header) -> bytes:
        if header.protection is Protection.PASSPHRASE:
            return b""
        device = self._store.read(_name(header.account)) if self._store else None
        if device is None or _check(device, header.account) != header.secret_check:
            raise WrongDeviceSecret
        return device

    def _write(self, header: Header) -> None:
        write_whole(self._path, msgspec.json.encode(header))


def weakness(protection: Protection, secret: str) -> Words | None:
    """Why a PIN or passphrase would not be taken, or None when it is good."""
    if protection is Protection.PASSPHRASE:
        return passphrase_weakness(secret)
    return pin_weakness(secret)


def _name(account: str) -> str:
    return f"doorstep-{account}"


def _check(device: bytes, account: str) -> bytes:
    info = f"doorstep/device/v1|{account}".encode()
    return HKDF(SHA256(), 16, None, info).derive(device) if device else b""


def _kek(header: Header, secret: str, device: bytes) -> AESGCM:
    info = f"doorstep/kek/v1|{header.account}".encode()
    stretched = stretch(plain(secret), header.kdf)
    return AESGCM(HKDF(SHA256(), _KEY_BYTES, device or None, info).derive(stretched))


def _wrapped(header: Header, key: bytes, secret: str, device: bytes) -> Header:
    nonce = os.urandom(NONCE_BYTES)
    box = _kek(header, secret, device).encrypt(nonce, key, header.account.encode())
    return msgspec.structs.replace(header, wrapped=nonce + box)


def _unwrapped(header: Header, secret: str, device: bytes) -> bytes | None:
    wrapped = header.wrapped or b""
    cipher = _kek(header, secret, device)
    try:
        nonce, box = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        return cipher.decrypt(nonce, box, header.account.encode())
    except cryptography.exceptions.InvalidTag:
        return None
