"""Bodies on the wire: zstd or gzip, both ways, and no more bytes than allowed either way."""

import gzip
import zlib

import zstandard

from server.api.problems import TooLarge
from server.register.refusals import NotUnderstood

COMPRESS_MIN = 500
"""Smaller answers are sent as they are."""
ZSTD_LEVEL = 3
GZIP_LEVEL = 5
_WINDOW_MAX = 8 * 1024 * 1024
"""Memory that a zstd frame may ask for."""
_GZIP = 16 + zlib.MAX_WBITS


def decompressed(body: bytes, encoding: str, limit: int) -> bytes:
    """The body as it was before compression. Raises TooLarge or NotUnderstood."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        opened = body
    elif encoding == "zstd":
        opened = _of_zstd(body, limit)
    elif encoding == "gzip":
        opened = _of_gzip(body, limit)
    else:
        raise NotUnderstood
    if len(opened) > limit:
        raise TooLarge
    return opened


def chosen(accepted: str) -> str:
    """The encoding to answer with, given what the other side accepts; empty for none."""
    offers = {
        part.split(";")[0].strip()
        for part in accepted.lower().split(",")
        if "q=0" not in part.replace(" ", "").split(";")[1:]
    }
    return next((encoding for encoding in ("zstd", "gzip") if encoding in offers), "")


def compressed(body: bytes, encoding: str) -> bytes:
    """The body in that encoding."""
    if encoding == "zstd":
        return zstandard.ZstdCompressor(level=ZSTD_LEVEL).compress(body)
    return gzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0)


def _of_zstd(body: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW_MAX).stream_reader(body)
    try:
        # One byte more than allowed is enough to know; the rest is never unpacked.
        return reader.read(limit + 1)
    except zstandard.ZstdError as error:
        raise NotUnderstood from error


def _of_gzip(body: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        opened = stream.decompress(body, limit + 1)
    except zlib.error as error:
        raise NotUnderstood from error
    if not stream.eof and len(opened) <= limit:
        raise NotUnderstood  # cut short
    return opened
