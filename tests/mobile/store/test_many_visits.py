"""A household that was visited for years opens as fast as one that was visited now and then."""

import time
from collections.abc import Callable
from pathlib import Path

from mobile.store.store import Store
from tests.mobile.kit import Office, new_store

FEW, MANY = 5, 500
SLOWER_MAX = 4.0
FLOOR_S = 0.004
"""Below this a difference is noise."""
TRIES = 5


def household(office: Office, number: int, visits: int) -> str:
    """A household with so many visits."""
    record = f"01999999-0000-7000-8000-0000000e{number:04d}"
    office.write(record, {"head_name": "李芳"})
    for visit in range(visits):
        day = f"{2016 + visit // 60}-{1 + visit // 5 % 12:02d}-{1 + visit % 5 * 5:02d}"
        office.write(
            f"01999999-0000-7000-8000-{number:04d}{visit:08d}",
            {"household": record, "started": f"{day}T10:00:00+08:00", "outcome": "done"},
            kind="visit",
        )
    return record


def opened(store: Store, record: str) -> None:
    """What a household's page takes from the store."""
    assert store.household(record) is not None
    assert store.record(record) is not None
    assert store.visits(record)
    assert store.known.timeline.events(record)
    store.known.gaps.of(record)


def fastest(act: Callable[[], None]) -> float:
    """The shortest of several tries, in seconds of this process."""
    times = []
    for _ in range(TRIES):
        begun = time.process_time()
        act()
        times.append(time.process_time() - begun)
    return min(times)


def test_five_hundred_visits_open_as_fast_as_five(tmp_path: Path) -> None:
    office, store = Office(), new_store(tmp_path)
    few, many = household(office, 1, FEW), household(office, 2, MANY)
    office.bring(store)

    of_few = fastest(lambda: opened(store, few))
    of_many = fastest(lambda: opened(store, many))

    assert of_many < SLOWER_MAX * max(of_few, FLOOR_S)
    assert of_many < 0.05
