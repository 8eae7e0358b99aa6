"""Telephone numbers as people write them: the form they are kept in, and what is wrong."""

import re
from enum import StrEnum
from unicodedata import normalize

MOBILE_LENGTH = 11
LOCAL_LENGTH_MIN = 7
LANDLINE_LENGTH_MAX = 12

_BETWEEN_DIGITS = re.compile(r"[\s\-‐-―()./·]+")
_COUNTRY = re.compile(r"(?:\+|00)86")
_DIGITS = re.compile(r"[0-9]*")


class PhoneFault(StrEnum):
    """The first thing that is wrong with a phone number; `phone_fault` has its message."""

    CHARACTERS = "characters"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    PREFIX = "prefix"


def normal_phone(text: str) -> str:
    """The number as it is kept and compared: half-width digits, no country code, no dashes."""
    plain = _BETWEEN_DIGITS.sub("", normalize("NFKC", text))
    return _COUNTRY.sub("", plain) if _COUNTRY.match(plain) else plain


def check_phone(text: str) -> PhoneFault | None:
    """What is wrong with a mobile or landline number, or None."""
    number = normal_phone(text)
    if not _DIGITS.fullmatch(number):
        return PhoneFault.CHARACTERS
    if number.startswith("1"):
        return _length_fault(number, MOBILE_LENGTH, MOBILE_LENGTH) or _mobile_fault(number)
    shortest = LOCAL_LENGTH_MIN + 3 if number.startswith("0") else LOCAL_LENGTH_MIN
    return _length_fault(number, shortest, LANDLINE_LENGTH_MAX)


def is_mobile(number: str) -> bool:
    """Whether a number in its kept form is a mobile's."""
    return len(number) == MOBILE_LENGTH and number[0] == "1"


def _length_fault(number: str, shortest: int, longest: int) -> PhoneFault | None:
    if len(number) < shortest:
        return PhoneFault.TOO_SHORT
    return PhoneFault.TOO_LONG if len(number) > longest else None


def _mobile_fault(number: str) -> PhoneFault | None:
    return None if number[1] in "3456789" else PhoneFault.PREFIX
