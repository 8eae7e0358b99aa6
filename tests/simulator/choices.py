"""Answers by chance, from so few values that equal ones often meet."""

from random import Random

from shared.changes import Answer

NAMES = ("李芳", "李方", "王强", "赵刚")
NUMBERS = ("13900010001", "13900010002", "13900010003")
MARKS = ("building_leader", "unit_leader", "floating", "party_member")
DATES = ("2026-01-02", "2026-03-04", "2026-05-06")
HOUSEHOLD_NUMBERS = ("0001", "0002", "0003")
"""A household number belongs to one household of a community: some meet, and one is queued."""


def some_answers(chance: Random) -> dict[str, Answer]:
    """Answers to one to three of a household's questions, each with another policy."""
    every: dict[str, Answer] = {
        "head_name": chance.choice(NAMES),
        "phone": chance.choice(NUMBERS),
        "people_count": chance.randrange(1, 4),
        "access_note": chance.choice(NAMES),
        "last_seen": chance.choice(DATES),
        "household_no": chance.choice(HOUSEHOLD_NUMBERS),
        "marks": sorted(chance.sample(MARKS, chance.randrange(1, 3))),
    }
    return {unit: every[unit] for unit in chance.sample(list(every), chance.randrange(1, 4))}
