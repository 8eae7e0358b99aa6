"""What a file is, told from its content alone, and whether it carries more than it shows."""

from msgspec import Struct

from shared.media.boxes import is_audio_of_boxes, located_boxes
from shared.media.jpeg import read_jpeg
from shared.media.picture import Picture
from shared.media.png import read_png
from shared.media.webp import read_webp

__all__ = ["Content", "Picture", "content_of", "without_location"]

_READ_PICTURE = {"image/jpeg": read_jpeg, "image/png": read_png, "image/webp": read_webp}
_SIGNS = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"OggS": "audio/ogg",
    b"ID3": "audio/mpeg",
}
_RIFF_FORMS = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_PDF_TAIL = 1024
"""Behind a PDF's end mark may stand a line end or two, and no second file."""


class Content(Struct, frozen=True):
    """What a file's content says of itself."""

    type: str
    picture: Picture | None = None
    """Of an image: its edges, and whether it is whole and bare."""
    located: bool = False
    """Of audio: whether it says where it was recorded."""


def content_of(content: bytes) -> Content | None:
    """What this content is; None when it is none of the types that are taken, or not whole."""
    media_type = _type_of(content)
    if media_type is None:
        return None
    if media_type in _READ_PICTURE:
        picture = _READ_PICTURE[media_type](content)
        return None if picture is None else Content(media_type, picture)
    located = media_type == "audio/mp4" and bool(located_boxes(content))
    return Content(media_type, located=located)


def without_location(content: bytes) -> bytes:
    """Audio in boxes without those that say where it was recorded; nothing else moves."""
    blank = bytearray(content)
    for box in located_boxes(content):
        blank[box.at + 4 : box.at + 8] = b"free"
        blank[box.start : box.end] = bytes(box.end - box.start)
    return bytes(blank)


def _type_of(content: bytes) -> str | None:
    start = content[:4]
    if start == b"RIFF":
        return _RIFF_FORMS.get(content[8:12]) if _riff_is_whole(content) else None
    if content[4:8] == b"ftyp":
        return "audio/mp4" if is_audio_of_boxes(content) else None
    if content[:5] == b"%PDF-":
        return "application/pdf" if b"%%EOF" in content[-_PDF_TAIL:] else None
    if _is_mp3_frame(start):
        return "audio/mpeg"
    return next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), None)


def _riff_is_whole(content: bytes) -> bool:
    said = int.from_bytes(content[4:8], "little") + 8
    return said <= len(content) <= said + 1


def _is_mp3_frame(start: bytes) -> bool:
    """Eleven set bits, then MPEG version, layer III, a bit rate and a sampling rate."""
    if len(start) < 4 or start[0] != 0xFF or start[1] & 0xE6 != 0xE2:
        return False
    return start[2] >> 4 not in (0, 15) and start[2] & 0x0C != 0x0C and start[1] & 0x18 != 0x08
