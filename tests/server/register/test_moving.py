"""Records that move between grids, and who may touch which."""

from shared.changes import ChangeKind
from tests.server.register.world import (
    CHIEF,
    DAY,
    GRID_A,
    GRID_B,
    WANG,
    ZHAO,
    Phone,
    World,
)


def test_two_moves_to_different_grids_wait_and_the_old_place_stays(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    world.add_grid("grid-c")
    wang.note(ChangeKind.MOVE, household, {"@grid": [GRID_A, GRID_B]}, base=1)
    li.note(ChangeKind.MOVE, household, {"@grid": [GRID_A, "grid-c"]}, base=1)
    wang.send()
    assert world.record(household).grid == GRID_B

    assert li.outcomes() == ["conflict"]
    assert world.record(household).grid == GRID_A
    assert world.conflicts() == [f"{household}:@grid"]
    world.assert_whole()


def test_a_move_and_an_edit_in_the_old_grid_are_both_applied(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    wang.note(ChangeKind.MOVE, household, {"@grid": [GRID_A, GRID_B]}, base=1)
    li.set(household, 1, phone="13822222222")
    wang.send()

    assert li.outcomes() == ["merged"]
    assert world.record(household).grid == GRID_B
    assert world.values(household, "phone") == ["13822222222"]
    world.assert_whole()


def test_own_edits_after_moving_a_record_away_are_taken(
    world: World, wang: Phone, household: str
) -> None:
    wang.note(ChangeKind.MOVE, household, {"@grid": [GRID_A, GRID_B]}, base=1)
    wang.set(household, 1, phone="13811111111")

    assert wang.outcomes() == ["applied", "applied"]
    # Once she has seen it in the other grid, it is no longer hers.
    wang.set(household, 3, phone="13844444444")
    assert wang.outcomes() == ["rejected"]


def test_a_record_created_and_moved_away_unseen_can_still_be_completed(
    world: World, wang: Phone
) -> None:
    record = wang.create("household", {"head_name": "张建国"})
    wang.send()
    mover = world.account(CHIEF)
    world.edit(mover, ChangeKind.MOVE, record, {"@grid": [GRID_A, GRID_B]}, base=1)
    wang.set(record, 0, phone="13811111111")

    assert wang.outcomes() == ["merged"]


def test_what_another_phone_of_hers_created_is_still_completed_once_it_is_moved_away(
    world: World, wang: Phone
) -> None:
    record, other = wang.create("household", {"head_name": "张建国"}), world.phone(WANG)
    wang.send()
    world.edit(world.account(CHIEF), ChangeKind.MOVE, record, {"@grid": [GRID_A, GRID_B]}, base=1)
    other.set(record, 0, phone="13811111111")

    assert other.outcomes() == ["merged"]


def test_a_record_created_moved_away_and_completed_in_one_push_is_taken(
    world: World, wang: Phone
) -> None:
    record = wang.create("household", {"head_name": "张建国"})
    wang.note(ChangeKind.MOVE, record, {"@grid": [GRID_A, GRID_B]}, base=0)
    wang.set(record, 0, phone="13811111111")

    assert wang.outcomes() == ["applied", "applied", "applied"]
    assert world.shown(record)["phone"] == "13811111111"


def test_a_move_to_no_grid_is_refused(world: World, wang: Phone, household: str) -> None:
    wang.note(ChangeKind.MOVE, household, {"@grid": [GRID_A, "village"]}, base=1)
    wang.note(ChangeKind.MOVE, household, {"@grid": GRID_B}, base=1)

    codes = [result.problem.code if result.problem else "" for result in wang.results()]

    assert codes == ["unknown_grid", "not_understood"]
    assert world.record(household).grid == GRID_A


def test_nobody_touches_what_lies_outside_of_their_grids(world: World, household: str) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    zhao.set(household, 1, phone="13822222222")

    assert zhao.outcomes() == ["rejected"]
    assert world.values(household, "phone") == ["13800000000"]


def test_work_done_before_a_duty_ended_is_taken_after_it(
    world: World, wang: Phone, household: str
) -> None:
    wang.set(household, 1, phone="13811111111")
    world.clock.now += DAY
    world.reassign(WANG, GRID_B)
    world.clock.now += DAY
    wang.note(ChangeKind.SET, household, {"needs": "太晚"}, base=1)

    assert wang.outcomes() == ["applied", "rejected"]
