"""Whether a file's content is what it must be. A phone cannot be trusted with any of it.

The hash names these very bytes, so nothing is mended here: a phone takes the place out of a photo
before it hashes it, and a photo that still has one is refused.
"""

import struct
import zlib
from hashlib import sha256
from io import BytesIO

from PIL import Image

from server.files.refusals import (
    FileTooLarge,
    not_bare,
    too_many_pixels,
    wrong_hash,
    wrong_type,
)
from shared.files import FileLimits
from shared.media import content_of

_BROKEN_PICTURE = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    TypeError,
    ArithmeticError,
    EOFError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
"""What the library raises for an image that does not open."""


def checked_type(content: bytes, expected: str, limits: FileLimits) -> str:
    """The media type of a content with that hash. Raises FileRefused."""
    if sha256(content).hexdigest() != expected:
        raise wrong_hash()
    known = content_of(content)
    if known is None or known.type not in limits.types:
        raise wrong_type()
    if len(content) > limits.bytes_of(known.type):
        raise FileTooLarge(limits.bytes_of(known.type))
    if known.located or (known.picture is not None and not known.picture.bare):
        raise not_bare()
    if known.picture is not None:
        if known.picture.edge > limits.image_edge:
            raise too_many_pixels(limits.image_edge)
        _check_picture(content, known.type)
    return known.type


def _check_picture(content: bytes, media_type: str) -> None:
    """The edges are known to be short, so nothing grows without bound when it is decoded."""
    try:
        with Image.open(
            BytesIO(content), formats=[media_type.partition("/")[2].upper()]
        ) as picture:
            picture.load()
    except _BROKEN_PICTURE as error:
        raise wrong_type() from error
