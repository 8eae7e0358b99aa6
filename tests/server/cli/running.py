"""Runs `doorstep` as a person does: as a program of its own, in a home of its own."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_S = 150.0
STOP_S = 30.0


@dataclass(frozen=True)
class Told:
    """What a command answered."""

    code: int
    out: str
    err: str


def environment(home: Path, language: str = "en", **more: str) -> dict[str, str]:
    return os.environ | {"DOORSTEP_HOME": str(home), "DOORSTEP_LANG": language} | more


def doorstep(home: Path, *arguments: str, language: str = "en", **more: str) -> Told:
    """One command, run to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", *arguments],
        env=environment(home, language, **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Told(done.returncode, done.stdout, done.stderr)


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[str]:
    """A running server; its address. It is stopped as by Ctrl-C, and must stop cleanly."""
    server = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", "0", *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    killer = threading.Timer(READY_S + STOP_S, server.kill)
    killer.start()
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"console: (http://\S+)/console/", line)
        assert found is not None, line
        yield found.group(1)
        server.send_signal(signal.SIGINT)
        assert server.wait(STOP_S) in (0, 130, -signal.SIGINT)
    finally:
        killer.cancel()
        if server.poll() is None:
            server.kill()
            server.wait()


@contextmanager
def killable(home: Path, *arguments: str) -> Iterator[tuple[str, Callable[[signal.Signals], None]]]:
    """A running server: its address, and a way to end it and all its processes at once."""
    server = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "serve", "--port", "0", *arguments],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )

    def kill(how: signal.Signals) -> None:
        os.killpg(server.pid, how)
        server.wait(STOP_S)

    try:
        assert server.stdout is not None
        found = re.search(r"console: (http://\S+)/console/", server.stdout.readline())
        assert found is not None
        yield found.group(1), kill
    finally:
        if server.poll() is None:
            kill(signal.SIGKILL)
