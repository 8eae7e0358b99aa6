"""The register on both of its databases, which are migrated once and emptied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from server.db.engine import open_engine, writing
from server.db.migrate import migrate
from server.db.tables import METADATA
from tests.server.register.world import LI, WANG, Phone, World, make_world

DATABASE = "doorstep_register"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "doorstep.db"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_engine(postgres_server: str) -> Iterator[Engine]:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}".encode())
    engine = open_engine(postgres_server.replace("/postgres?", f"/{DATABASE}?", 1))
    migrate(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "postgresql":
        shared: Engine = request.getfixturevalue("postgres_engine")
        # The rows of the audit trail stay as they are, even here; the register has none.
        names = ", ".join(table for table in METADATA.tables if table != "audit")
        with writing(shared) as conn:
            conn.execute(text(f"TRUNCATE {names}"))
        yield shared
        return
    file = tmp_path / "doorstep.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), file)
    opened = open_engine(f"sqlite:///{file}")
    yield opened
    opened.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return make_world(engine)


@pytest.fixture
def wang(world: World) -> Phone:
    return world.phone(WANG)


@pytest.fixture
def li(world: World) -> Phone:
    return world.phone(LI)


@pytest.fixture
def pair(world: World, wang: Phone, li: Phone) -> tuple[str, str]:
    """One household that two workers registered: the duplicate, and the one that is to stand."""
    duplicate = wang.create("household", {"head_name": "张建国", "phone": "13811111111"})
    wang.send()
    survivor = li.create("household", {"head_name": "张建国", "people_count": 3})
    li.send()
    return duplicate, survivor


@pytest.fixture
def household(world: World, wang: Phone) -> str:
    """One that Wang registered: version 1, which both have seen."""
    record = wang.create(
        "household", {"head_name": "张建国", "phone": "13800000000", "marks": ["floating"]}
    )
    wang.send()
    return record
