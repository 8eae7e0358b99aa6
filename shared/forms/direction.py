"""Which way a text is read."""

import unicodedata

FROM_RIGHT = frozenset({"R", "AL"})
"""Hebrew and its kin; Arabic and its kin (Unicode Standard Annex 9)."""


def reads_from_right(text: str) -> bool:
    """Whether its first letter with a direction is one that is read from the right."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind in FROM_RIGHT for kind in kinds if kind == "L" or kind in FROM_RIGHT), False)


def has_from_right(text: str) -> bool:
    """Whether any letter of it is read from the right."""
    return any(unicodedata.bidirectional(char) in FROM_RIGHT for char in text)
