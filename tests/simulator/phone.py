"""A phone of the simulation: the real store and the real sync, and a battery that may be empty."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple, NoReturn

import httpx
import msgspec
from sqlalchemy import Connection

from mobile.store.creation import create_store
from mobile.store.database import driver_of
from mobile.store.kept import Identity
from mobile.store.store import Store
from mobile.store.values import Answers, Draft, Edit
from mobile.sync.client import SyncClient
from mobile.sync.line import open_http
from mobile.sync.report import SyncReport
from shared.changes import Change
from shared.wire import Enrolled
from tests.mobile.kit import KEYS, StillClock
from tests.server.a_town import Phone as PhoneKey
from tests.simulator.line import Crash, SeededLine

ROOM = 10 << 30
OUTBOX = KEYS.seal("outbox")


@dataclass
class OpenForm:
    """A form on the screen: what it showed, and the version it was opened on."""

    record: str
    kind: str
    grid: str
    base: int
    before: Answers
    draft: Draft | None


class Copied(NamedTuple):
    """The copy that there is of a phone: its name then, and the last of its writes in it."""

    name: str
    last: int
    server_lives: int
    """How often the server had been put back by then."""


@dataclass
class SimPhone:
    """One phone. After a Crash only its folder is left; `start` opens it again."""

    name: str
    folder: Path
    line: SeededLine
    clock: StillClock
    chance: Random
    crashes: float = 0.0
    """How often the battery dies at a commit."""
    at_commit: Callable[[], None] | None = None
    """Called before and after each commit."""
    forms: list[OpenForm] = field(default_factory=list)
    http: httpx.Client = field(init=False)
    store: Store = field(init=False)
    client: SyncClient = field(init=False)
    copied: "Copied | None" = None
    clock_is_known: bool = True
    """Whether nobody ever set it: then the town knows when something was made."""
    copied_places: int = 0
    places: int = 0
    """The last of its changes that was told to the oracle."""

    @property
    def worker(self) -> str:
        """Whose phone it is: the first letter stays, whatever becomes of the phone."""
        return self.name[0]

    @property
    def _left_behind(self) -> Path:
        return self.folder / "left-behind"

    def enrolled(self, enrolled: Enrolled, key: PhoneKey) -> None:
        """Makes its file."""
        identity = Identity(
            device=enrolled.device,
            token=enrolled.token,
            private_key=key.key.private_bytes_raw(),
            server="http://127.0.0.1:9",
            town=enrolled.town,
            town_name=enrolled.town_name,
            worker=enrolled.worker,
            worker_name=enrolled.worker_name,
            fingerprint=enrolled.fingerprint,
            limits=enrolled.limits,
            town_key=enrolled.town_key,
        )
        path = self.folder / "store.db"
        create_store(path, KEYS, clock=self.clock, identity=identity, areas=enrolled.grids)

    def start(self) -> None:
        """Opens the app."""
        self.http = open_http(self.line)
        self.store = Store(self.folder / "store.db", KEYS, self.clock, None)
        database = self.store.shelf.database
        real = database.writing

        @contextmanager
        def writing() -> Iterator[Connection]:
            with real() as conn:
                yield conn
                self._perhaps_die()
            self._perhaps_die()

        database.writing = writing  # type: ignore[method-assign]  # the battery
        self.line.before = self.line.after = None
        self.client = self._client(self.folder)

    def close(self) -> None:
        """Closes the app as it should be closed."""
        self.store.close()
        self.http.close()

    def die(self) -> None:
        """The app is gone; its forms on the screen, too, unless they were kept as drafts."""
        self.close()
        self.forms.clear()
        for file in self._left_behind.glob("*"):
            file.replace(self.folder / file.name)
        self.start()

    def second_client(self) -> SyncClient:
        """Another sync of the same store, as if the lock between the two did not hold."""
        folder = self.folder / "second"
        folder.mkdir(exist_ok=True)
        return self._client(folder)

    def battery_is_empty(self) -> NoReturn:
        """Keeps the files as they are at this moment, whatever is written afterwards."""
        self._left_behind.mkdir(exist_ok=True)
        for file in self.folder.glob("store.db*"):
            if not file.name.endswith("-shm"):
                shutil.copy(file, self._left_behind)
        raise Crash

    def sync(self) -> SyncReport:
        return self.client.run()

    def open_form(self, record: str, kind: str) -> None:
        view = self.store.record(record)
        if view is not None and not view.deleted:
            draft = self.store.begin(kind, record) if self.store.form(kind) else None
            self.forms.append(OpenForm(record, kind, view.grid, view.version, view.answers, draft))

    def save(self, edits: list[Edit]) -> None:
        self.store.save(edits)

    def has(self, record: str) -> bool:
        """Whether the record is shown on it."""
        with self.store.shelf.database.reading() as conn:
            return self.store.shelf.shown(conn, record) is not None

    def new_changes(self) -> list[Change]:
        """Changes in the file that the oracle has not heard of."""
        found = []
        query = "SELECT place, n, sealed FROM outbox WHERE place > ? ORDER BY place"
        with self.store.shelf.database.reading() as conn:
            for place, n, sealed in driver_of(conn).execute(query, (self.places,)):
                raw = OUTBOX.open(str(place), n, sealed)
                found.append(msgspec.json.decode(raw, type=Change))
                self.places = place
        return found

    def back_up(self) -> None:
        """Somebody copies the phone's file."""
        with (
            closing(sqlite3.connect(self.folder / "store.db")) as here,
            closing(sqlite3.connect(self.folder / "backup.db")) as there,
        ):
            here.backup(there)
        self.copied_places = self.places

    def restore(self) -> None:
        """A new phone goes on from the copy; what was only on the old one is lost."""
        self.close()
        self.forms.clear()
        for side in ("-wal", "-shm"):
            (self.folder / f"store.db{side}").unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.db", self.folder / "store.db")
        self.places = self.copied_places
        self.start()

    def _client(self, folder: Path) -> SyncClient:
        return SyncClient(
            self.store, self.http, clock=self.clock, folder=folder, free_bytes=lambda: ROOM
        )

    def _perhaps_die(self) -> None:
        if self.at_commit is not None:
            self.at_commit()
        if self.crashes and self.chance.random() < self.crashes:
            self.battery_is_empty()
