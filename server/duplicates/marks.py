"""Marks: records that share one are compared. Each is a keyed hash, so it tells nobody a number."""

import hmac
from collections.abc import Iterator
from hashlib import sha256

from server.duplicates.likeness import Traits

SHARED_MAX = 60
"""A mark that more records share says too little: the office's own phone, a very common name."""


def marks(traits: Traits, key: bytes) -> frozenset[int]:
    """The marks of a record."""
    return frozenset(_hashed(key, traits.kind, *parts) for parts in _parts(traits))


def _parts(traits: Traits) -> Iterator[tuple[str, ...]]:
    told = traits.told
    if told.phone:
        yield "phone", told.phone
    if told.sound:
        yield "sound in grid", told.sound, traits.grid
    if traits.id_hash:
        yield "number", traits.id_hash
    if told.birth_date and told.sound:
        yield "born", told.birth_date, told.sound[:1]
    if traits.kind == "household" and told.dwelling:
        yield "dwelling", told.dwelling
    if told.door.parts and traits.kind == "household":
        yield "door in grid", "-".join(told.door.parts), traits.grid
    if told.door.parts and told.sound:
        yield "name at door", told.sound[:1], "-".join(told.door.parts), traits.grid


def _hashed(key: bytes, *parts: str) -> int:
    digest = hmac.new(key, "\0".join(parts).encode(), sha256).digest()
    return int.from_bytes(digest[:8], signed=True)
