"""Door numbers as people write them, brought to one form that can be compared.

"3号楼1单元201", "三幢1单元201室", "3-1-201" and the dwelling code "3-1-02-201" are one door:
building, unit, room. The floor is left out, because the room number has it.
"""

import re
from unicodedata import normalize

from msgspec import Struct

CODE_PARTS = 4
"""Building, unit, floor and room of a dwelling code; the third is the floor."""
CODE_FLOOR = 2


class Door(Struct, frozen=True):
    """A door's numbers from the widest to the room, and the words around them."""

    parts: tuple[str, ...]
    words: str = ""
    """What is left of the text, such as the street's name."""


def read_door(text: str) -> Door:
    """The door that `text` names. A text without numbers is a door of no parts."""
    plain = _plain(text)
    if not _HINT.search(plain):
        return Door(parts=(), words=plain)  # nearly every name
    plain = _digits_for_numerals(plain)
    tokens = [(match["value"], match["mark"] or "") for match in _NUMBER.finditer(plain)]
    parts = [part for value in _without_floor(tokens) for part in _split(value)]
    words = "".join(_NUMBER.sub("", plain).split()) if tokens else plain
    return Door(parts=tuple(part for part in parts if part != "0"), words=words)


def same_door(a: Door, b: Door) -> bool:
    """Whether two texts may name one door: no number and no street contradicts.

    A unit that only one of them has is no contradiction, as nobody writes it when the
    building has a single one.
    """
    if not a.parts or not b.parts or not (a.words in b.words or b.words in a.words):
        return False
    short, long = sorted((a.parts, b.parts), key=len)
    if len(short) == 1:
        return short == long and a.words == b.words != ""
    return short[-1] == long[-1] and is_within(short, long)


def is_within(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether the parts of `short` all occur in `long`, in their order."""
    rest = iter(long)
    return all(part in rest for part in short)


_NUMERALS = {numeral: digit for digit, numeral in enumerate("零一二三四五六七八九")} | {"两": 2}
_DASHES = re.compile(r"\s*[-‐-―−－~～/]+\s*")
_MARK = r"号楼|单元|号房|栋|幢|座|号|室|房|层|楼|组|队|弄|#|-"
_HINT = re.compile(r"[\da-z一二三四五六七八九十两]")
"""Without one of these there is no number."""
_NUMERAL = re.compile(
    r"([一二三四五六七八九两]?十[一二三四五六七八九]?|[一二三四五六七八九两])(?=号楼|单元|栋|幢|座|号|室|层|楼|组)"
)
_NUMBER = re.compile(
    rf"(?P<value>(?<![a-z])[a-z]?\d+(?:[a-z](?![a-z]))?|\d+|(?<![a-z])[a-z](?=-?\d|座|栋|幢|号楼|单元))"
    rf"\s*(?P<mark>{_MARK})?"
)


def _plain(text: str) -> str:
    return _DASHES.sub("-", normalize("NFKC", text).lower().strip())


def _digits_for_numerals(text: str) -> str:
    return _NUMERAL.sub(lambda match: str(_number(match[1])), text)


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    return (_NUMERALS.get(tens, 1) * 10 if ten else 0) + _NUMERALS.get(ones, 0)


def _without_floor(tokens: list[tuple[str, str]]) -> list[str]:
    marks = [mark for _, mark in tokens]
    if len(tokens) >= CODE_PARTS and marks[-CODE_PARTS:-1] == ["-"] * (CODE_PARTS - 1):
        del tokens[len(tokens) - CODE_PARTS + CODE_FLOOR]
    last = len(tokens) - 1
    return [
        value
        for place, (value, mark) in enumerate(tokens)
        if mark not in {"层", "楼"} or place == last
    ]


def _split(value: str) -> tuple[str, ...]:
    # A room with a building's letter before it, as in A201, is two numbers.
    letter, digits = (value[0], value[1:]) if value[0].isalpha() else ("", value)
    number = digits.lstrip("0") or digits[:1]
    return tuple(part for part in (letter, number) if part)
