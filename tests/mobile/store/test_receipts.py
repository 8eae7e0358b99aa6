"""How many changes the office has received today, and when it last did."""

from pathlib import Path

import pytest

from mobile.store.entries import Tally
from mobile.store.receipts import Receipt, last_receipt
from mobile.store.store import Store
from mobile.sync.words import Standing, status_lines
from shared.wire import Result, Words
from tests.mobile.kit import NOW, StillClock, create, new_store, tell

DAY_MS = 86_400_000


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store(tmp_path: Path, clock: StillClock) -> Store:
    return new_store(tmp_path, clock=clock)


def received(store: Store, *numbers: int) -> None:
    tell(store, [Result(n, "applied", n) for n in numbers])


def saved(store: Store, count: int) -> None:
    for _ in range(count):
        store.save([create("household", store.shelf.clock.new_id(), head_name="李芳")])


def test_what_is_received_on_one_day_is_added_up(store: Store, clock: StillClock) -> None:
    saved(store, 3)
    received(store, 1)
    clock.tick(1000)
    received(store, 2, 3)

    assert last_receipt(store.shelf) == Receipt(NOW + 1000, 3)


def test_a_receipt_that_is_repeated_counts_once(store: Store, clock: StillClock) -> None:
    saved(store, 1)
    received(store, 1)
    clock.tick(1000)
    received(store, 1)

    assert last_receipt(store.shelf) == Receipt(NOW, 1)


def test_another_day_begins_anew(store: Store, clock: StillClock) -> None:
    saved(store, 2)
    received(store, 1)
    clock.tick(2 * DAY_MS)
    received(store, 2)

    assert last_receipt(store.shelf) == Receipt(NOW + 2 * DAY_MS, 1)


def test_the_lines_say_what_is_here_what_the_office_has_and_what_asks_for_her() -> None:
    standing = Standing(
        tally=Tally(37, 1, 0),
        received=Receipt(NOW, 12),
        asked=2,
        why=Words("请补门牌", "add the plate"),
        last_sync=NOW,
        last=None,
        first_done=True,
    )

    lines = status_lines(standing, NOW)

    assert [line.en.partition(",")[0] for line in lines[:4]] == [
        "37 saved here",
        "12 received by the office",
        "2 need your answer.",
        "1 not taken: add the plate",
    ]
    assert lines[3].zh == "1 项未被接受：请补门牌"
