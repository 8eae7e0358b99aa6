"""Six words that name a device's public key, for two people to compare by voice.

A word says the same in both languages, so a Chinese phone and an English console can be compared.
"""

import csv
from base64 import b64decode
from functools import cache
from hashlib import sha256
from importlib.resources import files

WORDS = 6
KEY_BYTES = 32
_FILE = "fingerprint_words.csv"
_LIST_LENGTH = 256


def fingerprint(public_key: str, language: str = "zh") -> str:
    """The key's six words, with spaces between them. `language` is zh or en.

    public_key: Ed25519, base64. Raises ValueError when it is no key.
    """
    key = b64decode(public_key, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("an Ed25519 public key has 32 bytes")
    words = _word_list()
    return " ".join(words[byte][language] for byte in sha256(key).digest()[:WORDS])


@cache
def _word_list() -> tuple[dict[str, str], ...]:
    source = files("shared").joinpath(_FILE).read_text(encoding="utf-8")
    words = tuple(csv.DictReader(source.splitlines()))
    assert len(words) == _LIST_LENGTH  # a byte for each
    return words
