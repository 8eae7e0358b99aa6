"""Two transactions in an order that a test chooses: one waits before a statement for the other."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Thread, current_thread
from time import monotonic
from typing import TypeVar

from sqlalchemy import Engine, event, text

from server.db.engine import reading

WAIT_S = 30
TAKES_NUMBERS = "UPDATE counter"
"""From here on nobody else writes in the town."""

T = TypeVar("T")


@contextmanager
def stopped_before(
    engine: Engine, statement: str, act: Callable[[], T], *, times: int = 1
) -> Iterator[Future[T]]:
    """`act` in a thread of its own, standing before its first such statement; inside it stands.

    times: before which one of them it stands. Afterwards it goes on to its end.
    """
    reached, go_on = Event(), Event()
    left, theirs = times, Thread()

    def stand(*call: object) -> None:
        nonlocal left
        if current_thread() is not theirs or not str(call[2]).startswith(statement):
            return
        left -= 1
        if left == 0:
            reached.set()
            assert go_on.wait(WAIT_S)

    def begun() -> T:
        nonlocal theirs
        theirs = current_thread()
        return act()

    event.listen(engine, "before_cursor_execute", stand)
    try:
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(begun)
            try:
                assert reached.wait(WAIT_S), done.exception(0) if done.done() else "never came"
                yield done
            finally:
                go_on.set()
                done.exception(WAIT_S)
    finally:
        event.remove(engine, "before_cursor_execute", stand)


def waits_for_a_lock(engine: Engine, unless: Future[T] | None = None) -> None:
    """Returns once a transaction of the database waits for another one, or that is done."""
    end = monotonic() + WAIT_S
    while monotonic() < end:
        with reading(engine) as conn:
            waiting = conn.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            if waiting.scalar_one() or (unless is not None and unless.done()):
                return
    raise AssertionError("nobody waits")
