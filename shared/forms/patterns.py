"""Regular expressions of forms: compiled once, and only those that surely end soon.

A form comes from an admin, but a careless pattern must not stop every phone of a town.
"""

import re
from functools import lru_cache

PATTERN_CHARS_MAX = 500
UNBOUNDED_MAX = 12
TEXT_CHARS_MAX = 2_000
SLOW_TEXT_CHARS_MAX = 300
"""For patterns with several repetitions one after the other."""
SLOW_FROM = 3

_UNBOUNDED = re.compile(r"[*+]|\{\d+,\}|\{(?:\d+,)?\d{3,}\}")
_QUANTIFIER = re.compile(r"[*+?]|\{\d*,?\d*\}")


def why_not(pattern: str) -> str:
    """Why a pattern cannot be used; "" when it can."""
    if len(pattern) > PATTERN_CHARS_MAX:
        return f"a pattern may have {PATTERN_CHARS_MAX} characters"
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"it is no pattern: {error}"
    repeated, unbounded = _repetitions(pattern)
    if repeated:
        return "a repetition inside a repetition may take for ever"
    return "" if unbounded <= UNBOUNDED_MAX else "it has too many repetitions"


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; a pattern that cannot be used matches nothing."""
    known = _known(pattern)
    if known is None:
        return False
    compiled, most = known
    return len(text) <= most and compiled.fullmatch(text) is not None


@lru_cache(1_000)
def _known(pattern: str) -> tuple[re.Pattern[str], int] | None:
    """The pattern, and how long a text it may look at."""
    if why_not(pattern):
        return None
    slow = _repetitions(pattern)[1] >= SLOW_FROM
    return re.compile(pattern), SLOW_TEXT_CHARS_MAX if slow else TEXT_CHARS_MAX


def _repetitions(pattern: str) -> tuple[bool, int]:
    """Whether a repeated group holds a repetition or a choice; how many repetitions there are."""
    plain = _without_classes(pattern)
    open_groups: list[bool] = []
    repeated, unbounded, place = False, 0, 0
    while place < len(plain):
        char = plain[place]
        found = _UNBOUNDED.match(plain, place)
        if char == "(":
            open_groups.append(False)
        elif char == ")":
            loose = open_groups.pop() if open_groups else False
            again = _UNBOUNDED.match(plain, place + 1)
            repeated = repeated or (loose and again is not None)
            if open_groups and loose:
                open_groups[-1] = True
        elif found or char == "|" or (char == "?" and plain[place - 1 : place] != "("):
            unbounded += bool(found)
            if open_groups:
                open_groups[-1] = True
        place += len(found[0]) if found else 1
    return repeated, unbounded


def _without_classes(pattern: str) -> str:
    """The pattern with one letter for each escape and each [class]."""
    return re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]", "x", pattern, flags=re.DOTALL)
