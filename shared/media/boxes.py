"""Audio in boxes (MP4, m4a): which tracks it has, and which boxes say where it was recorded."""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"udta"})
_PLACES = frozenset({b"\xa9xyz", b"loci", b"meta"})
"""The place as QuickTime and 3GPP write it, and the lists where either may stand."""
_BOXES_MAX = 1000
_DEPTH_MAX = 6
_WRONG = b""


class Box(NamedTuple):
    """A box: its kind, where it starts, where its content starts, where it ends."""

    kind: bytes
    at: int
    start: int
    end: int


def is_audio_of_boxes(content: bytes) -> bool:
    """Whether the boxes fill the file, and hold sound and no picture."""
    boxes = _first_boxes(content)
    if len(boxes) > _BOXES_MAX or any(box.kind == _WRONG for box in boxes):
        return False
    tracks = {content[box.start + 8 : box.start + 12] for box in boxes if box.kind == b"hdlr"}
    return b"soun" in tracks and tracks.isdisjoint({b"vide", b"pict"})


def located_boxes(content: bytes) -> list[Box]:
    """The boxes that may say a place."""
    return [box for box in _first_boxes(content) if box.kind in _PLACES]


def _first_boxes(content: bytes) -> list[Box]:
    return list(islice(_boxes(content, 0, len(content), 0), _BOXES_MAX + 1))


def _boxes(content: bytes, at: int, end: int, depth: int) -> Iterator[Box]:
    """Each box, and those in it; one of kind _WRONG where they do not fit."""
    while at < end:
        length, start = int.from_bytes(content[at : at + 4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(content[start : start + 8], "big"), at + 16
        elif length == 0:  # up to the end
            length = end - at
        if length < start - at or at + length > end or depth > _DEPTH_MAX:
            yield Box(_WRONG, at, at, end)
            return
        kind = content[at + 4 : at + 8]
        yield Box(kind, at, start, at + length)
        if kind in _HOLDERS:
            yield from _boxes(content, start, at + length, depth + 1)
        at += length
