"""A first sync, a fresh snapshot and what differs: all of a grid is taken, range by range."""

from pathlib import Path

from mobile.store import contact, inbound, mending
from mobile.store.grids import GridState
from mobile.store.store import Store
from shared.codec import packed
from shared.wire import SnapshotPage
from tests.mobile.kit import GRID, Office, change_of, reopened


def test_a_first_sync_goes_on_where_it_stopped(
    tmp_path: Path, store: Store, office: Office
) -> None:
    ids = sorted(store.shelf.clock.new_id() for _ in range(4))
    for record in ids:
        office.write(record, {"head_name": record[-2:]})
    records = [packed(office.records[record]) for record in ids]
    (grid,) = contact.held_grids(store.shelf)
    first = SnapshotPage(GRID, 4, 4, records[:2], ids[1], None)
    inbound.take_snapshot_page(store.shelf, first, grid)

    store = reopened(store, tmp_path)
    (resumed,) = contact.held_grids(store.shelf)
    usable_meanwhile = store.search("").total
    again = inbound.take_snapshot_page(store.shelf, first, grid)
    second = SnapshotPage(GRID, 4, 4, records[2:], None, "c4")
    taken = inbound.take_snapshot_page(store.shelf, second, resumed)
    store.refresh(taken.records, by_sync=True)

    assert (resumed.state, resumed.after, resumed.done) == (GridState.WANTED, ids[1], 2)
    assert usable_meanwhile == 2
    assert again.stale
    assert contact.held_grids(store.shelf)[0].state is GridState.WHOLE
    assert contact.cursor(store.shelf) == "c4"
    assert store.search("").total == 4


def test_records_that_differ_from_the_offices_are_asked_for_again(
    store: Store, office: Office, household: str
) -> None:
    office.snapshot(store)
    other = store.shelf.clock.new_id()
    office.write(other, {"head_name": "没有送到"})
    page = office.page(0)

    differing = mending.differing(store.shelf, page.checksums)
    mending.take_all_again(store.shelf, differing)
    before = store.search("").total
    office.snapshot(store)

    assert differing == [GRID]
    assert before == 1
    assert store.search("").total == 2
    assert mending.differing(store.shelf, page.checksums) == []


def test_what_a_fresh_snapshot_does_not_bring_is_dropped_at_its_end(
    store: Store, office: Office, household: str
) -> None:
    office.snapshot(store)
    lost = office.records.pop(household)
    other = store.shelf.clock.new_id()
    office.write(other, {"head_name": "新"})

    inbound.start_over(store.shelf)
    meanwhile = store.record(household)
    office.snapshot(store)

    assert meanwhile is not None
    assert lost.id == household
    assert store.record(household) is None
    assert store.record(other) is not None


def test_a_colleagues_change_is_badged_until_it_is_looked_at(
    tmp_path: Path, store: Store, office: Office, household: str
) -> None:
    store.mark_seen(household)
    office.write(household, {"phone": "13900010003"})
    office.bring(store, since=1)

    store = reopened(store, tmp_path)
    badge = store.search("").cards[0].changed_by_others
    store.mark_seen(household)

    assert badge
    assert not store.search("").cards[0].changed_by_others


def test_her_own_change_that_comes_back_is_no_news(
    store: Store, office: Office, household: str
) -> None:
    store.mark_seen(household)
    store.save([change_of(store, "household", household, phone="13900010002")])
    office.push(store)

    office.bring(store, since=1)

    assert not store.search("").cards[0].changed_by_others


def test_a_first_sync_is_no_news(store: Store, office: Office) -> None:
    office.write(store.shelf.clock.new_id(), {"head_name": "李芳"})

    office.snapshot(store)

    assert not store.search("").cards[0].changed_by_others
