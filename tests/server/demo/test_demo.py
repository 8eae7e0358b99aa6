"""`doorstep demo`, as a newcomer runs it: real processes, twice, and with a port in use."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from server.demo.ports import LOOPBACK, free_ports, is_free

READY_S = 240
STOP_S = 40
FIRST_PORT = 19_000


@contextmanager
def running(home: Path, port: int) -> Iterator[tuple["subprocess.Popen[bytes]", list[str]]]:
    """A demo that has said all it has to say, and what that was."""
    output = home.with_suffix(".txt")
    with output.open("wb") as out:
        demo = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "demo"],
            env={
                **os.environ,
                "DOORSTEP_HOME": str(home),
                "DOORSTEP_PORT": str(port),
                "DOORSTEP_NO_BROWSER": "1",
                "DOORSTEP_LANG": "en",
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + READY_S
        while "Ctrl-C" not in output.read_text() and demo.poll() is None:
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.2)
        yield demo, output.read_text().splitlines()
    finally:
        if demo.poll() is None:
            demo.kill()
            demo.wait(STOP_S)


def addresses(said: list[str], key: str) -> list[str]:
    """What stands behind that key, one for each line."""
    return [line.split(": ", 1)[1] for line in said if line.startswith(f"{key}: ")]


def received_last(home: Path) -> int:
    """When the newest change came in, ms since the epoch."""
    with closing(sqlite3.connect(home / "doorstep.db")) as database:
        (newest,) = database.execute("select max(received) from journal").fetchone()
    return int(newest)


def stop(demo: "subprocess.Popen[bytes]") -> int:
    """Ends it as Ctrl-C does."""
    demo.send_signal(signal.SIGINT)
    return demo.wait(STOP_S)


@pytest.mark.timeout(600)
def test_a_demo_starts_everything_stops_cleanly_and_goes_on_with_its_data(tmp_path: Path) -> None:
    home = tmp_path / "demo home"
    (port,) = free_ports(FIRST_PORT, 1)

    with running(home, port) as (demo, said):
        urls = [*addresses(said, "console"), *addresses(said, "app")]
        answers = [httpx.get(url, follow_redirects=True, trust_env=False) for url in urls]
        ended = stop(demo)

    assert len(urls) == 3
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    roles = [login.split(" / ")[0] for login in addresses(said, "sign in")]
    assert sorted(roles) == ["auditor", "community1", "grid1", "town", "urban"]
    assert ended == 0
    assert all(is_free(httpx.URL(url).port or 0) for url in urls), "a child was left behind"

    assert received_last(home) < time.time() * 1000, "the town's past is not to come"
    database = (home / "doorstep.db").stat().st_ino
    with closing(socket.socket()) as taken:
        taken.bind((LOOPBACK, port))
        taken.listen()
        with running(home, port) as (demo, again):
            stop(demo)

    assert any(line.startswith("Going on with the demo data") for line in again)
    assert any(line.startswith(f"Port {port} is in use; taking") for line in again)
    assert (home / "doorstep.db").stat().st_ino == database
    assert addresses(again, "console") != addresses(said, "console")


def test_a_folder_with_somebodys_own_data_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "doorstep.db").write_bytes(b"somebody's")

    with running(tmp_path, FIRST_PORT + 50) as (demo, said):
        ended = demo.wait(STOP_S)

    assert ended == 1
    assert "not a demo's" in "\n".join(said)
    assert (tmp_path / "doorstep.db").read_bytes() == b"somebody's"
