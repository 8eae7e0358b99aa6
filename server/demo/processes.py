"""The demo's child processes: started, awaited until they answer, stopped without leftovers."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

READY_S = 60.0
STOP_S = 10.0
POLL_S = 0.1
TAIL_LINES = 12


class NotStarted(RuntimeError):
    """A child ended, or did not answer in time; the message has the end of its log."""


@dataclass
class Child:
    """One process, its address and its log."""

    name: str
    process: subprocess.Popen[bytes]
    health: str
    log: Path


@dataclass
class Children:
    """All processes of a demo: they end together."""

    logs: Path
    running: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(
        self, name: str, arguments: list[str], health: str, environment: Mapping[str, str]
    ) -> Child:
        """Starts `python arguments`; `health` answers 200 once it is ready."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                # A group of its own: Ctrl-C reaches the demo alone, which then stops them in order.
                start_new_session=True,
            )
        child = Child(name, process, health, log)
        self.running.append(child)
        return child

    def await_ready(self, child: Child) -> None:
        """Returns when the child answers. Raises NotStarted."""
        deadline = time.monotonic() + READY_S
        while not _answers(child.health):
            if child.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted(_end_of(child))
            time.sleep(POLL_S)

    def first_ended(self) -> Child | None:
        """A child that has ended by itself, if any."""
        return next((child for child in self.running if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Asks every child to end, the newest first, and makes sure that it has."""
        for child in reversed(self.running):
            if child.process.poll() is None:
                child.process.terminate()
        for child in self.running:
            try:
                child.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self.running.clear()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2.0, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _end_of(child: Child) -> str:
    lines = child.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join([f"{child.name}: {child.log}", *lines[-TAIL_LINES:]])
