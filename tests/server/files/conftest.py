"""A town with its app on either database, and a phone that sends files to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.forms.builtin import builtin_forms
from tests.server.a_town import ATown, make_town
from tests.server.api.caller import Caller, Device, calling, enrol
from tests.server.files.sending import Sending

DWELLING = builtin_forms()["dwelling"]


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> ATown:
    """On SQLite; on PostgreSQL too where a test is marked `sending.both`."""
    wanted = getattr(request, "param", "sqlite")
    url = request.getfixturevalue("postgres_url") if wanted == "postgres" else ""
    made = make_town(tmp_path, url)
    made.services.register.publish_form("east", DWELLING)
    return made


@pytest.fixture
def caller(town: ATown) -> Iterator[Caller]:
    with calling(town) as made:
        yield made


@dataclass(frozen=True)
class Hall:
    """The town, its app, and the phones of two workers of different grids."""

    town: ATown
    caller: Caller
    phone: Device
    other: Device

    @property
    def sending(self) -> Sending:
        return Sending(self.caller, self.phone)

    @property
    def elsewhere(self) -> Sending:
        return Sending(self.caller, self.other)


@pytest.fixture
def hall(town: ATown, caller: Caller) -> Hall:
    return Hall(town, caller, enrol(town, "g1"), enrol(town, "g3", staff_no="W2"))
