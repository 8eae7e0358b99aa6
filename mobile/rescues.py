"""Getting back into an account whose PIN was forgotten, with the help of two admins."""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from mobile.accounts import Account, Accounts
from mobile.errors import KeysDestroyed
from mobile.files import write_whole
from mobile.sync.report import SyncState
from mobile.sync.rescue import ask, end, standing
from mobile.sync.trouble import Trouble
from mobile.vault.office import Request
from shared.fingerprint import fingerprint
from shared.rescue import AskRescue, Rescue, RescueState

RESCUE_FILE = "rescue.json"
_SECRET_BYTES = 32


class Waiting(Struct, frozen=True):
    """A request of this device; kept, so that the app may be closed meanwhile."""

    request: Request
    secret: str
    """With it the answer is fetched; by itself it opens nothing."""
    rescue: Rescue | None = None
    """As the office told it last; None while it has not heard of it."""

    @property
    def state(self) -> RescueState | None:
        """Where it stands; None while the office has not heard of it."""
        return self.rescue.state if self.rescue else None

    def words(self, language: str) -> str:
        """Six words that an admin compares with her own before she agrees."""
        return fingerprint(b64encode(self.request.public).decode(), language)


class Rescues:
    """The requests of this device's accounts. Its methods block on the network."""

    def __init__(self, accounts: Accounts, http: httpx.Client) -> None:
        self._accounts = accounts
        self._http = http

    def possible(self, account: str) -> bool:
        """Whether the office can let anybody into this account."""
        try:
            return self._accounts.vault(account).header().office is not None
        except KeysDestroyed:
            return False

    def waiting(self, account: str) -> Waiting | None:
        """The request that was made for an account and not ended."""
        try:
            return msgspec.json.decode(self._file(account).read_bytes(), type=Waiting)
        except (OSError, msgspec.DecodeError):
            return None

    def ask(self, account: str) -> Waiting:
        """Asks the office; the same again when its answer was lost.

        Raises Trouble, WrongDeviceSecret, or KeysDestroyed when nobody can help any more.
        """
        waiting = self.waiting(account)
        if waiting is None or waiting.state in (RescueState.REFUSED, RescueState.ENDED):
            request = self._accounts.vault(account).ask()
            waiting = Waiting(request, secrets.token_urlsafe(_SECRET_BYTES))
            self._keep(account, waiting)
        who = self._accounts.one(account)
        wanted = AskRescue(
            device=who.device,
            account=account,
            box=b64encode(self._accounts.vault(account).header().office or b"").decode(),
            waiting=b64encode(waiting.request.public).decode(),
            secret_hash=sha256(waiting.secret.encode()).hexdigest(),
            town=who.town,
        )
        with self._gone_if_lost(account):
            return self._told(account, waiting, ask(self._http, who.server, wanted))

    def look(self, account: str) -> Waiting:
        """Asks how the request stands. Raises Trouble."""
        waiting = self.waiting(account)
        if waiting is None or waiting.rescue is None:
            return self.ask(account)
        who = self._accounts.one(account)
        with self._gone_if_lost(account):
            rescue = standing(self._http, who.server, _token(who, waiting, waiting.rescue))
        return self._told(account, waiting, rescue)

    def finish(self, account: str, secret: str) -> None:
        """Opens the account for a new PIN or passphrase.

        Raises WeakSecret, WrongDeviceSecret, or DamagedRow when the answer is not for this device.
        """
        waiting = self.waiting(account)
        if waiting is None or waiting.rescue is None:
            raise KeysDestroyed
        answer = b64decode(waiting.rescue.answer)
        self._accounts.vault(account).reset(answer, waiting.request, secret)
        self.drop(account)

    def drop(self, account: str) -> None:
        """The request is not needed any more; the office is told if it can be reached."""
        waiting = self.waiting(account)
        self._file(account).unlink(missing_ok=True)
        if waiting is not None and waiting.rescue is not None:
            who = self._accounts.one(account)
            with suppress(Trouble):  # it ends by itself after a day
                end(self._http, who.server, _token(who, waiting, waiting.rescue))

    @contextmanager
    def _gone_if_lost(self, account: str) -> Iterator[None]:
        """A device that the office calls lost is wiped, locked or not."""
        try:
            yield
        except Trouble as trouble:
            if trouble.state is SyncState.LOST:
                self._accounts.remove(account)
            raise

    def _told(self, account: str, waiting: Waiting, rescue: Rescue) -> Waiting:
        told = msgspec.structs.replace(waiting, rescue=rescue)
        self._keep(account, told)
        return told

    def _keep(self, account: str, waiting: Waiting) -> None:
        write_whole(self._file(account), msgspec.json.encode(waiting))

    def _file(self, account: str) -> Path:
        return self._accounts.folder(account) / RESCUE_FILE


def _token(who: Account, waiting: Waiting, rescue: Rescue) -> str:
    return f"{who.town}.{rescue.id}.{waiting.secret}"
