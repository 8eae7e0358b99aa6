"""How Chinese text is typed with a Latin keyboard.

Readings are looked up character by character, never by phrase: pypinyin's phrases cost a phone
45 MB and know no surnames. A character with several common readings is found by each.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, pinyin

from shared.codes.surnames import COMPOUND_READINGS, SURNAME_READINGS, split_name

SPELLINGS_MAX = 6
SYLLABLES_MAX = 16

COMMON_READINGS = {
    "长": "chang", "重": "chong", "行": "hang", "乐": "yue", "朝": "zhao", "厦": "xia",
    "堡": "pu", "都": "du", "弄": "long", "盛": "cheng", "晟": "cheng", "茜": "xi",
    "柏": "bo", "蔚": "yu", "尉": "yu", "薄": "bo", "番": "pan", "泊": "po",
    "参": "shen", "娜": "nuo", "莎": "suo", "谌": "shen", "冼": "xi", "宁": "ning",
    "万": "mo", "俟": "qi", "迟": "chi", "澹": "tan", "区": "ou", "隗": "kui",
}  # fmt: skip
"""A second reading that names and addresses use."""

_PIECE = re.compile(r"[a-z]+|[㐀-䶿一-鿿豈-﫿〇\U00020000-\U0003FFFF]")


def spellings(text: str) -> tuple[str, ...]:
    """The ways to type `text`, syllables apart: 单雄 as "shan xiong" and as "dan xiong".

    `text` is in lower case and half width; what is neither Chinese nor Latin is left out. The
    first is how it is read if it is a name.
    """
    pieces = _PIECE.findall(text)[:SYLLABLES_MAX]
    if not pieces:
        return ()
    readings = [_readings(piece) for piece in pieces]
    as_name = () if pieces[0].isascii() else _as_name(pieces, readings)
    ways = islice(product(*readings), SPELLINGS_MAX)
    every = dict.fromkeys([" ".join(way) for way in (as_name, *ways) if way])
    return tuple(every)[:SPELLINGS_MAX]


def name_pinyin(name: str) -> str:
    """How a person's name is read, for sorting and comparing: 单雄信 as "shan xiong xin"."""
    if name.isascii():
        return " ".join(_pieces_read(name))
    surname, given = split_name(name)
    return " ".join((*_surname_readings(surname), *_pieces_read(given)))


def _as_name(pieces: list[str], readings: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The syllables of pieces that begin with a Chinese character, if they are a name."""
    surname, _ = split_name("".join(pieces))
    read = _unusual(surname) or tuple([reading[0] for reading in readings[: len(surname)]])
    return (*read, *[reading[0] for reading in readings[len(surname) :]])


def _surname_readings(surname: str) -> Iterable[str]:
    return _unusual(surname) or _pieces_read(surname)


def _unusual(surname: str) -> tuple[str, ...]:
    if surname in COMPOUND_READINGS:
        return COMPOUND_READINGS[surname]
    return (SURNAME_READINGS[surname],) if surname in SURNAME_READINGS else ()


def _pieces_read(text: str) -> Iterator[str]:
    return (_readings(piece)[0] for piece in _PIECE.findall(text.lower()))


@lru_cache(maxsize=8192)
def _readings(piece: str) -> tuple[str, ...]:
    if piece.isascii():
        return (piece,)
    read = pinyin(piece, style=Style.NORMAL)[0][0]
    usual = read if read.isascii() else piece
    # Those who find no ü on their keyboard type v, or u.
    others = (SURNAME_READINGS.get(piece), COMMON_READINGS.get(piece), usual.replace("v", "u"))
    return tuple(dict.fromkeys((usual, *filter(None, others))))
