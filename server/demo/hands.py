"""The invented workers at work: each pushes what they wrote down, as a phone does."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import Raw

from server.office.people import DeviceIdentity
from server.register.register import Register
from shared.changes import Change
from shared.clock import Reading
from shared.wire import CHANGES_MAX, FIRST_DIGEST, Push, PushReply, chained

BOOT = "demo"


@dataclass
class SetClock:
    """A clock that is set by hand: the town's past is received when it happened."""

    at: int
    seen: int = 0
    """The newest change that the office has: what a phone of that time had pulled."""

    def __call__(self) -> int:
        """The time it is set to, ms since the epoch."""
        return self.at


@dataclass
class Hand:
    """One worker's phone of the town's past."""

    device: DeviceIdentity
    clock: SetClock
    n: int = 0
    digest: str = FIRST_DIGEST
    waiting: list[Change] = field(default_factory=list)

    def write(self, changes: Sequence[Change], register: Register) -> int:
        """Keeps one save, and pushes when a push is full. Answers how many changes were pushed."""
        pushed = 0
        if len(self.waiting) + len(changes) > CHANGES_MAX:
            pushed = self.push(register)
        for change in changes:
            self.n += 1
            base = change.base or self.clock.seen
            self.waiting.append(msgspec.structs.replace(change, n=self.n, base=base))
        return pushed

    def push(self, register: Register) -> int:
        """Pushes what waits. Answers how many changes that were."""
        if not self.waiting:
            return 0
        changes, self.waiting = self.waiting, []
        raw = [msgspec.json.encode(change) for change in changes]
        after = self.digest
        for body in raw:
            self.digest = chained(self.digest, body)
        self.clock.at = max(self.clock.at, changes[-1].at)
        reading = Reading(wall=self.clock.at, boot=BOOT, mono=0)
        push = Push(self.device.id, after, reading, [Raw(body) for body in raw])
        reply = register.push(self.device, push)
        _expect_all(reply)
        self.clock.seen = max(self.clock.seen, *(result.seq for result in reply.results))
        return len(changes)


class TownNotTaken(RuntimeError):
    """The invented town breaks a rule of the register: a fault of the program."""


def public_key() -> str:
    """The public half of a key whose private half nobody keeps: this phone will not come back."""
    key = Ed25519PrivateKey.generate().public_key()
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def _expect_all(reply: PushReply) -> None:
    for result in reply.results:
        if result.problem is not None:
            raise TownNotTaken(f"change {result.n}: {result.problem.words.en}")
