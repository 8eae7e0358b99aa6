"""What is saved is sent in its order: chained, in whole saves, as much as one push holds."""

from pathlib import Path

import pytest

from mobile.errors import TooMuchAtOnce
from mobile.store import contact, outbound
from mobile.store.store import Store
from shared.wire import FIRST_DIGEST, Limits, chained
from tests.mobile.kit import create, new_store, reopened, sent


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_each_change_is_chained_to_the_one_before(tmp_path: Path, store: Store) -> None:
    for name in ("a", "b", "c"):
        store.save([create("household", store.shelf.clock.new_id(), head_name=name)])
    store = reopened(store, tmp_path)
    store.save([create("household", store.shelf.clock.new_id(), head_name="d")])

    batch = outbound.next_batch(store.shelf)

    assert batch is not None
    digest = batch.after
    assert digest == FIRST_DIGEST
    for n, change in enumerate(batch.changes, 1):
        digest = chained(digest, change.raw)
        assert (change.n, change.digest) == (n, digest)
    assert store.shelf.account.chain.digest == digest


def test_a_save_that_could_not_be_sent_in_one_piece_is_refused_whole(store: Store) -> None:
    edits = [create("household", store.shelf.clock.new_id(), head_name=str(n)) for n in range(501)]

    with pytest.raises(TooMuchAtOnce):
        store.save(edits)

    assert store.counts().unsent == 0
    assert store.counts().households == 0


def test_a_save_is_never_cut_between_two_pushes(store: Store) -> None:
    for _ in range(3):
        store.save(
            [create("household", store.shelf.clock.new_id(), head_name=str(n)) for n in range(200)]
        )

    changes = sent(store)

    assert len(changes) == 400
    assert len({change.save for change in changes}) == 2


def test_batches_follow_the_limits_that_the_server_tells(tmp_path: Path, store: Store) -> None:
    for name in ("甲", "乙", "丙", "丁"):
        store.save([create("household", store.shelf.clock.new_id(), head_name=name)])

    contact.take_limits(store.shelf, Limits(changes=3))
    store = reopened(store, tmp_path)

    assert [change.n for change in sent(store)] == [1, 2, 3]
