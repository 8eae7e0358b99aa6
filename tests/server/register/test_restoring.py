"""Any earlier value is written again as an ordinary change."""

import pytest

from server.errors import NotFound
from server.register.deeds import Restoring
from server.register.refusals import NotRestorable
from shared.changes import DELETED, GRID, ChangeKind
from tests.server.register.world import CHIEF, GRID_A, GRID_B, LI, TOWN, Phone, World


@pytest.fixture
def household(wang: Phone) -> str:
    """Its telephone number was written twice; the record is at version 3."""
    record = wang.create("household", {"head_name": "张建国", "phone": "13800000000"})
    wang.send()
    wang.set(record, 1, phone="13811111111")
    wang.send()
    wang.note(ChangeKind.ADD, record, {"marks": ["floating"]}, base=2)
    wang.send()
    return record


def restore(world: World, record: str, unit: str, seq: int, base: int = 0) -> str:
    version = base or world.record(record).version
    done = world.register.deeds.restore(
        world.account(CHIEF), Restoring(record=record, unit=unit, seq=seq, base=version)
    )
    return done.results[0].outcome


def test_the_first_number_stands_again(world: World, household: str) -> None:
    assert restore(world, household, "phone", 1) == "applied"

    assert world.values(household, "phone") == ["13800000000"]
    last = world.register.history(TOWN, household)[-1]
    assert (last.who_name, last.console, last.kind) == ("陈主任", True, ChangeKind.SET)
    world.assert_whole()


def test_what_the_person_had_not_seen_stays_beside_it(world: World, household: str) -> None:
    li = world.phone(LI)
    li.set(household, 3, phone="13822222222")
    li.send()

    assert restore(world, household, "phone", 1, base=3) == "conflict"
    assert world.values(household, "phone") == ["13800000000", "13822222222"]


def test_a_set_is_again_what_it_was(world: World, wang: Phone, household: str) -> None:
    wang.note(ChangeKind.ADD, household, {"marks": ["party_member"]}, base=3)
    wang.send()
    version = world.record(household).version

    restore(world, household, "marks", 3)

    assert world.shown(household)["marks"] == ["floating"]
    restore(world, household, "marks", version)
    assert world.shown(household)["marks"] == ["floating", "party_member"]
    world.assert_whole()


def test_a_place_and_a_deletion_can_be_had_again(world: World, wang: Phone, household: str) -> None:
    wang.note(ChangeKind.MOVE, household, {GRID: [GRID_A, GRID_B]}, base=3)
    wang.send()
    restore(world, household, GRID, 1)
    assert world.record(household).grid == GRID_A
    wang.note(ChangeKind.DELETE, household, base=5)
    wang.send()
    assert world.record(household).deleted
    version = world.record(household).version
    world.edit(world.account(CHIEF), ChangeKind.RESTORE, household, {}, base=version)
    assert not world.record(household).deleted

    restore(world, household, DELETED, 6)
    assert world.record(household).deleted
    world.assert_whole()


@pytest.mark.parametrize(("unit", "seq"), [("needs", 1), ("@alias", 1), ("phone", 3)])
def test_what_a_step_did_not_write_cannot_be_restored_from_it(
    world: World, household: str, unit: str, seq: int
) -> None:
    with pytest.raises(NotRestorable):
        restore(world, household, unit, seq)


def test_neither_another_records_step_nor_one_out_of_the_area(
    world: World, wang: Phone, household: str
) -> None:
    wang.create("household", {"phone": "13900000000"})
    wang.send()
    with pytest.raises(NotFound):
        restore(world, household, "phone", 4)
    with pytest.raises(NotFound):
        world.register.deeds.restore(
            world.account(CHIEF, GRID_B), Restoring(record=household, unit="phone", seq=1, base=3)
        )
