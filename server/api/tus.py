"""The tus 1.0 protocol's headers: what an upload is asked with, and what is answered."""

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from email.utils import formatdate
from types import MappingProxyType

from fastapi import Request

from server.errors import ServerError
from server.files.refusals import ChecksumMismatch
from server.files.uploads import Upload
from server.register.refusals import NotUnderstood
from shared.wire import Words

VERSION = "1.0.0"
UPLOADS = "/v1/uploads"
PART_TYPE = "application/offset+octet-stream"
RESUMABLE: Mapping[str, str] = MappingProxyType({"Tus-Resumable": VERSION})
ALGORITHMS = ("sha256", "sha1")
"""Of checksums; the protocol demands SHA-1, and damage is all that it must find."""
EXTENSIONS = ("creation", "termination", "checksum", "expiration")
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_DIGITS_MAX = 15
_METADATA_MAX = 4096


class WrongVersion(ServerError):
    """The client speaks another version of tus."""

    def __init__(self) -> None:
        super().__init__(
            "tus_version",
            Words(
                "上传协议版本不符，请更新应用。",
                "The client speaks another version of the upload protocol. Update the app.",
            ),
        )


class NoPart(ServerError):
    """The body of a PATCH is not declared as a part of a file."""

    def __init__(self) -> None:
        super().__init__(
            "not_a_part",
            Words(
                f"上传内容的类型应为 {PART_TYPE}。",
                f"A part must be sent as {PART_TYPE}, and not compressed.",
            ),
        )


def check_version(request: Request) -> None:
    """Raises WrongVersion."""
    if request.headers.get("tus-resumable") != VERSION:
        raise WrongVersion


def announced(request: Request) -> tuple[str, int]:
    """The hash and size of the file that a creation announces. Raises NotUnderstood."""
    sha256 = _metadata(request.headers.get("upload-metadata", "")).get("sha256", b"")
    try:
        text = sha256.decode("ascii")
    except UnicodeDecodeError as error:
        raise NotUnderstood from error
    if not _HASH.fullmatch(text):
        raise NotUnderstood
    return text, _number(request, "upload-length")


def offset_of(request: Request) -> int:
    """Where a part begins. Raises NotUnderstood or NoPart."""
    is_part = request.headers.get("content-type", "") == PART_TYPE
    if not is_part or request.headers.get("content-encoding", "identity") != "identity":
        raise NoPart
    return _number(request, "upload-offset")


def check_part(request: Request, part: bytes) -> None:
    """Raises ChecksumMismatch unless the part is what its checksum says, if it has one."""
    said = request.headers.get("upload-checksum")
    if said is None:
        return
    algorithm, _, digest = said.partition(" ")
    if algorithm not in ALGORITHMS:
        raise NotUnderstood
    try:
        expected = b64decode(digest, validate=True)
    except (NotBase64, ValueError) as error:
        raise NotUnderstood from error
    digest_of_part = hashlib.new(algorithm, part, usedforsecurity=False).digest()
    if len(expected) != len(digest_of_part):
        raise NotUnderstood
    if digest_of_part != expected:
        raise ChecksumMismatch


def state_of(upload: Upload) -> dict[str, str]:
    """The headers that say how far an upload is."""
    expires = formatdate(upload.expires_at / 1000, usegmt=True)
    return {**RESUMABLE, "Upload-Offset": str(upload.received), "Upload-Expires": expires}


def abilities(largest: int) -> dict[str, str]:
    """What OPTIONS answers."""
    return {
        **RESUMABLE,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(largest),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise NotUnderstood
    return int(text)


def _metadata(header: str) -> dict[str, bytes]:
    if len(header) > _METADATA_MAX:
        raise NotUnderstood
    pairs = (pair.strip().partition(" ") for pair in header.split(","))
    try:
        return {key: b64decode(value, validate=True) for key, _, value in pairs}
    except (NotBase64, ValueError) as error:
        raise NotUnderstood from error
