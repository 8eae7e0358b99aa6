"""What a projection row is found by: kept with the row, so that nobody makes it while searching."""

from functools import lru_cache

from shared.search import search_keys
from shared.search.keys import PHONE_DIGITS_MIN
from shared.search.words import index_words, number_words


def found_by(*texts: str) -> tuple[str, str]:
    """What a record with these texts is found by: its search keys, and the words of an index."""
    found = [_keys(text) for text in texts if text]
    keys = dict.fromkeys(key for of_text, _ in found for key in of_text)
    return "\n".join(keys), " ".join(dict.fromkeys(word for _, some in found for word in some))


@lru_cache(maxsize=20_000)
def _keys(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same name is projected again with every change of its record."""
    if text.isascii() and text.isdigit() and len(text) >= PHONE_DIGITS_MIN:
        return (text,), number_words(text)
    keys = search_keys(text)
    return keys, tuple(sorted(index_words(keys)))
