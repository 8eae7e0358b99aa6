"""Search keys: what a record can be found by, and whether a query finds it.

A record's keys are plain text, made once: its words ("张三"), the ways to type them
("zhang san") with their initials ("zs"), phone numbers, and doors ("-3-1-201").
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

from shared.search.doors import read_door
from shared.search.pinyin import spellings

QUERY_LENGTH_MAX = 64
TEXT_LENGTH_MAX = 80
"""Names and house numbers are shorter; of a longer text the beginning is found."""
LETTERS_MAX = 20
"""Of a longer run of letters the first so many are looked for: nobody types more."""
PHONE_DIGITS_MIN = 7
PHONE_TAIL_MIN = 4
JOINED_LENGTH_MIN = 4

DOOR = "-"
"""Begins the key of a door and stands before each of its numbers, and in no other key."""


def search_keys(*texts: str) -> tuple[str, ...]:
    """The keys of a record that has these texts: names, house numbers, phones."""
    return tuple(dict.fromkeys([key for text in texts for key in _keys_of(text)]))


def matches(query: str, keys: Iterable[str]) -> bool:
    """Whether a record with `keys` answers to every word of the query.

    A word is found in a record's words, in their pinyin or its initials from any syllable on
    ("zhangs", "zs", "zsan"), at the beginning or end of a phone number, or in a door, whose last
    number may be unfinished ("3-20"). An empty query finds everything.
    """
    return bool(searcher(query)(search_line(keys)))


def search_line(keys: Iterable[str]) -> str:
    """A record's keys as the one text that `searcher` looks through, to be kept."""
    return "\n".join(keys).join("\n\n")


def searcher(query: str) -> Callable[[str], object]:
    """What `matches` asks of one record, to be asked of the lines of many: true where it finds."""
    patterns = _patterns(query)
    if len(patterns) == 1:
        return patterns[0].search
    return lambda line: all(pattern.search(line) for pattern in patterns)


def query_parts(query: str) -> tuple[list[str], list[str]]:
    """The phone numbers of a query, and its other words."""
    phones, rest = _phones_apart(_plain(query[:QUERY_LENGTH_MAX]))
    return phones, rest.split()


def runs_of(words: str) -> list[str]:
    """The runs of Latin letters, and of anything else, that are looked for one by one."""
    return _RUNS.findall(words.replace(DOOR, " "))


_NAME = re.compile(r"(?:(?![一二三四五六七八九十两])[\u4e00-\u9fff]){1,16}")
"""Characters that are written in one way only, and none that could be a door's number."""
_BLANKS = re.compile(r"\s+")
_DOTS = re.compile(r"[·•・‧∙'’]")
_PHONE = re.compile(
    r"(?<![\d-])(?:\+86 ?)?(1\d{2}[ -]?\d{4}[ -]?\d{4}|0\d{2,3}[ -]?\d{7,8}|\d{7,})(?![\d-])"
)
_BETWEEN_DIGITS = re.compile(r"[ -]")
_DIGIT = re.compile(r"[0-9]")
_RUNS = re.compile(r"[a-z]+|[^a-z\s]+")

_OTHER_NUMBERS = r"(?:-[a-z0-9]+)*"


def _keys_of(text: str) -> list[str]:
    if _NAME.fullmatch(text):  # nearly every name: no phone and no door is looked for in it
        return _words_keys(text)
    keys, rest = _phones_apart(_plain(text[:TEXT_LENGTH_MAX]))
    if not rest:
        return keys
    door = read_door(rest)
    if door.parts:
        keys.append(DOOR + DOOR.join(door.parts))
    # Without a digit, what looks like a door may be a name: 李一楼.
    words = (door.words if _DIGIT.search(rest) else rest).replace(DOOR, " ").strip()
    return [*keys, *_words_keys(words)] if words else keys


def _words_keys(words: str) -> list[str]:
    keys = [words]
    for spelling in spellings(words):
        keys += (spelling, "".join([syllable[0] for syllable in spelling.split()]))
    return keys


@lru_cache(maxsize=256)
def _patterns(query: str) -> tuple[re.Pattern[str], ...]:
    phones, words = query_parts(query)
    sources = [*phones, *(source for word in words for source in _sources(word))]
    return tuple(re.compile(source) for source in sources)


def _sources(word: str) -> Iterator[str]:
    door = read_door(word)
    if word.isdigit():
        yield "|".join(_of_digits(word, door.parts))
        return
    if door.parts:
        yield _of_door(door.parts)
    for run in runs_of(door.words):
        yield _of_letters(run) if run.isalpha() and run.isascii() else re.escape(run)


def _of_digits(digits: str, parts: tuple[str, ...]) -> Iterator[str]:
    """A number alone: part of a door, a door's numbers run together, or of a phone's."""
    if parts:
        yield _of_door(parts)
    if len(digits) >= JOINED_LENGTH_MIN:
        yield DOOR + f"{DOOR}?".join(digits) + r"\n"
        for place in range(1, len(digits) - 1):
            yield f"-{digits[:place]}{_OTHER_NUMBERS}-{digits[place:]}\\n"
    if len(digits) >= PHONE_DIGITS_MIN:
        yield digits
    elif len(digits) >= PHONE_TAIL_MIN:
        # Every way begins with a letter that is known, so that most of a line is skipped.
        yield rf"\n{digits}[0-9]{{{PHONE_DIGITS_MIN - len(digits)}}}"
        yield rf"{digits}(?<=[0-9]{{{PHONE_DIGITS_MIN}}})\n"


def _of_door(parts: tuple[str, ...]) -> str:
    """Doors that have these numbers in this order; the last may be unfinished."""
    *known, typed = parts
    return "".join(f"-{part}(?![a-z0-9]){_OTHER_NUMBERS}" for part in known) + f"-{typed}"


def _of_letters(letters: str) -> str:
    """Syllables that follow each other and begin with these letters."""
    return r"[\n ]" + "(?:[a-z]*+ )?".join(letters[:LETTERS_MAX])


def _phones_apart(plain: str) -> tuple[list[str], str]:
    phones = [_BETWEEN_DIGITS.sub("", match[1]) for match in _PHONE.finditer(plain)]
    return phones, _PHONE.sub(" ", plain).strip()


def _plain(text: str) -> str:
    lower = normalize("NFKC", text).lower().replace("ü", "v")
    return _BLANKS.sub(" ", _DOTS.sub("", lower)).strip()
