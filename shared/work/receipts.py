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
    day = datetime.fromtimestamp(case.discovered / 1000, zone)
    letters = b32encode(sha256(case.id.encode()).digest()).decode()[:LETTERS]
    return f"{day:%y%m%d}-{letters.translate(_PLAIN)}"
