"""What several threads do with one store: nobody stumbles over what another one has just done."""

import threading
from pathlib import Path

import pytest

from mobile.store.store import Store
from shared.ids import uuid7
from tests.mobile.kit import NOW, Office, create, new_store, reopened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_a_sync_that_tells_of_drafts_goes_on_while_one_is_kept_and_one_dropped(
    store: Store,
) -> None:
    first, second = (store.keep(store.begin("household")) for _ in range(2))
    told = iter(store.shelf.drafts.values())
    before = next(told)

    store.keep(store.begin("household"))
    store.drop_draft(first.id)

    assert [before, *told] == [first, second]
    assert first not in store.drafts()


def test_work_is_carried_out_while_more_is_saved(store: Store) -> None:
    records = [store.shelf.clock.new_id() for _ in range(2)]
    store.save([create("household", record, head_name="李芳") for record in records])
    told = iter(store.shelf.overlaid())
    before = next(told)

    store.save([create("household", store.shelf.clock.new_id(), head_name="王强")])

    assert [before, *told] == records


def test_grid_work_is_listed_while_a_sync_brings_more(store: Store) -> None:
    store.save([create("finding", store.shelf.clock.new_id(), text="井盖松动") for _ in range(2)])
    listed = iter(store.known.work._records().values())
    before = next(listed)

    store.save([create("finding", store.shelf.clock.new_id(), text="路灯不亮")])

    assert len(store.known.work.of("finding")) == 3
    assert len([before, *listed]) == 2


def test_getting_ready_for_a_search_waits_for_a_page_that_is_being_taken(tmp_path: Path) -> None:
    store, office = new_store(tmp_path), Office()
    for n in range(3):
        office.write(uuid7(NOW, n.to_bytes(10, "big")), {"plate": f"{n} 号"}, kind="dwelling")
    office.bring(store)
    store = reopened(store, tmp_path)
    began = threading.Event()

    def prepare() -> None:
        began.set()
        store.prepare()

    ready = threading.Thread(target=prepare)
    with store.shelf.database.alone():
        unplaced = set(store.known.index._other_doors)
        ready.start()
        began.wait(30)
        ready.join(0.2)  # it must be waiting: it may not put doors into their places now
        left = set(store.known.index._other_doors)
    ready.join(30)

    assert len(unplaced) == 3
    assert left == unplaced
    assert not store.known.index._other_doors
