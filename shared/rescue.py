"""The way back into an account whose PIN was forgotten: messages, and what each box is for.

    vault      box for the town's recovery key, around what the device has wrapped once more
    server     opens the outer box when two admins have agreed, closes it for the waiting key
    device     opens that with its waiting key, and the rest with its own secret

So the office can let a device in, and can read nothing of it; whoever has copied the files has
not got the device's secret. docs/decisions/0170-rescue.md.
"""

from enum import StrEnum

from msgspec import Struct


class RescueState(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    """Nobody has agreed yet."""
    HALF = "half"
    """One admin has agreed; another one must."""
    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"
    """It was used, or its time is over."""


class AskRescue(Struct, frozen=True, omit_defaults=True):
    """A locked device asks to be let in."""

    device: str
    """An id that the device has or had."""
    account: str
    """The account's id on the device."""
    box: str
    """From the vault, base64."""
    waiting: str
    """The public half of a key made for this request, X25519, base64. Its six words are compared
    by voice before anybody agrees."""
    secret_hash: str
    """SHA-256 of the secret with which the answer is fetched, hex."""
    town: str = ""
    """Empty where the server has only one."""


class Rescue(Struct, frozen=True, omit_defaults=True):
    """A request as the device that made it is told."""

    id: str
    state: RescueState
    expires_at: int
    answer: str = ""
    """With `granted`: the box for the waiting key, base64."""


class Wiped(Struct, frozen=True):
    """A device's receipt: its keys and files are destroyed. Signed like a push."""

    device: str
    at: int
    """The device's wall clock, ms."""


def vault_info(town: str, worker: str, account: str) -> bytes:
    """What the box in a vault is for: it opens for nobody else's request."""
    return f"doorstep/recovery/v1|{town}|{worker}|{account}".encode()


def answer_info(account: str) -> bytes:
    """What the box of an answer is for."""
    return f"doorstep/rescue/v1|{account}".encode()
