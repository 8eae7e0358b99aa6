"""Finding people and doors as a worker types, and warning of a household that is there already.

Everything here is pure and works without a network: keys are made once per record and matched
at every keystroke.
"""

from shared.search.doors import Door, read_door, same_door
from shared.search.keys import matches, search_keys, search_line, searcher
from shared.search.likeness import (
    DUPLICATE_SCORE_MIN,
    HouseholdTraits,
    Likeness,
    Reason,
    clues,
    household_traits,
    possible_duplicates,
    similarity,
)
from shared.search.pinyin import name_pinyin

__all__ = [
    "DUPLICATE_SCORE_MIN",
    "Door",
    "HouseholdTraits",
    "Likeness",
    "Reason",
    "clues",
    "household_traits",
    "matches",
    "name_pinyin",
    "possible_duplicates",
    "read_door",
    "same_door",
    "search_keys",
    "search_line",
    "searcher",
    "similarity",
]
