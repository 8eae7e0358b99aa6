"""A full disk, a broken file, a newer file, a kill: one clear sentence, and nothing is lost."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from mobile.accounts import Accounts
from mobile.errors import AppError, DiskFull, Locked, StoreBroken, StoreTooNew
from mobile.store import contact, inbound, outbound
from mobile.store.database import Database
from mobile.store.salvage import RESCUED, broken_files
from mobile.store.store import Store
from mobile.vault.keystore import FileKeyStore
from shared.wire import Area
from tests.mobile.kit import (
    GRID,
    KEYS,
    NOW,
    Office,
    StillClock,
    create,
    identity,
    new_store,
    reopened,
    shown,
)

PIN = "830417"


def says_what_to_do(error: AppError) -> bool:
    return len(error.words.zh) > 8 and len(error.words.en) > 20


def limit_pages(store: Store, more: int) -> None:
    """No room for more than so many further pages: what a full disk is to SQLite."""
    with store.shelf.database.reading() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


def save_until_full(store: Store) -> None:
    for _ in range(100):
        store.save([create("household", store.shelf.clock.new_id(), note="很长" * 500)])


def test_a_full_disk_refuses_the_save_and_keeps_what_was_saved(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    clock = store.shelf.clock
    first = clock.new_id()
    store.save([create("household", first, head_name="李芳")])
    limit_pages(store, 0)

    with pytest.raises(DiskFull) as full:
        save_until_full(store)
    kept = store.search("").total
    n = store.shelf.account.chain.n
    limit_pages(store, 1000)
    store.save([create("household", clock.new_id(), head_name="王强")])
    store = reopened(store, tmp_path)

    assert says_what_to_do(full.value)
    assert shown(store, first)["head_name"] == "李芳"
    assert store.search("").total == kept + 1
    batch = outbound.next_batch(store.shelf)
    assert batch is not None
    assert [change.n for change in batch.changes] == list(range(1, n + 2))


def test_a_page_for_which_there_is_no_room_overwrites_nothing(tmp_path: Path) -> None:
    store, office = new_store(tmp_path), Office()
    record = store.shelf.clock.new_id()
    office.write(record, {"head_name": "李芳"})
    office.bring(store)
    for _ in range(200):
        office.write(store.shelf.clock.new_id(), {"head_name": "王强", "needs": "很长" * 300})
    limit_pages(store, 3)

    with pytest.raises(DiskFull):
        office.bring(store, since=1)
    meanwhile = (contact.cursor(store.shelf), store.search("").total, shown(store, record))
    limit_pages(store, 10_000)
    office.bring(store, since=1)

    assert meanwhile == ("c1", 1, {"head_name": "李芳"})
    assert store.search("").total == 201


def test_a_file_of_a_newer_app_is_left_alone(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    with sqlite3.connect(tmp_path / "store.db") as conn:
        conn.execute("PRAGMA user_version = 99")
    before = (tmp_path / "store.db").read_bytes()

    with pytest.raises(StoreTooNew) as newer:
        Store(tmp_path / "store.db", KEYS, StillClock(), None)

    assert says_what_to_do(newer.value)
    assert (tmp_path / "store.db").read_bytes() == before


@pytest.mark.parametrize(
    "rubbish", [b"not a database at all" * 500, b"SQLite format 3\0" + b"x" * 9000]
)
def test_a_broken_file_is_set_aside_and_never_deleted(tmp_path: Path, rubbish: bytes) -> None:
    (tmp_path / "store.db").write_bytes(rubbish)

    with pytest.raises(StoreBroken) as broken:
        Store(tmp_path / "store.db", KEYS, StillClock(), identity())
    store = Store(tmp_path / "store.db", KEYS, StillClock(), identity())

    assert says_what_to_do(broken.value)
    assert broken.value.set_aside is not None
    assert broken.value.set_aside.read_bytes() == rubbish
    assert store.search("").total == 0


def worked_account(home: Path, clock: StillClock) -> tuple[Accounts, str, list[str]]:
    """An account with forty unsent households and a draft, closed."""
    accounts = Accounts(home, FileKeyStore(home / "keys"), clock)
    area = Area(GRID, "第一网格", "330102001001001")
    account = accounts.create(identity(), (area,), PIN).id
    opened = accounts.open(account, PIN)
    records = [clock.new_id() for _ in range(40)]
    for n, record in enumerate(records):
        opened.store.save([create("household", record, head_name=f"户主{n}", needs="x" * 700)])
    opened.store.close()
    return accounts, account, records


def break_pages(path: Path, pages: range, size: int = 4096) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * size : (page + 1) * size] = os.urandom(size)
    path.write_bytes(bytes(content))


def test_unsent_work_is_rescued_from_a_broken_file(tmp_path: Path) -> None:
    accounts, account, records = worked_account(tmp_path, StillClock())
    path = tmp_path / "accounts" / account / "store.db"
    pages = path.stat().st_size // 4096
    break_pages(path, range(pages // 2, pages // 2 + 2))

    with pytest.raises(StoreBroken):
        accounts.open(account, PIN)
    opened = accounts.open(account, PIN)
    rescued = {card.id for card in opened.store.search("", limit=99).cards}
    batch = outbound.next_batch(opened.store.shelf)
    opened.store.close()
    again = accounts.open(account, PIN)

    assert len(rescued) > len(records) // 2
    assert rescued <= set(records)
    assert batch is not None
    assert [change.n for change in batch.changes] == list(range(1, len(rescued) + 1))
    assert again.store.shelf.account.identity.device == "device-a"
    assert again.store.shelf.account.chain.device == ""  # the next sync asks for a new id
    assert again.store.search("", limit=99).total == len(rescued)
    assert list(path.parent.glob("*.rescued"))


def test_a_rescue_that_was_killed_just_before_its_end_takes_nothing_over_twice(
    tmp_path: Path,
) -> None:
    accounts, account, _ = worked_account(tmp_path, StillClock())
    path = tmp_path / "accounts" / account / "store.db"
    pages = path.stat().st_size // 4096
    break_pages(path, range(pages // 2, pages // 2 + 2))
    with pytest.raises(StoreBroken):
        accounts.open(account, PIN)
    (broken,) = broken_files(path)
    first = accounts.open(account, PIN)
    before = [change.record for change in first.store.outbox()]
    first.store.close()
    broken.with_name(broken.name + RESCUED).rename(broken)  # as the kill would have left it

    again = accounts.open(account, PIN)

    assert len(before) > 20
    assert [change.record for change in again.store.outbox()] == before


def test_a_locked_store_is_not_opened_again_by_a_sync_that_still_runs(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.close()

    with pytest.raises(Locked):
        inbound.start_over(store.shelf)
    with pytest.raises(Locked):
        store.save([create("household", "x")])


def write_and_fail(database: Database) -> None:
    with database.writing() as conn:
        conn.exec_driver_sql("INSERT INTO news VALUES ('x')")
        raise RuntimeError


def test_an_act_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    database = Database(tmp_path / "store.db", NOW)

    with pytest.raises(RuntimeError):
        write_and_fail(database)

    with database.reading() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM news").scalar_one() == 0


CHILD = """
import sys
from pathlib import Path
from mobile.store.store import Store
from tests.mobile.kit import KEYS, StillClock, create
clock = StillClock()
clock.made = int(sys.argv[2])
store = Store(Path(sys.argv[1]), KEYS, clock, None)
while True:
    record = clock.new_id()
    store.save([create("household", record, head_name="张三", needs="x" * 200),
                create("resident", clock.new_id(), household=record, name="张三")])
    print(record, flush=True)
"""


def test_a_kill_at_any_moment_loses_no_save_that_was_confirmed(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    path, confirmed, chance = tmp_path / "store.db", [], random.Random(7)
    for turn in range(4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str((turn + 1) * 1_000_000)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert child.stdout is not None
        confirmed += [child.stdout.readline().strip() for _ in range(chance.randrange(1, 60))]
        child.send_signal(signal.SIGKILL)
        confirmed += [line for line in child.stdout.read().split("\n") if len(line) == 36]
        child.wait(30)

    store = Store(path, KEYS, StillClock(), None)
    saves: dict[str, int] = {}
    batch, after, numbers = outbound.next_batch(store.shelf), 0, []
    while batch is not None:
        for change in batch.changes:
            numbers.append(change.n)
            saves[change.save] = saves.get(change.save, 0) + 1
        after = numbers[-1]
        batch = outbound.next_batch(store.shelf, after)

    found = {card.id for card in store.search("", limit=10_000).cards}
    assert len(confirmed) > 20
    assert set(confirmed) <= found
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(saves.values()) == {2}
    assert store.shelf.account.chain.n == len(numbers)
