"""The week, once for the tests of a file."""

from collections.abc import Iterator

import pytest

from tests.rehearsal.a_week import PlayedHere, played


@pytest.fixture(scope="package")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedHere]:
    made = played(tmp_path_factory.mktemp("week"))
    yield made
    made.services.engine.dispose()
