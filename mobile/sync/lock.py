"""One sync at a time, also across processes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from mobile.errors import Locked
from mobile.files import no_room_is_an_error

_threads: dict[Path, Lock] = {}
_registry = Lock()


@contextmanager
def one_at_a_time(path: Path) -> Iterator[bool]:
    """Whether nobody else holds the lock; it is held until the block ends, or the process.

    Raises DiskFull, or Locked when the account's folder is gone.
    """
    with _registry:
        thread_lock = _threads.setdefault(path.absolute(), Lock())
    if not thread_lock.acquire(blocking=False):
        yield False
        return
    try:
        descriptor = _opened(path)
        try:
            yield _locked(descriptor)
        finally:
            os.close(descriptor)
    finally:
        thread_lock.release()


def _opened(path: Path) -> int:
    try:
        with no_room_is_an_error():
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError as error:
        raise Locked from error


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
