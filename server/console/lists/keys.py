"""What a row of a list is found by."""

from collections.abc import Sequence
from functools import lru_cache

from shared.search import read_door
from shared.search.doors import CODE_PARTS

KEYS_KEPT = 200_000


def keys_of(made: Sequence[object], texts: Sequence[object], *, by_door: bool) -> list[str]:
    """The search keys of a row: names as they were made, doors and other texts as they are."""
    read = _door_key if by_door else str.casefold
    return [str(keys) for keys in made if keys] + [read(str(text)) for text in texts if text]


@lru_cache(maxsize=KEYS_KEPT)
def _door_key(text: str) -> str:
    """The key that `shared.search` makes of a door. Most are dwelling codes, read at a glance."""
    parts: Sequence[str] = text.split("-")
    if len(parts) == CODE_PARTS and text.isascii() and all(part.isdigit() for part in parts):
        building, unit, _, room = parts
        parts = tuple(part.lstrip("0") for part in (building, unit, room))
    else:
        parts = read_door(text).parts
    return "".join(f"-{part}" for part in parts if part)
