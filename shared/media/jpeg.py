"""The structure of a JPEG: its segments up to the image, and what stands behind its end."""

from shared.media.picture import Picture

_SOF = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_ALONE = {0x01, *range(0xD0, 0xD8)}
_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_APPS = range(0xE0, 0xF0)
_KEPT = {0xE0: (b"JFIF\0", b"JFXX\0"), 0xE2: (b"ICC_PROFILE\0",), 0xEE: (b"Adobe",)}
"""Application segments that say how to show the pixels."""


def read_jpeg(content: bytes) -> Picture | None:
    """The picture that these bytes are; None when they are no whole JPEG."""
    at, size, bare = 2, None, True
    while (segment := _segment(content, at)) is not None:
        marker, start, end = segment
        if marker in _SOF and end - start >= 5:
            height, width = content[start + 1 : start + 3], content[start + 3 : start + 5]
            size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
        elif marker == _COM or marker in _APPS:
            bare = bare and content[start:end].startswith(_KEPT.get(marker, ()))
        elif marker == _SOS:
            tail = _after_scans(content, end)
            if size is None or tail is None:
                return None
            return Picture(*size, bare=bare and not content[tail:].strip(b"\0"))
        at = end
    return None


def _segment(content: bytes, at: int) -> tuple[int, int, int] | None:
    """A segment's marker, and where its content starts and ends."""
    while content[at : at + 2] == b"\xff\xff":
        at += 1
    if at + 2 > len(content) or content[at] != 0xFF:
        return None
    marker = content[at + 1]
    if marker in _ALONE:
        return marker, at + 2, at + 2
    end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    if marker == _EOI or end > len(content) or end < at + 4:
        return None
    return marker, at + 4, end


def _after_scans(content: bytes, at: int) -> int | None:
    """Where the image ends. In a scan 0xFF stands before a zero or a restart mark only."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        marker = content[at + 1]
        if marker == _EOI:
            return at + 2
        if marker in (0x00, 0xFF) or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        segment = _segment(content, at)  # a further scan of a progressive image
        if segment is None or marker == _COM or marker in _APPS:
            return None
        at = segment[2]
    return None
