"""The device: its accounts, and the one that is unlocked. Everything that views may ask for."""

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property, partial
from threading import RLock, Thread

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from mobile.accounts import Account, Accounts, Opened
from mobile.clock import Clock
from mobile.errors import (
    AwayTooLong,
    DiskFull,
    KeysDestroyed,
    Locked,
    UnsentWork,
    WeakSecret,
)
from mobile.files import free_bytes
from mobile.rescues import Rescues
from mobile.settings import Preferences, Settings, read_preferences, write_preferences
from mobile.store import contact, parcels
from mobile.store.store import Store
from mobile.sync.carrying import carry_out
from mobile.sync.client import SyncClient
from mobile.sync.enrolment import EnrolmentText, identity_of, parse_enrolment, spend_code
from mobile.sync.line import open_http
from mobile.sync.report import SyncProgress, SyncReport, SyncState, SyncStatus
from mobile.vault.keystore import FileKeyStore, KeyStore
from mobile.vault.vault import Protection, weakness
from mobile.wiping import send_receipts, write_receipt
from shared.files import FileRef
from shared.wire import Words

__all__ = ["Account", "Device", "EnrolmentText", "Protection"]


class Device:
    """This device, with at most one unlocked account. Raises errors of mobile.errors only.

    Its methods block (keys, disk, network): views call them off their loop.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        key_store: KeyStore | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        """key_store: the platform's; None takes `settings.keystore`, else passphrases."""
        if key_store is None and settings.keystore is not None:
            key_store = FileKeyStore(settings.keystore)
        self._settings = settings
        self._clock = clock or Clock()
        self._transport = transport
        self._accounts = Accounts(settings.home, key_store, self._clock)
        self._lock = RLock()
        self._opening = RLock()
        self._opened: Opened | None = None
        self._client: SyncClient | None = None
        self._touched = 0
        self._enrolling: dict[EnrolmentText, Ed25519PrivateKey] = {}
        """Kept until a code is spent: an answer that was lost can be asked for again."""

    # ---- accounts -----------------------------------------------------------------------------

    @property
    def protection(self) -> Protection:
        """What a new account on this device will be opened with."""
        return self._accounts.protection

    def accounts(self) -> tuple[Account, ...]:
        """The accounts on this device, the last used first."""
        return self._accounts.all()

    def parse_enrolment(self, text: str, server: str = "") -> EnrolmentText:
        """Reads a QR code's text, or a typed code with the server's address.

        Raises EnrolmentFailed with words that say what is missing.
        """
        return parse_enrolment(text, server)

    def check_secret(self, secret: str) -> Words | None:
        """Why the PIN or passphrase would not be taken, or None when it is good."""
        return weakness(self.protection, secret)

    def enrol(self, enrolment: EnrolmentText, secret: str) -> Account:
        """Spends the code, makes the account's keys and unlocks it.

        Raises EnrolmentFailed or WeakSecret; then nothing is left behind.
        """
        if words := self.check_secret(secret):
            raise WeakSecret(words)
        key = self._enrolling.setdefault(enrolment, Ed25519PrivateKey.generate())
        enrolled = spend_code(self._http, enrolment, key, self._settings.platform)
        identity = identity_of(enrolled, enrolment, key)
        account = self._accounts.create(identity, tuple(enrolled.grids), secret)
        self._enrolling.pop(enrolment, None)
        self.unlock(account.id, secret)
        return account

    def unlock(self, account: str, secret: str) -> None:
        """Opens the account and builds its index; another account that was open is locked.

        An account that is open already only has its secret checked: its store stays the same.
        Raises WrongPin, LockedUntil, PinUsedUp, KeysDestroyed, WrongDeviceSecret, AwayTooLong (the
        office must be asked first and could not be), StoreBroken (the file was set aside:
        unlocking again starts with an empty one), StoreTooNew.
        """
        with self._opening:
            if self._opened is not None and self._opened.account.id == account:
                self._accounts.vault(account).unlock(secret)
                self.touch()
                return
            opened = self._accounts.open(account, secret)
            client = self._client_of(opened)
            self._admit(opened, client)
            with self._lock:
                self.lock()
                self._opened, self._client = opened, client
                self.touch()
        _prepare(opened.store)

    def wait_seconds(self, account: str) -> int:
        """How long the account's next try must wait; 0 when it need not."""
        return self._accounts.vault(account).wait_seconds()

    def change_secret(self, old: str, new: str) -> None:
        """Changes the PIN or passphrase of the unlocked account."""
        with self._opening:  # who unlocks at the same time would write the old one back
            self._accounts.vault(self._open().account.id).change(old, new)

    def log_out(self) -> None:
        """Removes the unlocked account and its files from this device.

        Raises UnsentWork when something would be lost.
        """
        with self._lock:
            opened = self._open()
            unsent, drafts = contact.tally(opened.store.shelf)[0].unsent, opened.store.drafts()
            unsent += len(opened.store.files.unsent())
            if unsent or drafts:
                raise UnsentWork(unsent, len(drafts))
            self._remove(opened)

    # ---- the unlocked account -----------------------------------------------------------------

    @property
    def account(self) -> Account | None:
        """The unlocked account."""
        opened = self._opened
        return opened.account if opened else None

    @property
    def store(self) -> Store:
        """The unlocked account's records. Raises Locked."""
        return self._open().store

    def lock(self) -> None:
        """Drops keys, index and open files. A running sync ends at its next step."""
        with self._lock:
            opened, client = self._opened, self._client
            self._opened = self._client = None
        if client is not None and opened is not None:
            client.stop()
            opened.store.close()

    def touch(self) -> None:
        """The worker is here: auto-lock starts to count anew."""
        self._touched = self._clock.reading().mono

    def seconds_to_lock(self) -> float | None:
        """Until auto-lock is due (0: now); None while nothing is unlocked or it is off."""
        minutes = self.preferences.auto_lock_minutes
        if self._opened is None or not minutes:
            return None
        idle = (self._clock.reading().mono - self._touched) / 1000
        return max(0.0, minutes * 60 - idle)

    # ---- sync ---------------------------------------------------------------------------------

    def sync(self, on_progress: Callable[[SyncProgress], None] | None = None) -> SyncReport:
        """Sends and receives. Never raises for network trouble; one at a time.

        After `lost` the account is gone from this device, and nothing is unlocked.
        """
        with self._lock:
            opened, client = self._open(), self._line()
        report = client.run(on_progress)
        if report.state is SyncState.LOST:
            self._wipe(opened)
        else:
            with self._lock:  # she may be logging out just now
                self._accounts.remember(opened)
            if not opened.store.known.prepared:
                _prepare(opened.store)
        return report

    def send_receipts(self) -> None:
        """Tells the office of accounts that were wiped, if it does not know yet."""
        send_receipts(self._settings.home, self._http)

    def file(self, ref: FileRef, record: str) -> bytes:
        """A file that a record names, from this device or fetched from the office.

        Raises Locked, or an error whose words say why it cannot be shown now.
        """
        return self._line().file(ref, record)

    def carry_out(self) -> bytes:
        """The unsent changes as a file that only the office can open. Raises NotCarried, Locked."""
        return carry_out(self._open().store.shelf)

    def carry_in(self, content: bytes) -> None:
        """Takes a colleague's file to the office at the next sync. Raises ParcelRefused, Locked."""
        parcels.keep(self._open().store.shelf.database, content)

    def status(self) -> SyncStatus:
        """Where the unlocked account stands. Raises Locked."""
        return self._line().status()

    # ---- preferences --------------------------------------------------------------------------

    @property
    def preferences(self) -> Preferences:
        """What was chosen for this device."""
        if self._preferences is None:
            self._preferences = read_preferences(self._settings.home)
        return self._preferences

    def prefer(self, preferences: Preferences) -> None:
        """Keeps other choices."""
        write_preferences(self._settings.home, preferences)
        self._preferences = preferences

    _preferences: Preferences | None = None

    @cached_property
    def rescues(self) -> Rescues:
        """The way back into accounts whose PIN was forgotten."""
        return Rescues(self._accounts, self._http)

    @cached_property
    def _http(self) -> httpx.Client:
        return open_http(self._transport)

    def _open(self) -> Opened:
        opened = self._opened
        if opened is None:
            raise Locked
        return opened

    def _line(self) -> SyncClient:
        client = self._client
        if client is None:
            raise Locked
        return client

    def _client_of(self, opened: Opened) -> SyncClient:
        return SyncClient(
            opened.store,
            self._http,
            clock=self._clock,
            folder=opened.folder,
            free_bytes=partial(free_bytes, self._settings.home),
        )

    def _admit(self, opened: Opened, client: SyncClient) -> None:
        """After many days without the office nothing is shown before it was asked."""
        try:
            lost = client.ask_after_long() is SyncState.LOST
        except AwayTooLong:
            opened.store.close()
            raise
        if lost:
            self._wipe(opened)
            raise KeysDestroyed

    def _wipe(self, opened: Opened) -> None:
        """The office calls this device lost: the account is destroyed, and the office told."""
        identity = opened.store.shelf.account.identity
        with self._lock:
            with suppress(DiskFull):  # wiped it is, with a receipt or without
                write_receipt(self._settings.home, identity, self._clock.now())
            self._remove(opened)
        self.send_receipts()

    def _remove(self, opened: Opened) -> None:
        if self._opened is opened:
            self.lock()
        opened.store.close()
        self._accounts.remove(opened.account.id)


def _prepare(store: Store) -> None:
    Thread(target=store.prepare, daemon=True, name="prepare search").start()
