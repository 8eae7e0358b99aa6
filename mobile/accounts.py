"""The accounts on a device: a folder for each, with its vault, its file and who it is."""

import shutil
from base64 import b64decode
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from mobile.clock import Clock
from mobile.errors import DamagedRow, KeysDestroyed
from mobile.files import write_whole
from mobile.store.creation import create_store
from mobile.store.kept import Identity
from mobile.store.salvage import broken_files, rescue
from mobile.store.store import Store
from mobile.vault.keystore import FileKeyStore, KeyStore
from mobile.vault.office import Recovery
from mobile.vault.sealing import Keys
from mobile.vault.vault import Protection, Vault
from shared.wire import Area

ACCOUNT_FILE = "account.json"
"""Written last: a folder without it is an enrolment that did not come to its end."""
VAULT_FILE = "vault.json"
STORE_FILE = "store.db"
IDENTITY_FILE = "identity.sealed"
"""A copy beside the store, for the day when the store is broken."""
_TABLE = "identity"


class Account(Struct, frozen=True, kw_only=True):
    """One account on this device, as the lock screen may show it."""

    id: str
    worker_name: str
    town_name: str
    server: str
    protection: Protection
    key_in_file: bool
    """The device secret lies in a file by an operator's choice: show a warning."""
    fingerprint: str
    """Six words of the device's key; the admin sees the same."""
    used: int = 0
    """When it was last unlocked, ms."""
    town: str = ""
    device: str = ""
    """An id that this device has or had: with it a locked account asks for help."""


class Opened(Struct, frozen=True, eq=False):
    """An unlocked account."""

    account: Account
    folder: Path
    keys: Keys
    store: Store


class Accounts:
    """The accounts in the device's folder."""

    def __init__(self, home: Path, key_store: KeyStore | None, clock: Clock) -> None:
        self._home = home / "accounts"
        self._key_store = key_store
        self._clock = clock

    @property
    def protection(self) -> Protection:
        """What a new account will be opened with."""
        return Protection.PASSPHRASE if self._key_store is None else Protection.PIN

    def all(self) -> tuple[Account, ...]:
        """Every account, the last used first."""
        found = (_read(file) for file in self._home.glob(f"*/{ACCOUNT_FILE}"))
        known = [account for account in found if account is not None]
        return tuple(sorted(known, key=lambda account: (-account.used, account.id)))

    def one(self, account: str) -> Account:
        """One account. Raises KeysDestroyed when it is not here any more."""
        found = _read(self.folder(account) / ACCOUNT_FILE)
        if found is None:
            raise KeysDestroyed
        return found

    def folder(self, account: str) -> Path:
        """Where all that belongs to an account lies."""
        return self._home / account

    def vault(self, account: str) -> Vault:
        """The account's vault."""
        return Vault(self._home / account / VAULT_FILE, self._key_store, self._clock)

    def create(self, identity: Identity, areas: tuple[Area, ...], secret: str) -> Account:
        """Makes the account's keys and files. Raises WeakSecret or DiskFull: nothing is left."""
        account = Account(
            id=self._clock.new_id(),
            worker_name=identity.worker_name,
            town_name=identity.town_name,
            server=identity.server,
            protection=self.protection,
            key_in_file=isinstance(self._key_store, FileKeyStore),
            fingerprint=identity.fingerprint,
            used=self._clock.now(),
            town=identity.town,
            device=identity.device,
        )
        folder = self._home / account.id
        try:
            folder.mkdir(parents=True, mode=0o700)
            keys = self.vault(account.id).create(account.id, secret, recovery=_recovery(identity))
            create_store(
                folder / STORE_FILE, keys, clock=self._clock, identity=identity, areas=areas
            )
            self._write_identity(folder, keys, identity)
            write_whole(folder / ACCOUNT_FILE, msgspec.json.encode(account))
        except BaseException:
            self.remove(account.id)
            raise
        return account

    def open(self, account_id: str, secret: str) -> Opened:
        """Unlocks an account. Raises what Vault.unlock and Store raise."""
        folder, account = self.folder(account_id), self.one(account_id)
        keys = self.vault(account_id).unlock(secret)
        store = self._open_store(folder, keys)
        account = msgspec.structs.replace(account, used=self._clock.now())
        write_whole(folder / ACCOUNT_FILE, msgspec.json.encode(account))
        return Opened(account, folder, keys, store)

    def remember(self, opened: Opened) -> None:
        """Keeps the copy of the identity in line with the store's, unless the account is gone."""
        identity = opened.store.shelf.account.identity
        here = opened.folder.is_dir()
        if here and identity != self._read_identity(opened.folder, opened.keys):
            self._write_identity(opened.folder, opened.keys, identity)

    def remove(self, account: str) -> None:
        """Destroys the account's keys, then its files."""
        with suppress(KeysDestroyed):  # it has none any more, or never had
            self.vault(account).destroy()
        shutil.rmtree(self._home / account, ignore_errors=True)

    def _open_store(self, folder: Path, keys: Keys) -> Store:
        path = folder / STORE_FILE
        store = Store(path, keys, self._clock, self._read_identity(folder, keys))
        broken = broken_files(path)
        for file in broken:
            rescue(store.shelf, keys, file)
        if broken:
            store.refill()
        return store

    def _read_identity(self, folder: Path, keys: Keys) -> Identity | None:
        try:
            sealed = (folder / IDENTITY_FILE).read_bytes()
            content = keys.seal(_TABLE).open(keys.account, 0, sealed)
        except (FileNotFoundError, DamagedRow):
            return None  # the store has it, too
        return msgspec.json.decode(content, type=Identity)

    def _write_identity(self, folder: Path, keys: Keys, identity: Identity) -> None:
        sealed = keys.seal(_TABLE).close(keys.account, 0, msgspec.json.encode(identity))
        write_whole(folder / IDENTITY_FILE, sealed)


def _recovery(identity: Identity) -> Recovery | None:
    key = b64decode(identity.recovery_key)
    return Recovery(key, identity.town, identity.worker) if key else None


def _read(file: Path) -> Account | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Account)
    except (OSError, msgspec.DecodeError):
        return None
