"""The number that a resident gets for a request: made without signal, the same everywhere."""

from base64 import b32encode
from datetime import datetime, tzinfo
from hashlib import sha256

from shared.work.values import Case

LETTERS = 6
_PLAIN = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "23456789ABCDEFGHJKLMNPQRSTUVWXYZ")
"""Neither 0 and O nor 1 and I: people read the number out over the telephone."""


def receipt_number(case: Case, zone: tzinfo) -> str:
    """Such as 261123-7K3M9P: the day of discovery, and letters that follow from the case's id."""
    letters = b32encode(sha256(case.id.encode()).digest()).decode()[:LETTERS]
    return f"{_day(case, zone)}-{letters.translate(_PLAIN)}"


def is_numbered(case: Case, number: str, zone: tzinfo) -> bool:
    """Whether that is the case's number: its day is looked at first."""
    return number.startswith(_day(case, zone)) and receipt_number(case, zone) == number


def _day(case: Case, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(case.discovered / 1000, zone):%y%m%d}"
