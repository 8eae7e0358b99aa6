"""A town with its app for each test of the API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.office.roles import Role
from tests.server.a_town import ATown, make_town
from tests.server.api.admin_office import Office
from tests.server.api.caller import Caller, calling, enrol
from tests.server.api.sending import publish


@pytest.fixture
def town(tmp_path: Path) -> ATown:
    return make_town(tmp_path)


@pytest.fixture
def caller(town: ATown) -> Iterator[Caller]:
    with calling(town) as made:
        yield made


@pytest.fixture
def forms(town: ATown) -> None:
    """The town has the built-in forms."""
    publish(town)


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    town = make_town(tmp_path, url)
    publish(town)
    account = town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    with calling(town) as caller:
        made = Office(town, caller, enrol(town, "g1"), account)
        made.use("chen")
        yield made
