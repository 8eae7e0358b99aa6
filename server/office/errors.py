"""What the office refuses, in words that the person at the console can act on."""

from server.errors import ServerError
from shared.wire import Words


class OfficeRefused(ServerError):
    """An act that cannot be done as it was asked."""


class NotAllowed(OfficeRefused):
    """The role may not do this."""

    def __init__(self) -> None:
        super().__init__(
            "not_allowed",
            Words("您的角色无权进行此操作。", "Your role may not do this."),
        )


def refused(code: str, zh: str, en: str) -> OfficeRefused:
    """An `OfficeRefused` with one sentence in both languages."""
    return OfficeRefused(code, Words(zh, en))
