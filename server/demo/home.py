"""The demo's folder: what lies where, and how it is made whole or not at all."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from server.clock import now_ms
from server.coverage.counting import Counting
from server.db.engine import open_engine, reading
from server.db.migrate import migrate
from server.demo.progress import Part, Tell, Told
from server.demo.seeding import Seeder
from server.forms.builtin import every_form
from server.keys import Keys
from server.office.towns import towns
from server.register.register import Register
from server.settings import DATABASE_FILE
from server.town.values import Town

MARK = "demo.json"
TAIL = 2_000
EXPECTED_PER_HOUSEHOLD = 8
"""Records: dwelling, household, residents and visits; only for the progress bar."""
DEVICES = ("device-1", "device-2")
REHEARSAL = "rehearsal"
"""The module that lets a week happen: it knows app and server, so it is a process of its own."""


class Mark(Struct, frozen=True):
    """Written last: what demo the folder holds."""

    households: int
    logins: dict[str, str]
    """A log-in of each role."""
    week: str = ""
    """The Monday of the week that happened there; "" for none."""


class NotRehearsed(RuntimeError):
    """The week could not be played to its end; the message has the end of what it said."""


def mark_of(home: Path) -> Mark | None:
    """What demo the folder holds, or None when it holds none."""
    try:
        return msgspec.json.decode((home / MARK).read_bytes(), type=Mark)
    except (OSError, msgspec.DecodeError):
        return None


def has_foreign_data(home: Path) -> bool:
    """Whether there is a database that no demo has made."""
    return mark_of(home) is None and (home / DATABASE_FILE).exists()


def make(home: Path, town: Town, tell: Tell, week: date | None = None) -> Mark:
    """Makes the demo's database. It appears under its name only when it is whole.

    What an earlier try has left is begun anew. week: the Monday of a week that happens through
    real phones and the real server; without it, the town has some days of grid work that were
    written down. Raises NotRehearsed.
    """
    home.mkdir(parents=True, exist_ok=True)
    unfinished = home / f"{DATABASE_FILE}.unfinished"
    _remove(unfinished)
    engine = open_engine(f"sqlite:///{unfinished}")
    event.listen(engine, "connect", hurry)
    migrate(engine)
    keys = Keys.load_or_create(home)
    seeder, written = Seeder(engine, keys, town, now_ms()), _Written(town, tell)
    if week is None:
        seeder.seed(every_form().values(), written.more)
    else:
        seeder.settle(every_form().values(), written.more)
        _rehearse(home, unfinished, week, tell)
    _count(engine, keys, tell)
    engine.dispose()
    _make_durable(unfinished)
    mark = Mark(
        households=town.plan.size.households,
        logins={account.role.value: account.login for account in reversed(town.accounts)},
        week=week.isoformat() if week else "",
    )
    (home / MARK).write_bytes(msgspec.json.encode(mark))
    _remove(home / DATABASE_FILE)  # the journal of one that was taken away is none of this one's
    Path(unfinished).replace(home / DATABASE_FILE)
    return mark


def device_folder(home: Path, device: str) -> Path:
    """The folder of one device's app."""
    return home / "devices" / device


def device_key(home: Path, device: str) -> Path:
    """Where a demo device's secret lies: it has no key store, and its app says so."""
    return home / "keys" / device


def is_enrolled(home: Path, device: str) -> bool:
    """Whether someone has enrolled the device."""
    return any(device_folder(home, device).glob("**/*.db"))


def hurry(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """A power cut while the town is made costs nothing: what is unfinished is made anew."""
    connection.cursor().execute("PRAGMA synchronous = OFF")


class _Written:
    """Changes of the past that are in."""

    def __init__(self, town: Town, tell: Tell) -> None:
        self._done, self._of = 0, EXPECTED_PER_HOUSEHOLD * town.plan.size.households
        self._tell = tell

    def more(self, changes: int) -> None:
        self._done += changes
        self._tell(Told(part=Part.TOWN, done=self._done, of=max(self._of, self._done)))


def _rehearse(home: Path, database: Path, monday: date, tell: Tell) -> None:
    """Lets the week happen in the database. It ends when this process does: it reads its input."""
    asked = ("--home", home, "--database", database, "--monday", monday, "--attended")
    log = home / "logs" / f"{REHEARSAL}.log"
    log.parent.mkdir(exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(
            [sys.executable, "-m", REHEARSAL, *map(str, asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        ) as week,
    ):
        assert week.stdout is not None
        for line in week.stdout:
            tell(msgspec.json.decode(line, type=Told))
    if week.returncode:
        raise NotRehearsed(log.read_text(encoding="utf-8")[-TAIL:])


def _count(engine: Engine, keys: Keys, tell: Tell) -> None:
    """Every figure stands before anybody looks."""
    with reading(engine) as conn:
        [town] = towns(conn)
    for progress in Counting(engine, Register(engine, keys), now_ms).run(town.town_id):
        tell(Told(part=Part.COUNTING, done=progress.percent, of=100))


def _make_durable(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(database: Path) -> None:
    for name in (database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))):
        name.unlink(missing_ok=True)
