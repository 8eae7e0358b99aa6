"""What makes a seed quick, and the same each time: one thread, known ids, statements kept.

Nothing here changes what the code does. A new SQLAlchemy engine compiles every statement anew,
which was a fifth of a seed; so the phones' engines share what the first of them compiled.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import gettempdir
from types import SimpleNamespace
from typing import TypeVar
from unittest import mock

from anyio import CapacityLimiter
from sqlalchemy import Engine

from mobile.store.database import _engine as open_engine
from server.forms.builtin import compile_builtin
from shared.ids import uuid7

T = TypeVar("T")
compiled = cache(compile_builtin)
"""A form that comes with the product, compiled once in a process and not in each seed."""
MEMORY = Path("/dev/shm")
FIRST_ID = 1 << 70
"""Where the office's own ids begin: far above what the phones count."""


class OneThread:
    """Runs the server's coroutines here and now."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()

    def call(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What `ask` comes to."""

        async def asked() -> T:
            return await ask()

        return self._loop.run_until_complete(asked())


@contextmanager
def quick(at: Callable[[], int]) -> Iterator[None]:
    """Until the block ends, seeds run in one thread, and the office's ids are counted."""
    numbers = count(FIRST_ID)

    def counted(_: int, __: bytes) -> str:
        return uuid7(at(), next(numbers).to_bytes(10, "big"))

    def once(length: int) -> bytes:
        return next(numbers).to_bytes(length, "big")

    with (
        mock.patch("server.clock.uuid7", counted),
        mock.patch("mobile.sync.carrying.secrets", SimpleNamespace(token_bytes=once)),
        mock.patch("server.api.admission.run_sync", _here),
        mock.patch("mobile.store.database._engine", _sharing),
        mock.patch("server.review.questions.compile_builtin", compiled),
    ):
        yield


def workshop() -> Path:
    """The folder for files that last no longer than a seed."""
    return MEMORY if MEMORY.is_dir() else Path(gettempdir())


async def _here(answer: Callable[[], T], *, limiter: CapacityLimiter) -> T:
    return answer()


def _sharing(path: Path) -> Engine:
    engine, first = open_engine(path), _first()
    engine.dialect = engine.pool._dialect = first.dialect
    engine._compiled_cache = first._compiled_cache
    return engine


@cache
def _first() -> Engine:
    """An engine whose statements all others share; never closed, and used for nothing else."""
    engine = open_engine(Path(":memory:"))
    engine.connect().close()
    return engine
