"""Reading QR and bar codes in a picture, with whichever library this device has."""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE_MAX = 1600
"""Pixels. More only takes longer: a code that is photographed to be read fills the picture."""
CODES_MAX = 8
LENGTH_MAX = 4_000
_Read = Callable[[Image.Image], Sequence[str]]


def can_read_codes() -> bool:
    """Whether this device has a library for it."""
    return _reader() is not None


def codes_in(picture: bytes) -> tuple[str, ...]:
    """What the codes in a JPEG, PNG or WebP picture say, each once; () where there is none."""
    read = _reader()
    if read is None:
        return ()
    try:
        with Image.open(io.BytesIO(picture), formats=("JPEG", "PNG", "WEBP")) as image:
            image.draft("L", (SIDE_MAX, SIDE_MAX))
            plain = ImageOps.exif_transpose(image).convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return ()
    plain.thumbnail((SIDE_MAX, SIDE_MAX))
    said = (text.strip()[:LENGTH_MAX] for text in read(plain))
    return tuple(dict.fromkeys(filter(None, said)))[:CODES_MAX]


def _reader() -> _Read | None:
    # The two have wheels for different devices: zxing-cpp for desks, pyzbar for phones.
    with suppress(ImportError):
        import zxingcpp  # noqa: PLC0415 - see above

        return lambda image: [found.text for found in zxingcpp.read_barcodes(image)]
    with suppress(ImportError):
        from pyzbar import pyzbar  # noqa: PLC0415 - see above

        return lambda image: [
            found.data.decode("utf-8", "replace") for found in pyzbar.decode(image)
        ]
    return None
