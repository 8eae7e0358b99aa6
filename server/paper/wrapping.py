"""Lines that fit: Chinese may break after any character, other writing between words."""

import re
from bisect import bisect_right
from collections.abc import Callable

_CLOSING = "，。、；：？！）》”’」』】〉…,.;:?!)]}%"
_OPENING = "（《“‘「『【〈([{"
_LETTER = (
    r"(?:[^\W\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[\u0300-\u036f\u0591-\u05c7\u064b-\u065f])"
)
"""One of a script that is written in words, or a sign above or below one."""
_PIECES = re.compile(
    rf"[{re.escape(_OPENING)}]*(?:{_LETTER}+(?:[-'/@.][\w]+)*|\S)"
    rf"[{re.escape(_CLOSING)}]*|\s+"
)


def wrapped(text: str, width: float, measure: Callable[[str], float]) -> tuple[str, ...]:
    """`text` in lines of at most `width`; line breaks in it stay, what fits nowhere is cut."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for piece in _PIECES.findall(paragraph):
            if line and measure((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line = _cut(lines, line + piece if line else piece.lstrip(), width, measure)
        lines.append(line.rstrip())
    return tuple(lines)


def _cut(lines: list[str], piece: str, width: float, measure: Callable[[str], float]) -> str:
    """What is left of a piece that is longer than a line, once full lines are taken off it."""
    while len(piece) > 1 and measure(piece.rstrip()) > width:
        ends = range(1, len(piece))
        fits = max(1, bisect_right(ends, width, key=lambda end: measure(piece[:end])))
        lines.append(piece[:fits])
        piece = piece[fits:]
    return piece
