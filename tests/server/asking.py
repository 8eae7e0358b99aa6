"""A locked phone's request for a way back in, as the phone makes it."""

import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256

from server.office.town_keys import Use, public_town_key
from shared.boxes import KEY_BYTES, closed, opened, public_half
from shared.rescue import AskRescue, answer_info, vault_info
from shared.wire import Enrolled
from tests.server.a_town import ATown

ACCOUNT = "account-1"
INSIDE = b"what only the device can open further"


@dataclass
class LockedPhone:
    """A phone whose PIN was forgotten, with what lies in its vault."""

    town: ATown
    worker: str
    device: str
    key: bytes = field(default_factory=lambda: secrets.token_bytes(KEY_BYTES))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(KEY_BYTES))

    @classmethod
    def of(cls, town: ATown, enrolled: Enrolled) -> "LockedPhone":
        return cls(town, enrolled.worker, enrolled.device)

    def asks(self, **other: str) -> AskRescue:
        town = self.town.who.town
        info = vault_info(town, self.worker, ACCOUNT)
        office = public_town_key(self.town.services.keys, town, Use.RECOVERY)
        box = closed(INSIDE, b64decode(office), secrets.token_bytes(KEY_BYTES), info=info)
        wanted = {
            "device": self.device,
            "account": ACCOUNT,
            "box": b64encode(box).decode(),
            "waiting": b64encode(public_half(self.key)).decode(),
            "secret_hash": sha256(self.secret.encode()).hexdigest(),
        }
        return AskRescue(**{**wanted, **other})

    def token(self, rescue: str) -> str:
        return f"{self.town.who.town}.{rescue}.{self.secret}"

    def opens(self, answer: str) -> bytes:
        return opened(b64decode(answer), self.key, info=answer_info(ACCOUNT))
