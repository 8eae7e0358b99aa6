"""Opening the database, and the two ways to use it: reading one moment, or writing one act."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import psycopg
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection, StaticPool

from server.db.errors import DatabaseAway, DatabaseUnknown, database_error

BUSY_TIMEOUT_MS = 15_000
POOL_SIZE = 10
"""Connections that one process keeps; twice as many at most."""
PAGE_BYTES = 8192
"""Of a new database. Records are of 1 to 2 KB: of SQLite's own 4 KB a good part stays empty."""
CHECKPOINT_PAGES = 8000
"""64 MB: at SQLite's own 4 MB nearly every push of many records pays for a checkpoint."""
RESTED_SECONDS = 1.0
"""After so long in the pool a connection is asked whether it still holds."""
_WRITES = "doorstep_writes"
_LEFT = "doorstep_left"


def open_engine(url: str) -> Engine:
    """The engine of that database: an SQLite file, or PostgreSQL by psycopg.

    The folder of a database file is made. Raises DatabaseUnknown or DatabaseAway.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        return _open_sqlite(address)
    engine = create_engine(address, pool_size=POOL_SIZE, max_overflow=POOL_SIZE)
    event.listen(engine, "connect", _send_lists_as_bytes)
    _ask_the_rested(engine)
    return engine


@contextmanager
def reading(engine: Engine, within: Connection | None = None) -> Iterator[Connection]:
    """A connection that sees the database as it is at one moment, and changes nothing.

    within: one that does so already, and is used on.
    """
    if within is not None:
        yield within
        return
    if _is_sqlite(engine):
        source = engine
    else:
        source = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with _said(), source.connect() as conn, conn.begin() as transaction:
        yield conn
        transaction.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection whose work is committed as a whole at the end, or not at all."""
    with (
        _said(),
        engine.connect().execution_options(**{_WRITES: True}) as conn,
        conn.begin(),
    ):
        yield conn


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        backend = address.get_backend_name()
    except ArgumentError as error:
        raise DatabaseUnknown from error
    if backend == "sqlite":
        return address
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    raise DatabaseUnknown


def _open_sqlite(address: URL) -> Engine:
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseAway from error
        engine = create_engine(address, pool_size=POOL_SIZE, max_overflow=POOL_SIZE)
    else:
        # One connection, so that all see the same database in memory.
        engine = create_engine(
            address, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver must not begin transactions: `_begin` does
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")  # no word to one that is there already
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a reply promises what it says
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("PRAGMA secure_delete = FAST")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA temp_store = MEMORY")


def _send_lists_as_bytes(_: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    """Ids by the thousand: as text each would be looked through for what must be escaped."""
    driver = entry.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.adapters.register_dumper(list, ListBinaryDumper)


def _begin(conn: Connection) -> None:
    # A transaction that starts by reading and then writes may fail as busy: take the lock first.
    writes = conn.get_execution_options().get(_WRITES, False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _ask_the_rested(engine: Engine) -> None:
    """A connection that has rested is asked whether its server is still there, before it is used.

    One that was used a moment ago is not: on a busy server that would be every other question.
    """

    def left(_: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        entry.info[_LEFT] = monotonic()

    def taken(
        connection: DBAPIConnection, entry: ConnectionPoolEntry, _: PoolProxiedConnection
    ) -> None:
        if monotonic() - entry.info.get(_LEFT, monotonic()) < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise DisconnectionError from error  # the pool takes a new one

    event.listen(engine, "checkin", left)
    event.listen(engine, "checkout", taken)


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def _said() -> Iterator[None]:
    """Trouble with the database itself, in words an operator can act on."""
    try:
        yield
    except (IntegrityError, psycopg.IntegrityError):
        raise  # says something about what was written, not about the database
    except (DBAPIError, psycopg.Error) as error:  # the second where the driver is asked itself
        raise database_error(error) from error
