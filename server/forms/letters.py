"""Which letters of a form no printed page can show."""

import re
from functools import lru_cache

from server.paper.families import FROM_RIGHT, PAPER, NoFont, font_path

STRANGE_MAX = 10
_USUAL = re.compile(r"[\s\u0020-\u00ff\u2010-\u2027\u3000-\u3020\u4e00-\u9fa5\uff01-\uff5e]")
"""Letters that the first font is known to have: reading what it has takes a while."""


def strange_letters(text: str) -> str:
    """The first few letters that no font has; "" also where the fonts are not installed."""
    unusual = {char for char in text if not _USUAL.fullmatch(char)}
    if not unusual:
        return ""
    try:
        glyphs = _glyphs()
    except NoFont:
        return ""
    return "".join(sorted(char for char in unusual if ord(char) not in glyphs)[:STRANGE_MAX])


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - slow to load, and seldom needed

    found: set[int] = set()
    for family in (PAPER, *FROM_RIGHT):
        with TTFont(font_path(family), lazy=True) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)
