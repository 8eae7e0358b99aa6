"""Real processes: a server that can be killed, and a phone that keeps and sends work."""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from sqlalchemy import select
from sqlmodel import col

from mobile.clock import Clock
from mobile.store.creation import create_store
from mobile.store.kept import Identity
from mobile.store.store import Store
from mobile.store.values import Edit
from mobile.sync.client import SyncClient
from mobile.sync.line import open_http
from mobile.sync.report import SyncReport
from server.db.engine import reading
from server.db.register_tables import JournalRow
from server.forms.builtin import builtin_forms
from shared.changes import ChangeKind
from shared.codec import pack
from tests.mobile.kit import KEYS
from tests.server.a_town import ATown, make_town
from tests.server.a_town import Phone as PhoneKey
from tests.server.cli.running import environment

ROOM = 10 << 30
READY_S = 150


@dataclass
class ServerProcess:
    """A town's server, as a program of its own."""

    home: Path
    database_url: str
    port: int = 0
    running: subprocess.Popen[bytes] | None = None
    lock: Lock = field(default_factory=Lock)

    def start(self) -> None:
        """Returns when it listens; what comes earlier waits in its socket."""
        more = {"DOORSTEP_DATABASE_URL": self.database_url} if self.database_url else {}
        log = self.home / "server.log"
        before = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "server.cli", "serve", "--port", str(self.port)],
                env=environment(self.home, **more),
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = monotonic() + READY_S
        while monotonic() < deadline and self.running.poll() is None:
            found = re.search(rb"http://[\d.]+:(\d+)/console/", log.read_bytes()[before:])
            if found is not None:
                self.port = int(found[1])
                return
            sleep(0.05)
        raise AssertionError(log.read_text("utf-8"))

    def said(self) -> str:
        """What it wrote into its log."""
        return (self.home / "server.log").read_text("utf-8")

    def kill(self) -> None:
        """Kill -9."""
        if self.running is not None:
            self.running.kill()
            self.running.wait(30)
            self.running = None


@dataclass
class RealPhone:
    """A phone's folder; opened anew after each death."""

    folder: Path
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.folder / "store.db", KEYS, Clock(), None)

    def registers(self) -> str:
        """Saves a household and a resident of it; the id of the save."""
        clock = self.store.shelf.clock
        household, resident = clock.new_id(), clock.new_id()
        saved = self.store.save(
            [
                _create("household", household, head_name="李芳"),
                _create("resident", resident, household=household, name="李芳"),
            ]
        )
        return saved.save

    def sync(self) -> SyncReport:
        """Over connections of its own."""
        with open_http() as http:
            clock = self.store.shelf.clock
            client = SyncClient(
                self.store, http, clock=clock, folder=self.folder, free_bytes=lambda: ROOM
            )
            return client.run()


def _create(kind: str, record: str, **units: object) -> Edit:
    return Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, units=dict(units))


def a_town(home: Path, database_url: str) -> ATown:
    """A town with forms, whose server is a process of its own."""
    town = make_town(home, database_url)
    for form in builtin_forms().values():
        town.services.register.publish_form(town.who.town, form)
    return town


def a_phone(town: ATown, folder: Path, port: int, name: str) -> Path:
    """The folder of a phone that was enrolled and knows the server by that port."""
    key = PhoneKey()
    enrolled = town.enrolled(town.worker(name, "g1"), key)
    identity = Identity(
        device=enrolled.device,
        token=enrolled.token,
        private_key=key.key.private_bytes_raw(),
        server=f"http://127.0.0.1:{port}",
        town=enrolled.town,
        town_name=enrolled.town_name,
        worker=enrolled.worker,
        worker_name=enrolled.worker_name,
        fingerprint=enrolled.fingerprint,
        limits=enrolled.limits,
    )
    path = folder / "store.db"
    create_store(path, KEYS, clock=Clock(), identity=identity, areas=enrolled.grids)
    return folder


def assert_nothing_was_lost(town: ATown, phones: list[RealPhone], saves: list[str]) -> None:
    """Each save is in the journal once and whole; register, replay and phones are the same."""
    with reading(town.services.engine) as conn:
        rows = conn.execute(
            select(
                col(JournalRow.save_id),
                col(JournalRow.record_id),
                col(JournalRow.device_id),
                col(JournalRow.n),
            )
        ).all()
    times = Counter(row.save_id for row in rows)
    assert {save: times[save] for save in saves} == dict.fromkeys(saves, 2)
    assert len({(row.device_id, row.n) for row in rows}) == len(rows)
    assert set(times.values()) == {2}
    register = town.services.register
    assert register.verify(town.who.town).well
    there = register.records(town.who.town, [row.record_id for row in rows])
    for phone in phones:
        shelf = phone.store.shelf
        with shelf.database.reading() as conn:
            here = {each: shelf.shadow.get(conn, each) for each in there}
        packed = {each: record and pack(record) for each, record in here.items()}
        assert packed == {each: pack(record) for each, record in there.items()}
        assert phone.store.counts().unsent == 0
        assert not list(shelf.overlaid())
