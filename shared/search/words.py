"""What an index of words keeps of a record, and what a query's finds must have there.

A database can look up words and their beginnings, and not what `matches` asks. So an index only
narrows down: every record that a query finds has the words that `needed` names, and others may have
them too. What an index finds is asked again by `matches`.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from string import ascii_lowercase
from typing import TypeAlias

from msgspec import Struct
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from shared.search.doors import read_door
from shared.search.keys import (
    DOOR,
    JOINED_LENGTH_MIN,
    LETTERS_MAX,
    PHONE_DIGITS_MIN,
    PHONE_TAIL_MIN,
    query_parts,
    runs_of,
)

PART = "#"
"""Stands before a number of a door."""
TAIL = "$"
"""Stands before the end of a phone number."""
INITIALS = "."
"""Stands before the first letters of syllables that follow each other: no syllable is meant."""
INITIALS_MAX = 4
"""So many syllables are told apart by their initials: that is selective enough."""
WHOLE_DIGITS = 11
"""A mobile number: fewer digits may be the middle of one."""
_LETTERS = re.compile(r"[a-z]+")


class Word(Struct, frozen=True):
    """A word of the index, or the beginning of one."""

    text: str
    begins: bool = False


All: TypeAlias = tuple[Word, ...]
Alternatives: TypeAlias = tuple[All, ...]


def index_words(keys: Iterable[str]) -> frozenset[str]:
    """The words of a record with these search keys. None has a blank, a quote or a backslash."""
    words: set[str] = set()
    initials = ""
    for key in keys:
        pieces = _LETTERS.findall(key)
        if key != initials:  # the initials of a spelling follow it
            words.update(_words_of(key, pieces))
        initials = "".join([piece[0] for piece in pieces])
    return frozenset(words)


def number_words(digits: str) -> tuple[str, ...]:
    """A phone number, without the nought that some write before it, and its ends.

    None of a number that is too short to be one.
    """
    if len(digits) < PHONE_DIGITS_MIN:
        return ()
    ends = [TAIL + digits[-length:] for length in range(PHONE_TAIL_MIN, PHONE_DIGITS_MIN)]
    return (digits, digits[1:], *ends) if digits.startswith("0") else (digits, *ends)


def needed(query: str) -> tuple[Alternatives, ...]:
    """What every record has that the query finds: of each group at least one alternative.

    Empty where an index helps nothing.
    """
    phones, words = query_parts(query)
    groups: list[Alternatives] = [
        ((Word(phone, begins=True),),) for phone in phones if len(phone) >= WHOLE_DIGITS
    ]
    for word in words:
        groups += filter(None, _groups(word))
    return tuple(groups)


def _words_of(key: str, pieces: list[str]) -> list[str]:
    """`pieces`: the runs of letters in the key."""
    if key.startswith(DOOR):
        parts = key[1:].split(DOOR)
        return [word for part in parts for word in (PART + part, *number_words(part))]
    if key.isdigit():
        return [*number_words(key)]
    signs = [] if key.isascii() else [sign for sign in key if not sign.isascii()]
    initials = "".join([piece[0] for piece in pieces])
    runs = [INITIALS + initials[first : first + INITIALS_MAX] for first in range(len(initials) - 1)]
    return signs + pieces + runs


def _groups(word: str) -> Iterator[Alternatives]:
    door = read_door(word)
    if word.isdigit():
        if len(word) < PHONE_DIGITS_MIN:  # longer ones may be the middle of a phone number
            yield tuple(_of_digits(word, door.parts))
        return
    if door.parts:
        yield (_of_door(door.parts),)
    for run in runs_of(door.words):
        if run.isalpha() and run.isascii():
            yield tuple(_of_letters(run[:LETTERS_MAX]))
        elif signs := tuple(Word(sign) for sign in run if not sign.isascii()):
            yield (signs,)


def _of_digits(digits: str, parts: tuple[str, ...]) -> Iterator[All]:
    if parts:
        yield _of_door(parts)
    if len(digits) >= JOINED_LENGTH_MIN:
        yield (Word(PART + digits),)
        for first in range(1, len(digits)):
            for last in range(first, len(digits)):
                yield (Word(PART + digits[:first]), Word(PART + digits[last:]))
    if len(digits) >= PHONE_TAIL_MIN:
        yield (Word(digits, begins=True),)
        yield (Word(TAIL + digits),)


def _of_door(parts: tuple[str, ...]) -> All:
    *known, typed = parts
    return (*(Word(PART + part) for part in known), Word(PART + typed, begins=True))


def _of_letters(letters: str) -> Iterator[All]:
    """Each way to read the letters as beginnings of syllables that follow each other."""
    yield (Word(letters, begins=True),)
    for initials in sorted(_initials(letters)):
        if len(initials) > 1:
            yield (Word(INITIALS + initials, begins=True),)
    # A Latin name is no syllables: what was typed of it is two words at most.
    for at in range(1, len(letters)):
        both = (letters[:at], letters[at:])
        latin = tuple(Word(each, begins=True) for each in both if each not in _beginnings())
        if latin:
            yield latin


def _initials(letters: str) -> set[str]:
    """First letters of the syllables that the letters may be beginnings of, in all ways to read."""
    found: list[set[str]] = [set() for _ in letters] + [{""}]
    for start in reversed(range(len(letters))):
        found[start] = {
            (letters[start] + rest)[:INITIALS_MAX]
            for end in range(start + 1, len(letters) + 1)
            if letters[start:end] in _beginnings()
            for rest in found[end]
        }
    return found[0]


@cache
def _beginnings() -> frozenset[str]:
    """The beginnings of all syllables that a character is read as."""
    toned = {reading for readings in pinyin_dict.values() for reading in readings.split(",")}
    plain = {to_normal(reading, v_to_u=False) for reading in toned}
    read = {other for syllable in plain for other in (syllable, syllable.replace("v", "u"))}
    begun = {each[:end] for each in read for end in range(1, len(each) + 1)}
    return frozenset(begun | set(ascii_lowercase))  # a Latin name may begin with any
