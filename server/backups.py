"""Backups under seal: a copy of the database that says nothing without the server's keys.

A sealed file is `magic | salt (16)` and then parts of 1 MiB, each AES-256-GCM under a key of this
file alone. A part is bound to its place and to whether it is the last: none can be left out.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.errors import ServerError
from server.keys import KEY_BYTES, Keys
from shared.wire import Words

MAGIC = b"doorstep-backup-1\n"
SALT_BYTES = 16
PART_BYTES = 1 << 20
_TAG_BYTES = 16
_NONCE_BYTES = 12


class BackupBroken(ServerError):
    """The file does not open: other keys, or it was cut or changed."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            "backup_broken",
            Words(
                f"备份 {path} 无法打开：密钥不符，或文件不完整。请把当时的 keys.json 放回原处。",
                f"The backup {path} does not open: the keys are others, or it is not whole. "
                "Put the keys.json of that time in its place.",
            ),
        )


def is_sealed(path: Path) -> bool:
    """Whether the file is a sealed backup."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal_file(keys: Keys, source: Path, target: Path) -> None:
    """Writes the sealed file, which is there under its name only when it is whole."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    salt = os.urandom(SALT_BYTES)
    cipher = _cipher(keys, salt)
    handle = os.open(unfinished, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as sealed, source.open("rb") as plain:
            sealed.write(MAGIC + salt)
            for number, (part, last) in enumerate(_parts(plain, PART_BYTES)):
                sealed.write(cipher.encrypt(_nonce(number), part, _bound(last)))
            sealed.flush()
            os.fsync(sealed.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def open_file(keys: Keys, source: Path, target: Path) -> None:
    """Writes what was sealed. Raises BackupBroken."""
    handle = os.open(target, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as plain, source.open("rb") as sealed:
        head = sealed.read(len(MAGIC) + SALT_BYTES)
        cipher = _cipher(keys, head[len(MAGIC) :])
        try:
            for number, (part, last) in enumerate(_parts(sealed, PART_BYTES + _TAG_BYTES)):
                plain.write(cipher.decrypt(_nonce(number), part, _bound(last)))
        except InvalidTag as error:
            raise BackupBroken(source) from error


def _parts(file: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """The parts of a file, each with whether it is the last; an empty file is one empty part."""
    part = file.read(size)
    while True:
        following = file.read(size)
        yield part, not following
        if not following:
            return
        part = following


def _cipher(keys: Keys, salt: bytes) -> AESGCM:
    # From the key that is never changed, as a backup may be opened years later.
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"doorstep/backup/v1").derive(keys.id_hash))


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES)


def _bound(last: bool) -> bytes:
    return b"last" if last else b"more"
