"""What a server logs, as its own handlers write it."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from server.logs import start_logs


@contextmanager
def kept_logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Every line that is logged inside, at any level."""
    lines = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    monkeypatch.setattr("sys.stderr", lines)
    start_logs("debug")
    yield lines
    structlog.reset_defaults()
    root.handlers, root.level = before, level
