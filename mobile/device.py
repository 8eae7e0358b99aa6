"""The device: its accounts, and the one that is unlocked. Everything that views may ask for."""

from collections.abc import Callable

import httpx
from msgspec import Struct

from mobile.clock import Clock
from mobile.settings import Preferences, Settings
from mobile.store.store import Store
from mobile.sync.report import SyncProgress, SyncReport, SyncStatus
from mobile.vault.keystore import KeyStore
from mobile.vault.vault import Protection
from shared.wire import Words


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


class EnrolmentText(Struct, frozen=True):
    """What a QR code, or a typed code and address, says."""

    server: str
    code: str


class Device:
    """This device. Its methods block (keys, disk, network): views call them off their loop.

    At most one account is unlocked at a time. Raises errors of mobile.errors only.
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
        raise NotImplementedError

    # ---- accounts -----------------------------------------------------------------------------

    @property
    def protection(self) -> Protection:
        """What a new account on this device will be opened with."""
        raise NotImplementedError

    def accounts(self) -> tuple[Account, ...]:
        """The accounts on this device, the last used first."""
        raise NotImplementedError

    def parse_enrolment(self, text: str, server: str = "") -> EnrolmentText:
        """Reads a QR code's text, or a typed code with the server's address.

        Raises EnrolmentFailed with words that say what is missing.
        """
        raise NotImplementedError

    def check_secret(self, secret: str) -> Words | None:
        """Why the PIN or passphrase would not be taken, or None when it is good."""
        raise NotImplementedError

    def enrol(self, enrolment: EnrolmentText, secret: str) -> Account:
        """Spends the code, makes the account's keys and unlocks it.

        Raises EnrolmentFailed or WeakSecret; then nothing is left behind.
        """
        raise NotImplementedError

    def unlock(self, account: str, secret: str) -> None:
        """Opens the account and builds its index; another account that was open is locked.

        Raises WrongPin, LockedUntil, KeysDestroyed, WrongDeviceSecret, StoreBroken (the file was
        set aside: unlocking again starts with an empty one), StoreTooNew.
        """
        raise NotImplementedError

    def wait_seconds(self, account: str) -> int:
        """How long the account's next try must wait; 0 when it need not."""
        raise NotImplementedError

    def change_secret(self, old: str, new: str) -> None:
        """Changes the PIN or passphrase of the unlocked account."""
        raise NotImplementedError

    def log_out(self) -> None:
        """Removes the unlocked account and its files from this device.

        Raises UnsentWork when something would be lost.
        """
        raise NotImplementedError

    # ---- the unlocked account -----------------------------------------------------------------

    @property
    def account(self) -> Account | None:
        """The unlocked account."""
        raise NotImplementedError

    @property
    def store(self) -> Store:
        """The unlocked account's records. Raises Locked."""
        raise NotImplementedError

    def lock(self) -> None:
        """Drops keys, index and open files. A running sync ends at its next step."""
        raise NotImplementedError

    def touch(self) -> None:
        """The worker is here: auto-lock starts to count anew."""
        raise NotImplementedError

    def seconds_to_lock(self) -> float | None:
        """Until auto-lock is due (0: now); None while nothing is unlocked or it is off."""
        raise NotImplementedError

    # ---- sync ---------------------------------------------------------------------------------

    def sync(self, on_progress: Callable[[SyncProgress], None] | None = None) -> SyncReport:
        """Sends and receives. Never raises for network trouble; one at a time.

        After `lost` the account is gone from this device, and nothing is unlocked.
        """
        raise NotImplementedError

    def status(self) -> SyncStatus:
        """Where the unlocked account stands. Raises Locked."""
        raise NotImplementedError

    # ---- preferences --------------------------------------------------------------------------

    @property
    def preferences(self) -> Preferences:
        """What was chosen for this device."""
        raise NotImplementedError

    def prefer(self, preferences: Preferences) -> None:
        """Keeps other choices."""
        raise NotImplementedError
