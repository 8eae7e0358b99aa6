"""A form as workers will see it: the app on a device that is thrown away, with that form alone.

The same screens, the same code; nothing is sent, and what is typed goes with the device.
"""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import msgspec

from mobile.accounts import Accounts
from mobile.clock import Clock
from mobile.device import Device
from mobile.settings import Settings
from mobile.store import contact
from mobile.store.kept import Identity
from mobile.views.state.house import House
from mobile.views.state.own import NEW
from shared.forms.model import Form, encode_form
from shared.wire import Area

NOBODY = str(UUID(int=0))
UNNAMED = "1"
"""The version of a form whose author has not given it one yet."""
LOCK_MINUTES = 24 * 60
"""There is no secret to unlock it with: it stays open while somebody looks."""


@contextmanager
def preview(form: Form, settings: Settings) -> Iterator[House]:
    """A device with that form, unlocked, as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="doorstep-preview-") as home:
        known = msgspec.structs.replace(settings, home=Path(home), keystore=None)
        secret, clock = secrets.token_urlsafe(24), Clock()
        words = form.words(form.title, "zh") or form.id
        grid = Area(NOBODY, words, "")
        account = Accounts(Path(home), None, clock).create(_nobody(words), (grid,), secret)
        device = Device(known, transport=httpx.MockTransport(_no_line))
        device.unlock(account.id, secret)
        device.prefer(msgspec.structs.replace(device.preferences, auto_lock_minutes=LOCK_MINUTES))
        named = msgspec.structs.replace(form, version=form.version or UNNAMED)
        contact.take_form(device.store.shelf, form.kind, named.version, encode_form(named))
        device.store.refill()
        house = House(device, clock)
        house.opened()  # as if by one more tab: closing the last one locks a device
        try:
            yield house
        finally:
            device.lock()


def preview_route(form: Form) -> str:
    """Where the form is found in the app: a new one, ready to be filled in."""
    return f"/own/{form.kind}/form/{NEW}"


def _nobody(town: str) -> Identity:
    return Identity(
        device=NOBODY,
        token="",
        private_key=b"\0" * 32,
        server="http://127.0.0.1:1",
        town=NOBODY,
        town_name=town,
        worker=NOBODY,
        worker_name="—",
        fingerprint="",
    )


def _no_line(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("a preview has no network", request=request)
