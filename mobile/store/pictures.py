"""Images as they may leave the device: upright, small enough, and pixels only.

A camera writes into a photo where and when it was taken, and with what. All of that is left
behind here, before the content has an address: what is stored and sent never had it.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from shared.files import FileLimits
from shared.media import Content, content_of

_READ = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_PIXELS_MAX = 120_000_000
"""More than any phone's camera: a picture that claims more is not opened."""
_QUALITIES = (85, 70, 50)
_SHRINK = 0.7
_TRIES = 6


def plain_picture(content: bytes, limits: FileLimits, edge: int = 0) -> bytes | None:
    """The picture without anything but its pixels; None when it cannot be opened.

    edge: a form's own limit for the longer edge in pixels; the server's holds in any case.
    """
    edge = min(edge or limits.image_edge, limits.image_edge)
    known = content_of(content)
    if known is not None and _is_plain(known, len(content), edge, limits):
        return content
    try:
        with Image.open(BytesIO(content), formats=_READ) as picture:
            if picture.width * picture.height > _PIXELS_MAX:
                return None
            picture.draft("RGB", (edge, edge))  # a JPEG is decoded no larger than needed
            return _small(_upright(picture, edge), limits)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _is_plain(known: Content, size: int, edge: int, limits: FileLimits) -> bool:
    picture = known.picture
    return (
        picture is not None
        and picture.bare
        and picture.edge <= edge
        and size <= limits.bytes_of(known.type)
        and known.type in limits.types
    )


def _upright(picture: Image.Image, edge: int) -> Image.Image:
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return upright


def _small(picture: Image.Image, limits: FileLimits) -> bytes | None:
    """The picture in few enough bytes: a drawing stays a PNG if it can."""
    drawn = picture.mode in {"1", "LA", "P", "RGBA", "PA"}
    if drawn and "image/png" in limits.types:
        content = _written(picture.convert("RGBA"), "PNG")
        if len(content) <= limits.image_bytes:
            return content
    for _ in range(_TRIES):
        for quality in _QUALITIES:
            content = _written(_opaque(picture), "JPEG", quality)
            if len(content) <= limits.image_bytes:
                return content
        size = (max(1, int(picture.width * _SHRINK)), max(1, int(picture.height * _SHRINK)))
        picture = picture.resize(size)
    return None


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "PA", "P"}:
        shown = picture.convert("RGBA")
        paper = Image.new("RGB", shown.size, "white")
        paper.paste(shown, mask=shown.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _written(picture: Image.Image, kind: str, quality: int = 0) -> bytes:
    bare = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    written = BytesIO()
    if kind == "JPEG":
        bare.save(written, kind, quality=quality, optimize=True)
    else:
        bare.save(written, kind, optimize=True)
    return written.getvalue()
