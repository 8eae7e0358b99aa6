"""A store with one household that the office knows, for each test of what comes and goes."""

from pathlib import Path

import pytest

from mobile.store.store import Store
from tests.mobile.kit import Office, StillClock, new_store


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> Store:
    return new_store(tmp_path, clock=clock)


@pytest.fixture
def household(store: Store, office: Office) -> str:
    record = store.shelf.clock.new_id()
    office.write(record, {"head_name": "李芳", "phone": "13900010001"})
    office.bring(store)
    return record
