"""Files that answers name: an answer holds only the content's address (docs/protocol.md, Files).

    {"sha256": "<64 hex digits>", "size": 48213, "type": "image/jpeg", "name": "hydrant.jpg"}

The same content is the same file wherever it is named, and nobody can put another one in its place.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from msgspec import Struct

from shared.changes import Answer

MIB = 1024 * 1024
FILE_BYTES_MAX = 20 * MIB
IMAGE_BYTES_MAX = 5 * MIB
IMAGE_EDGE_MAX = 2048
"""Pixels of an image's longer edge: enough to read a meter, a notice or a house number."""
PART_BYTES_MAX = MIB
NAME_CHARS_MAX = 100
SIZE_MAX = 2**53 - 1

EXTENSIONS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "application/pdf": "pdf",
}
"""Every media type that is taken, and how the name of such a file ends."""


class FileLimits(Struct, frozen=True):
    """What files a server takes. Served to devices, not guessed by them."""

    bytes: int = FILE_BYTES_MAX
    image_bytes: int = IMAGE_BYTES_MAX
    image_edge: int = IMAGE_EDGE_MAX
    part: int = PART_BYTES_MAX
    """Bytes of one PATCH."""
    types: tuple[str, ...] = tuple(EXTENSIONS)

    def bytes_of(self, media_type: str) -> int:
        """How large a file of this type may be."""
        return self.image_bytes if media_type.startswith("image/") else self.bytes


class FileRef(Struct, frozen=True, omit_defaults=True):
    """The address of a file's content, as an answer holds it."""

    sha256: str
    size: int
    type: str
    name: str = ""
    """What it was called where it came from; only for people."""

    @property
    def answer(self) -> dict[str, Answer]:
        """The value of the answer that names this file."""
        named: dict[str, Answer] = {"name": self.name} if self.name else {}
        return {"sha256": self.sha256, "size": self.size, "type": self.type} | named

    @property
    def file_name(self) -> str:
        """A name to save it under that says its type, whatever it was called."""
        ending = EXTENSIONS.get(self.type, "bin")
        stem = clean_name(self.name).rpartition(".")[0] or clean_name(self.name)
        return f"{stem or self.sha256[:12]}.{ending}"


def file_ref(value: Answer) -> FileRef | None:
    """The file that an answer names; None when it is not exactly such a value."""
    if not isinstance(value, Mapping) or not value.keys() <= _FIELDS:
        return None
    sha256, size, media_type = (value.get(field) for field in ("sha256", "size", "type"))
    name = value.get("name", "")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return None
    if type(size) is not int or not 0 < size <= SIZE_MAX:
        return None
    if not isinstance(media_type, str) or not _TYPE.fullmatch(media_type):
        return None
    if not isinstance(name, str) or name != clean_name(name):
        return None
    return FileRef(sha256, size, media_type, name)


def files_named(value: Answer) -> Iterator[FileRef]:
    """Every file that a value names, at whatever depth: in a unit of several, in a repeat."""
    if isinstance(value, Mapping):
        ref = file_ref(value)
        if ref is not None:
            yield ref
            return
        for part in value.values():
            yield from files_named(part)
    elif isinstance(value, list | tuple):
        for part in value:
            if not isinstance(part, str):  # codes of choices, nearly always
                yield from files_named(part)


def clean_name(name: str) -> str:
    """The last part of a file's name, without what cannot be shown or saved."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] not in "CZ" or c == " ")
    return re.sub(r'[:*?"<>|]', "", shown).strip(" .")[-NAME_CHARS_MAX:].strip(" .")


_FIELDS = {"sha256", "size", "type", "name"}
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,60}", re.ASCII)
