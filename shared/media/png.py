"""The structure of a PNG: its chunks, each with its own sum."""

from zlib import crc32

from shared.media.picture import Picture

_HEAD = 8
_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND cHRM gAMA iCCP sBIT sRGB bKGD hIST tRNS pHYs sPLT cICP".split()
)
"""Chunks that say how to show the pixels."""


def read_png(content: bytes) -> Picture | None:
    """The picture that these bytes are; None when they are no whole PNG."""
    at, size, bare, pixels = _HEAD, None, True, False
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        kind, body = content[at + 4 : at + 8], content[at + 8 : end - 4]
        if end > len(content) or crc32(kind + body) != int.from_bytes(
            content[end - 4 : end], "big"
        ):
            return None
        if kind == b"IHDR" and len(body) == 13:
            size = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
        bare, pixels = bare and kind in _KEPT, pixels or kind == b"IDAT"
        at = end
        if kind == b"IEND":
            whole = size is not None and pixels
            return Picture(*size, bare=bare and at == len(content)) if whole and size else None
    return None
