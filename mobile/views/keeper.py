"""What Flet's session leaves undone: staying alive after an error, and noticing the worker.

Touches Flet's internals, which is why Flet is pinned to one version; tests/mobile/views
hold this file to it.
"""

import asyncio
import logging
import sys
import threading
from collections.abc import Awaitable, Callable
from types import TracebackType

import flet as ft

from mobile.errors import whereabouts
from mobile.views.state.tab import TabState

logger = logging.getLogger(__name__)

LIBRARIES = ("asyncio", "flet", "flet_web.fastapi", "flet_components", "uvicorn.error")
"""The loggers of what runs our handlers."""

TALKATIVE = (
    "flet",
    "flet_components",
    "flet_controls",
    "flet_object_patch",
    "flet_transport",
    "flet_web",
    "httpcore",
    "httpx",
    "PIL",
    "sqlalchemy",
)
"""Their smaller news quote requests, files and statements, at whatever level the app logs."""

_UPDATES = "_Session__updates_task"


class WithoutTraces(logging.Filter):
    """Takes the trace from a log line: an exception's words may quote a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every line, and of its exception only the kind."""
        if record.exc_info:
            error = record.exc_info[0]
            record.msg = f"{record.getMessage()} ({error.__name__ if error else '?'})"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def keep_quiet() -> None:
    """Lets nobody write what people told us into a log: no library, and no crash."""
    for name in LIBRARIES:
        logging.getLogger(name).addFilter(WithoutTraces())
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _crashed
    threading.excepthook = lambda crash: _crashed(crash.exc_type, crash.exc_value, None)
    sys.unraisablehook = lambda crash: _crashed(crash.exc_type, crash.exc_value, None)


def _crashed(
    kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None
) -> None:
    # On Android what stands on stderr lies in the system's log, where other programs may read.
    logger.critical("ended: %s", kind.__name__ if error is None else whereabouts(error))


def keep_alive(page: ft.Page, tab: TabState) -> None:
    """From now on an error in a handler, an effect or an update is said, not fatal.

    Call it after the page was first drawn.
    """
    session = page.session
    # Flet offers no hook for either of the two.
    session.error = _said(tab)  # type: ignore[assignment,method-assign]  # see above
    session.dispatch_event = _noticed(  # type: ignore[assignment,method-assign]  # see above
        session.dispatch_event, tab
    )
    _watch_scheduler(page, tab)


def _said(tab: TabState) -> Callable[[str], None]:
    def error(_message: str) -> None:
        trouble = sys.exc_info()[1]
        logger.error("a handler failed: %s", type(trouble).__name__)
        tab.say_trouble(trouble)

    return error


def _noticed(
    dispatch: Callable[[int, str, object], Awaitable[None]], tab: TabState
) -> Callable[[int, str, object], Awaitable[None]]:
    async def dispatch_event(control_id: int, event_name: str, event_data: object) -> None:
        tab.touched()
        await dispatch(control_id, event_name, event_data)

    return dispatch_event


def _watch_scheduler(page: ft.Page, tab: TabState) -> None:
    def ended(task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        logger.error("an update failed: %s", type(error).__name__)
        page.session.start_updates_scheduler()  # type: ignore[no-untyped-call]  # Flet's
        _watch_scheduler(page, tab)
        tab.say_trouble(error)

    updates: asyncio.Task[None] = getattr(page.session, _UPDATES)
    updates.add_done_callback(ended)
