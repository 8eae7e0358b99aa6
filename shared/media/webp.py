"""The structure of a WebP: chunks in a RIFF file."""

from shared.media.picture import Picture

_HEAD = 12
_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"})
"""Chunks that say how to show the pixels of one image."""
_EDGE = 0x3FFF


def read_webp(content: bytes) -> Picture | None:
    """The picture that these bytes are; None when they are no whole WebP."""
    at, size, bare = _HEAD, None, True
    while at + 8 <= len(content):
        kind, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            return None
        size = _size(kind, body) or size
        bare = bare and kind in _KEPT
        at += 8 + length + length % 2
    return None if size is None else Picture(*size, bare=bare and at == len(content))


def _size(kind: bytes, body: bytes) -> tuple[int, int] | None:
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        return (
            int.from_bytes(body[6:8], "little") & _EDGE,
            int.from_bytes(body[8:10], "little") & _EDGE,
        )
    if kind == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & _EDGE) + 1, (bits >> 14 & _EDGE) + 1
    return None
