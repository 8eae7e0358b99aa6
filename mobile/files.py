"""Writing a small file so that a power cut leaves either the old one or the new one, whole."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobile.errors import DiskFull


def write_whole(path: Path, content: bytes) -> None:
    """Replaces the file in one step, readable by this user only. Raises DiskFull."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with no_room_is_an_error():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def free_bytes(folder: Path) -> int:
    """The room that is left where the folder lies."""
    return shutil.disk_usage(folder).free


def sync_folder(folder: Path) -> None:
    """Makes renames in the folder survive a power cut, where the platform has a way to."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def no_room_is_an_error() -> Iterator[None]:
    """Turns the system's "no space left" into words for the worker."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from error
        raise
