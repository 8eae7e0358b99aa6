"""Records that the office merged: an old id keeps working on the phone."""

from pathlib import Path

import pytest

from mobile.store.store import Store
from shared.changes import ALIAS
from tests.mobile.kit import Office, create, new_store, reopened, shown


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


@pytest.fixture
def office(store: Store) -> Office:
    """Two households that are one, each with a member; the first was visited."""
    office = Office()
    office.write("merged", {"head_name": "李方", "phone": "13900010001"})
    office.write("stands", {"head_name": "李芳", "phone": "13900010002"})
    office.write("child", {"name": "李小明", "household": "merged"}, kind="resident")
    office.write("wife", {"name": "张红", "household": "stands"}, kind="resident")
    office.write(
        "visit",
        {"household": "merged", "started": "2026-09-01T09:00:00+08:00", "outcome": "done"},
        kind="visit",
    )
    office.bring(store)
    return office


def test_the_id_of_a_merged_household_opens_the_one_that_stands(
    store: Store, office: Office
) -> None:
    office.write("merged", {ALIAS: "stands"})
    office.bring(store)

    card = store.household("merged")
    assert card is not None
    assert card.id == "stands"
    assert shown(store, "merged")["head_name"] == "李芳"
    assert [found.id for found in store.search().cards] == ["stands"]
    assert {member.name for member in store.members("merged")} == {"李小明", "张红"}
    assert store.begin("household", "merged").record == "stands"


def test_members_and_visits_of_both_stand_under_the_one_that_stands(
    store: Store, office: Office, tmp_path: Path
) -> None:
    office.write("merged", {ALIAS: "stands"})
    office.bring(store)

    again = reopened(store, tmp_path)

    card = again.household("stands")
    assert card is not None
    assert (set(card.members), card.visits) == ({"李小明", "张红"}, 1)
    assert [visit.id for visit in again.visits("stands")] == ["visit"]


def test_what_is_registered_under_the_old_id_stands_there_too(store: Store, office: Office) -> None:
    office.write("merged", {ALIAS: "stands"})
    office.bring(store)

    store.save([create("resident", "late", name="李小红", household="merged")])

    assert "李小红" in {member.name for member in store.members("stands")}


def test_a_household_that_is_parted_again_has_its_own_members(store: Store, office: Office) -> None:
    office.write("merged", {ALIAS: "stands"})
    office.bring(store)

    office.write("merged", {ALIAS: None})
    office.bring(store)

    assert {member.name for member in store.members("merged")} == {"李小明"}
    assert {member.name for member in store.members("stands")} == {"张红"}
    assert store.search().total == 2
    card = store.household("stands")
    assert card is not None
    assert card.visits == 0
