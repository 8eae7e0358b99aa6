"""Checks that a question names because no expression can say them: `bind::doorstep:check`."""

from collections.abc import Callable
from datetime import date

from msgspec import Struct

from shared.codes import (
    Fault,
    check_id_number,
    check_phone,
    message_of,
    normal_id_number,
    normal_phone,
)
from shared.forms.words import NO_WORDS, Words


class Check(Struct, frozen=True):
    """A named check: how the text is kept, and what is wrong with it."""

    normal: Callable[[str], str]
    fault: Callable[[str, date], Fault | None]


CHECKS: dict[str, Check] = {
    "id_number": Check(normal_id_number, check_id_number),
    "phone": Check(normal_phone, lambda text, _: check_phone(text)),
}
"""A phone ignores the name of a check that it does not know: the server checks again."""


def normal_text(check: str, text: str) -> str:
    """The text as it is kept and compared."""
    return CHECKS[check].normal(text) if check in CHECKS else text


def fault_of(check: str, text: str, today: date) -> Words:
    """What the check finds wrong with the text; no words when nothing is."""
    fault = CHECKS[check].fault(text, today) if check in CHECKS else None
    if fault is None:
        return NO_WORDS
    message = message_of(fault)
    return {"zh": message.zh, "en": message.en}
