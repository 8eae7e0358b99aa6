"""The index is written down under seal; unlocking reads it, and never believes it too much."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from mobile.store import inbound, leaves
from mobile.store.index import Index
from mobile.store.store import Store
from shared.changes import ALIAS, DELETED
from shared.wire import Problem, Result, Words
from tests.mobile.kit import (
    Office,
    change_of,
    create,
    new_store,
    reopened,
    tell,
)

HOME = "01999999-0000-7000-8000-00000000d001"
FAMILY = tuple(f"01999999-0000-7000-8000-00000000e{number:03d}" for number in range(6))
PEOPLE = tuple(f"01999999-0000-7000-8000-00000000f{number:03d}" for number in range(6))
EVENT = "01999999-0000-7000-8000-00000000a001"


@pytest.fixture
def office() -> Office:
    """A building, six households with a person each, a visit, a conflict and a merged double."""
    office = Office()
    office.write(HOME, {"plate": "柳溪路3号", "code": "3-1-02-201"}, kind="dwelling")
    for number, (household, person) in enumerate(zip(FAMILY, PEOPLE, strict=True)):
        office.write(household, {"head_name": f"王{number}", "dwelling": HOME, "phone": "1"})
        office.write(person, {"household": household, "name": f"李{number}"}, kind="resident")
    office.write(EVENT, {"household": FAMILY[0], "outcome": "done"}, kind="visit")
    base = office.records[FAMILY[1]].version
    office.write(FAMILY[1], {"phone": "13900010001"}, base=base)
    office.write(FAMILY[1], {"phone": "13900010002"}, base=base, worker="worker-c")
    return office


def merged(office: Office, double: str, survivor: str) -> None:
    """The office merges a household into another one."""
    office.write(double, {ALIAS: survivor})


def told(store: Store) -> object:
    """All that lists say of what is here."""
    index: Index = store.known.index
    known = [
        (card, index.members(card.id), index.visits(card.id), store.known.gaps.of(card.id))
        for card in index.cards()
    ]
    found = [store.search(query).cards for query in ("王", "li", "3-1-201", "0002")]
    return known, found, store.counts(), store.dwellings("3"), store.conflicts()


def anew(store: Store, folder: Path) -> object:
    """What is told when nothing was written down."""
    with sqlite3.connect(folder / "store.db") as conn:
        conn.execute("DELETE FROM leaf")
    store = reopened(store, folder)
    assert store.known.behind > 0
    return told(store)


def test_what_was_written_down_says_what_the_records_say(tmp_path: Path, office: Office) -> None:
    store = new_store(tmp_path)
    merged(office, FAMILY[5], FAMILY[4])
    office.bring(store)
    store.save([change_of(store, "household", FAMILY[2], needs="楼道灯不亮")])
    store.keep(store.begin("household", FAMILY[3]).answered("needs", "修门"))
    store.mark_seen(FAMILY[0])
    store.known.write_down()

    store = reopened(store, tmp_path)

    assert store.known.behind < len(FAMILY)
    assert store.known.index.called(FAMILY[5]) == FAMILY[4]
    assert told(store) == anew(store, tmp_path)


def brought(store: Store, office: Office) -> None:
    seq = office.seq
    office.write(FAMILY[0], {"head_name": "赵一"})
    office.write(PEOPLE[1], {"household": FAMILY[2]}, kind="resident")
    office.write(FAMILY[3], {DELETED: True})
    merged(office, FAMILY[5], FAMILY[4])
    office.bring(store, since=seq)


def saved(store: Store, _office: Office) -> None:
    store.save([change_of(store, "household", FAMILY[0], head_name="赵一")])
    store.save([create("household", store.shelf.clock.new_id(), head_name="新户")])


def refused(store: Store, _office: Office) -> None:
    words = Words("不行", "No")
    tell(store, [Result(1, "rejected", problem=Problem("bad", words))])


def seen(store: Store, _office: Office) -> None:
    for household in FAMILY:
        store.mark_seen(household)


def drafted(store: Store, _office: Office) -> None:
    for draft in store.drafts():
        store.drop_draft(draft.id)
    store.keep(store.begin("household", FAMILY[4]).answered("needs", "修门"))


def withdrawn(store: Store, office: Office) -> None:
    office.bring(store, since=office.seq, gone=[FAMILY[0], PEOPLE[0]])


@pytest.mark.parametrize("happens", [brought, saved, refused, seen, drafted, withdrawn])
def test_what_happened_after_the_writing_counts(
    tmp_path: Path, office: Office, happens: Callable[[Store, Office], None]
) -> None:
    store = new_store(tmp_path)
    office.bring(store)
    store.save([change_of(store, "household", FAMILY[1], needs="楼道灯不亮")])
    store.keep(store.begin("household", FAMILY[3]).answered("needs", "修门"))
    store.known.write_down()

    happens(store, office)
    before = told(store)
    store = reopened(store, tmp_path)

    assert told(store) == before == anew(store, tmp_path)


def test_records_that_another_window_took_are_noticed(tmp_path: Path, office: Office) -> None:
    """A page that came between reading the records and writing the index down."""
    store = new_store(tmp_path)
    office.bring(store)
    office.write(FAMILY[0], {"head_name": "赵一"})
    inbound.take_page(store.shelf, office.page(office.seq - 1), f"c{office.seq - 1}")
    store.known.write_down()

    store = reopened(store, tmp_path)

    card = store.household(FAMILY[0])
    assert card is not None
    assert card.head_name == "赵一"


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE leaf SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB)",
        "UPDATE leaf SET turn = turn + 1",
        "UPDATE leaf SET n = n + 1",
        "DELETE FROM leaf WHERE n = 0",
        "UPDATE kept SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB) WHERE name = 'index'",
    ],
)
def test_what_was_harmed_is_made_anew_from_the_records(
    tmp_path: Path, office: Office, harm: str
) -> None:
    store = new_store(tmp_path)
    office.bring(store)
    store.known.write_down()
    before = told(store)
    store.close()
    with sqlite3.connect(tmp_path / "store.db") as conn:
        assert conn.execute(harm).rowcount > 0

    store = reopened(store, tmp_path)

    assert store.known.behind == len(office.records)
    assert told(store) == before


def test_a_writing_that_was_cut_off_leaves_the_former_one_in_use(
    tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(tmp_path)
    office.bring(store)
    store.known.write_down()
    office.write(FAMILY[0], {"head_name": "赵一"})
    office.bring(store, since=office.seq - 1)
    before = told(store)

    def died(*_: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(leaves.Leaves, "end", died)
    with pytest.raises(RuntimeError):
        store.known.write_down()
    monkeypatch.undo()
    store = reopened(store, tmp_path)

    assert 0 < store.known.behind < len(office.records)
    assert told(store) == before


def test_another_app_reads_the_records_themselves(
    tmp_path: Path, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = new_store(tmp_path)
    office.bring(store)
    store.known.write_down()

    monkeypatch.setattr(leaves, "MADE_BY", "another app")
    store = reopened(store, tmp_path)

    assert store.known.behind == len(office.records)


def test_a_large_grid_is_written_down_without_being_asked(tmp_path: Path) -> None:
    office, store = Office(), new_store(tmp_path)
    for number in range(250):
        office.write(f"01999999-0000-7000-8000-{number:012d}", {"head_name": "王芳"})
    office.snapshot(store)

    store.prepare()
    store = reopened(store, tmp_path)

    assert store.known.behind == 0
    assert store.search("wf").total == 250
    assert store.household(FAMILY[0]) is None
