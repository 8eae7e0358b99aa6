"""Logs: one JSON object a line on standard error, without personal data.

Never in a log: bodies, names, answers, query strings, exception messages (a database's message
may hold a row). What failed is told by its type and the lines of our code it went through.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path

import structlog

FRAMES_MAX = 12
_HERE = Path(__file__).parent.parent


def start_logs(level: str = "info") -> None:
    """Makes this process log as described; other libraries only from a warning on."""
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = _OfLibraries()
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = name == "uvicorn"
        logger.setLevel(logging.CRITICAL if name == "uvicorn.access" else logging.WARNING)
    logging.getLogger("uvicorn.error").propagate = True


def failure(error: BaseException) -> MutableMapping[str, object]:
    """What may be logged of an exception: its type, its causes' types and where it was."""
    return {"error": _kinds(error), "where": _frames(error)}


class _OfLibraries(logging.Handler):
    """Takes what libraries log: where it came from, not what it says."""

    def emit(self, record: logging.LogRecord) -> None:
        said = failure(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}
        structlog.get_logger().log(
            record.levelno, "library", logger=record.name, line=record.lineno, **said
        )


def _kinds(error: BaseException) -> list[str]:
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < FRAMES_MAX:
        kinds.append(type(cause).__name__)
        cause = cause.__cause__
    return kinds


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short(file_name: str) -> str:
    path = Path(file_name)
    ours = any(path.is_relative_to(_HERE / part) for part in ("server", "shared"))
    return path.relative_to(_HERE).as_posix() if ours else path.name
