"""The register on both of its databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.db.engine import open_engine
from server.db.migrate import migrate
from tests.server.register.world import World, make_world


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'doorstep.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
    opened = open_engine(url)
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def world(engine: Engine) -> World:
    return make_world(engine)
