"""Real processes, a line that is cut after k bytes, and kill -9: nothing is lost or doubled."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import psycopg
import pytest

from mobile.sync.report import SyncState
from tests.faults.cutting import Cut, CuttingLine, Way, cutting_line
from tests.faults.real import (
    RealPhone,
    ServerProcess,
    a_phone,
    a_town,
    assert_nothing_was_lost,
)
from tests.server.a_town import ATown

CUTS = 12
"""In each direction, spread over all messages of a sync."""
KILLS = 3
PATIENCE_S = 60
DATABASE = "doorstep_faults"
PG = pytest.mark.postgres
LINES_READ = (1, 3, 6)
"""How many saves a phone has told before each of its deaths."""


class Site:
    """A town, its server and the line to it."""

    def __init__(self, town: ATown, server: ServerProcess, line: CuttingLine, folder: Path) -> None:
        self.town, self.server, self.line = town, server, line
        self._folder, self._phones = folder, 0

    def phone(self) -> RealPhone:
        """A new phone, which has had its first sync."""
        self._phones += 1
        name = f"W{self._phones}"
        phone = RealPhone(a_phone(self.town, self._folder / name, self.line.port, name))
        self.synced(phone)
        return phone

    def synced(self, phone: RealPhone) -> None:
        report = phone.sync()
        assert report.state is SyncState.DONE, f"{report}\n{self.server.said()}"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=PG)])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    url, folder = "", tmp_path_factory.mktemp(request.param)
    if request.param == "postgres":
        url = _new_database(request.getfixturevalue("postgres_server"))
    town = a_town(folder / "server", url)
    server = ServerProcess(folder / "server", url)
    server.start()
    try:
        with cutting_line(server.port) as line:
            yield Site(town, server, line, folder)
    finally:
        server.kill()
        town.services.engine.dispose()


def _new_database(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    return server.replace("/postgres?", f"/{DATABASE}?", 1)


def test_wherever_the_line_is_cut_the_next_sync_goes_on(site: Site) -> None:
    phone, other = site.phone(), site.phone()
    saves = [phone.registers(), other.registers()]
    site.synced(other)
    site.line.begin()
    site.synced(phone)
    whole = dict(site.line.carried)

    for way in Way:
        for k in sorted({1, *(whole[way] * part // CUTS for part in range(1, CUTS))}):
            saves += [phone.registers(), other.registers()]
            site.synced(other)
            site.line.begin(Cut(way, k))
            broken = phone.sync()
            assert site.line.cut is None, f"a sync of {whole} never came to byte {k} {way}"
            assert broken.state in (SyncState.OFFLINE, SyncState.DONE), broken
            site.synced(phone)

    site.synced(other)
    assert_nothing_was_lost(site.town, [phone, other], saves)


def test_a_server_that_is_killed_has_all_it_has_answered(site: Site) -> None:
    phone, saves = site.phone(), []
    saves.append(phone.registers())
    site.line.begin()
    site.synced(phone)
    whole = dict(site.line.carried)

    for kill in range(KILLS):
        saves.append(phone.registers())
        way = Way.UP if kill % 2 == 0 else Way.DOWN
        dead = Event()
        site.line.begin(
            Cut(way, whole[way] * (kill + 1) // (KILLS + 1), partial(_kill, site, dead))
        )
        assert phone.sync().state is SyncState.OFFLINE
        assert dead.wait(PATIENCE_S), "the line was never cut"
        saves.append(phone.registers())
        site.server.start()
        site.synced(phone)

    assert_nothing_was_lost(site.town, [phone], saves)


def _kill(site: Site, dead: Event) -> None:
    site.server.kill()
    dead.set()


def test_a_phone_that_is_killed_has_all_it_has_saved(site: Site) -> None:
    phone = site.phone()
    folder, saves = phone.folder, []
    phone.store.close()

    for number in LINES_READ:
        with _phone_process(folder) as told:
            saves += [told() for _ in range(number)]

    phone = RealPhone(folder)
    site.synced(phone)
    assert_nothing_was_lost(site.town, [phone], saves)


@contextmanager
def _phone_process(folder: Path) -> Iterator[Callable[[], str]]:
    """A phone at work, which is killed at the end of the block; what it says, save by save."""
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.phone_process", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    output = running.stdout

    def told() -> str:
        return output.readline().split()[1]

    try:
        yield told
    finally:
        running.kill()
        running.wait(30)
        output.close()
