"""One account's SQLite file: opened with care, set aside when broken, never deleted."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from mobile.errors import AppError, DiskFull, Locked, StoreBroken, StoreBusy, StoreTooNew
from mobile.store.base import PhoneTable
from mobile.store.tables import SCHEMA

BUSY_TIMEOUT_MS = 15_000
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
"""The last when there is no room for a file beside it: the file itself is sound."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY = 0xFF
"""The low byte of an extended result code."""
SIDE_FILES = ("", "-wal", "-shm", "-journal")


class Database:
    """The file's one connection. One thread at a time, reading or writing."""

    def __init__(self, path: Path, clock_ms: int) -> None:
        """Opens or makes the file. Raises StoreTooNew, DiskFull, or StoreBroken (set aside)."""
        self._lock = RLock()
        self._act: Connection | None = None
        self._open = True
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)  # SQLite gives its side files the same rights
        self._engine = _engine(path)
        try:
            with _said():
                self._connection = self._engine.connect()
            self.fresh = self._prepare()
        except StoreBroken as error:
            self._engine.dispose()
            raise StoreBroken(_set_aside(path, clock_ms)) from error
        except AppError:
            self._engine.dispose()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Sees the file as it is; inside another act, with that act's work."""
        with self._lock, _said():
            self._require_open()
            if self._act is not None:
                yield self._act
            else:
                with self._acting("BEGIN") as conn:
                    yield conn
                    conn.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One act: committed whole at the end, or not at all. Not inside another."""
        with self._lock, _said():
            self._require_open()
            assert self._act is None, "one act at a time"
            # An act that starts by reading and then writes may fail as busy: take the lock first.
            with self._acting("BEGIN IMMEDIATE") as conn:
                yield conn

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other threads out while memory is brought in line with the file."""
        with self._lock:
            yield

    def close(self) -> None:
        """Closes the file; what is in the WAL is folded in."""
        with self._lock:
            self._open = False
            self._connection.close()
            self._engine.dispose()

    def _require_open(self) -> None:
        # A sync that still runs when the account is locked must not open the file again.
        if not self._open:
            raise Locked

    @contextmanager
    def _acting(self, begin: str) -> Iterator[Connection]:
        with self._connection.begin():
            # Straight to the driver: a sync makes a hundred acts, and most ask one small question.
            driver_of(self._connection).execute(begin)
            self._act = self._connection
            try:
                yield self._connection
            finally:
                self._act = None

    def _prepare(self) -> bool:
        """Whether the file was made just now."""
        with self.writing() as conn:
            version = int(conn.exec_driver_sql("PRAGMA user_version").scalar_one())
            if version > SCHEMA:
                raise StoreTooNew
            if version and conn.exec_driver_sql("PRAGMA quick_check(1)").scalar_one() != "ok":
                raise StoreBroken(None)
            if version < SCHEMA:
                _make_tables(conn)
                conn.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
            return version == 0


def driver_of(conn: Connection) -> sqlite3.Connection:
    """The driver's own connection, for what is asked so often that anything else is felt."""
    driver = conn.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _make_tables(conn: Connection) -> None:
    """Makes the tables and indexes that a new or an older file lacks."""
    PhoneTable.metadata.create_all(conn)
    for table in PhoneTable.metadata.tables.values():
        for index in table.indexes:
            index.create(conn, checkfirst=True)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", _connected)
    return engine


def _connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver must not begin transactions: an act does
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # "saved" must survive an empty battery
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA temp_store = MEMORY")


@contextmanager
def _said() -> Iterator[None]:
    """Trouble with the file itself, in words for the worker."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # the second where the driver is asked itself
        code = getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & _PRIMARY
        if code in _FULL:
            raise DiskFull from error
        if code in _BUSY:
            raise StoreBusy from error
        if code in _BROKEN:
            raise StoreBroken(None) from error
        raise


def _set_aside(path: Path, clock_ms: int) -> Path:
    """Keeps the broken file under another name, for the office to rescue what it can."""
    kept = path.with_name(f"{path.name}.broken-{clock_ms}")
    for side in SIDE_FILES:
        file = path.with_name(path.name + side)
        if file.exists():
            file.replace(kept.with_name(kept.name + side))
    return kept
