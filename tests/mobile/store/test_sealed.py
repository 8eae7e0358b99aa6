"""Nothing that a worker writes lies open on the device, and no row opens but in its place."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobile.errors import DamagedRow
from mobile.store import contact, incarnations, mending, outbound
from mobile.store.store import Store
from mobile.vault.sealing import Keys
from shared.wire import Problem, Result, Words
from tests.mobile.kit import (
    KEYS,
    Office,
    StillClock,
    change_of,
    create,
    new_store,
    tell,
)
from tests.mobile.scanning import given_away
from tests.mobile.store.enrolled import enrolled_as

SECRETS = (
    "欧阳静雯",
    "13900014477",
    "楼上漏水，需要约物业一起看",
    "11010519491231002X",
    "朝阳里十七号",
    "李强强",
    "电话号码格式不对劲",
    "secret-token-8461",
)


def found_in(folder: Path) -> set[str]:
    """The secrets that any file below the folder gives away."""
    return given_away(folder, SECRETS)


def a_day(store: Store) -> None:
    """Records come, are edited, half edited, sent, refused and brought back."""
    office, clock = Office(), store.shelf.clock
    home, household = clock.new_id(), clock.new_id()
    office.write(home, {"plate": SECRETS[4], "code": "3-1-02-201"}, kind="dwelling")
    office.write(household, {"dwelling": home, "head_name": SECRETS[0], "phone": "13900010001"})
    office.bring(store)
    store.save([change_of(store, "household", household, phone=SECRETS[1])])
    store.save(
        [
            create(
                "resident",
                clock.new_id(),
                household=household,
                name=SECRETS[0],
                id_number=SECRETS[3],
            ),
            create("visit", clock.new_id(), household=household, outcome="done", note=SECRETS[2]),
        ]
    )
    draft = store.begin("household", household).answered("needs", SECRETS[2])
    store.keep(draft.with_typed("people_count", SECRETS[1]))
    batch = outbound.next_batch(store.shelf)
    assert batch is not None
    words = Words(SECRETS[6], "Not a phone")
    tell(store, [Result(1, "rejected", problem=Problem("bad", words)), Result(2, "applied", 9)])
    office.write(household, {"landlord_name": SECRETS[5]})
    office.bring(store, since=2)
    store.drop_draft(draft.id)
    store.keep(store.begin("household", household).answered("needs", SECRETS[2]))
    contact.note_sync(store.shelf, SECRETS[2].encode(), 1)
    store.known.write_down()


def test_a_day_of_work_leaves_nothing_readable(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    a_day(store)

    while_open = found_in(tmp_path)
    store.close()
    afterwards = found_in(tmp_path)

    assert while_open == set()
    assert afterwards == set()
    assert (tmp_path / "store.db").stat().st_size > 20_000


def test_the_same_scan_finds_what_is_not_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "mobile.vault.sealing.Seal.close", lambda _self, _row, _version, content: content
    )
    monkeypatch.setattr(
        "mobile.vault.sealing.Seal.open", lambda _self, _row, _version, content: content
    )
    store = new_store(tmp_path)
    a_day(store)
    store.close()
    (tmp_path / "notes.txt").write_text(SECRETS[5] + SECRETS[7], encoding="gb18030")

    assert found_in(tmp_path) == set(SECRETS)


def columns(path: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(path) as conn:
        tables = [
            name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            (table, column[1])
            for table in tables
            for column in conn.execute(f"PRAGMA table_info({table})")
        }


def test_only_ids_kinds_versions_and_states_are_in_clear(tmp_path: Path) -> None:
    new_store(tmp_path).close()

    clear = {(t, c) for t, c in columns(tmp_path / "store.db") if c not in {"sealed", "result"}}

    assert clear == {
        ("shadow", "id"), ("shadow", "kind"), ("shadow", "grid"), ("shadow", "version"),
        ("shadow", "generation"), ("shadow", "deleted"),
        ("outbox", "place"), ("outbox", "device"), ("outbox", "n"), ("outbox", "save"),
        ("outbox", "record"), ("outbox", "state"), ("outbox", "covered"), ("outbox", "trouble"),
        ("outbox", "dismissed"), ("outbox", "ack_seq"), ("outbox", "acked_day"),
        ("outbox", "digest"),
        ("draft", "id"), ("draft", "revision"),
        ("grid", "id"), ("grid", "state"), ("grid", "generation"), ("grid", "seq"),
        ("grid", "after"), ("grid", "done"), ("grid", "total"),
        ("news", "id"), ("kept", "name"), ("file", "id"), ("file", "state"),
        ("parcel", "id"), ("leaf", "turn"), ("leaf", "n"),
    }  # fmt: skip


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed file after a day."""
    folder = tmp_path_factory.mktemp("day")
    store = new_store(folder)
    a_day(store)
    store.close()
    return folder


SEALED = [
    ("shadow", "sealed"),
    ("outbox", "sealed"),
    ("outbox", "result"),
    ("draft", "sealed"),
    ("kept", "sealed"),
    ("leaf", "sealed"),
]


def sealed_values(path: Path) -> Iterator[tuple[str, str, int, bytes]]:
    """Every sealed value with what its seal binds: the seal's name, the row and the version."""
    names = {"outbox": ("place", "n"), "shadow": ("id", "version"), "draft": ("id", "revision")}
    names["leaf"] = ("n", "turn")
    with sqlite3.connect(path) as conn:
        for table, column in SEALED:
            row, version = names.get(table, ("name", "0"))
            seal = "result" if column == "result" else table
            query = f"SELECT {row}, {version}, {column} FROM {table} WHERE {column} IS NOT NULL"
            for name, number, sealed in conn.execute(query):
                yield seal, str(name), number, sealed


def open_all(path: Path, keys: Keys = KEYS) -> list[tuple[str, str]]:
    """Opens every sealed value; the ones that did not open."""
    damaged = []
    for seal, row, version, sealed in sealed_values(path):
        try:
            keys.seal(seal).open(row, version, sealed)
        except DamagedRow as error:
            damaged.append((error.table, error.row))
    return damaged


def test_every_row_opens_under_the_accounts_keys_and_none_under_anothers(worked: Path) -> None:
    path = worked / "store.db"

    assert open_all(path) == []
    assert len(open_all(path, Keys("account-2", b"k" * 32))) > 5
    assert len(open_all(path, Keys("account-1", b"j" * 32))) > 5


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_flipped_bit_in_any_row_is_a_damaged_row(
    worked: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flip") / "store.db"
    path.write_bytes((worked / "store.db").read_bytes())
    table, column = data.draw(st.sampled_from(SEALED))
    with sqlite3.connect(path) as conn:
        rows = conn.execute(
            f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL"
        ).fetchall()
        rowid, sealed = data.draw(st.sampled_from(rows))
        at = data.draw(st.integers(0, len(sealed) - 1))
        flipped = bytearray(sealed)
        flipped[at] ^= 1 << data.draw(st.integers(0, 7))
        conn.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (bytes(flipped), rowid))

    assert len(open_all(path)) == 1


def test_rows_that_changed_places_do_not_open(worked: Path, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes((worked / "store.db").read_bytes())
    with sqlite3.connect(path) as conn:
        (a, first), (b, second) = conn.execute("SELECT place, sealed FROM outbox LIMIT 2")
        conn.execute("UPDATE outbox SET sealed = ? WHERE place = ?", (second, a))
        conn.execute("UPDATE outbox SET sealed = ? WHERE place = ?", (first, b))
        conn.execute("UPDATE shadow SET version = version + 1")

    assert {table for table, _ in open_all(path)} == {"outbox", "shadow"}


def damage(path: Path, table: str, where: str = "1") -> None:
    with sqlite3.connect(path) as conn:
        conn.execute(f"UPDATE {table} SET sealed = zeroblob(length(sealed)) WHERE {where}")


def test_a_damaged_record_is_left_out_and_fetched_again(tmp_path: Path) -> None:
    store, office = new_store(tmp_path), Office()
    for name in ("李芳", "王强"):
        office.write(store.shelf.clock.new_id(), {"head_name": name})
    office.snapshot(store)
    store.close()
    damage(tmp_path / "store.db", "shadow", "rowid = 1")

    store = Store(tmp_path / "store.db", KEYS, StillClock(), None)
    left = store.search("").total
    page = office.page(0)
    mending.take_all_again(store.shelf, mending.differing(store.shelf, page.checksums))
    office.snapshot(store)

    assert left == 1
    assert store.search("").total == 2


def test_a_damaged_unsent_change_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    records = [store.shelf.clock.new_id() for _ in range(3)]
    for record, name in zip(records, ("甲", "乙", "丙"), strict=True):
        store.save([create("household", record, head_name=name)])
    lost = records[1]
    store.close()
    damage(tmp_path / "store.db", "outbox", "n = 2")

    store = Store(tmp_path / "store.db", KEYS, StillClock(), None)
    needs_a_new_id = store.shelf.account.chain.device == ""
    incarnations.incarnate(store.shelf, enrolled_as("device-b"))
    batch = outbound.next_batch(store.shelf)

    assert needs_a_new_id
    assert batch is not None
    assert [change.n for change in batch.changes] == [1, 2]
    assert [(told.record, told.reason is not None) for told in store.trouble()] == [(lost, True)]
    assert {card.head_name for card in store.search("").cards} == {"甲", "丙"}


def test_damaged_names_and_cursor_are_had_again_and_lock_nobody_out(tmp_path: Path) -> None:
    store, office = new_store(tmp_path), Office()
    office.write(store.shelf.clock.new_id(), {"head_name": "李芳"})
    office.bring(store)
    store.close()
    damage(tmp_path / "store.db", "kept", "name IN ('cursor', 'people', 'forms')")

    store = Store(tmp_path / "store.db", KEYS, StillClock(), None)

    assert contact.cursor(store.shelf) is None
    assert store.search("").total == 1


def test_without_any_identity_the_file_says_that_it_is_damaged(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    store.close()
    damage(tmp_path / "store.db", "kept", "name = 'identity'")

    with pytest.raises(DamagedRow):
        Store(tmp_path / "store.db", KEYS, StillClock(), None)
