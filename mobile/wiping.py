"""A lost device's last word to the office: signed while there is a key, sent when there is a way.

The receipt stands in a file of its own until the office has it: it names the device and nothing
that anybody on the device wrote.
"""

from pathlib import Path

import httpx
import msgspec
from msgspec import Struct

from mobile.files import write_whole
from mobile.store.kept import Identity
from mobile.sync.rescue import receipt, receipt_headers, send_receipt
from mobile.sync.trouble import Trouble

_FOLDER = "receipts"


class Receipt(Struct, frozen=True):
    """A request that is ready to be sent."""

    server: str
    headers: dict[str, str]
    body: bytes


def write_receipt(home: Path, identity: Identity, at: int) -> None:
    """Signs that this device is wiped; call it just before it is. at: the wall clock, ms."""
    body = receipt(identity.device, at)
    headers = receipt_headers(identity.token, identity.private_key, body)
    content = msgspec.json.encode(Receipt(identity.server, headers, body))
    write_whole(home / _FOLDER / f"{identity.device}.json", content)


def send_receipts(home: Path, http: httpx.Client) -> None:
    """Sends what was not sent yet. What the office cannot be told now waits for the next time."""
    for file in sorted((home / _FOLDER).glob("*.json")):
        try:
            waiting = msgspec.json.decode(file.read_bytes(), type=Receipt)
            send_receipt(http, waiting.server, waiting.headers, waiting.body)
        except Trouble as trouble:
            if trouble.problem is None:
                continue  # nobody has heard it
        except (OSError, msgspec.DecodeError):
            continue
        file.unlink(missing_ok=True)
