"""Two records that were merged and are two after all: each has again what was its own."""

import pytest

from server.register.refusals import NotDecided, NotMerged
from shared.changes import GRID, ChangeKind
from tests.server.register.pairs import contest, merge, unmerge
from tests.server.register.world import DEPUTY, GRID_A, GRID_B, Phone, World


def test_a_late_change_goes_all_the_way(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    last = li.create("household", {"head_name": "张建国"})
    li.send()
    merge(world, duplicate, survivor)
    merge(world, survivor, last)
    wang.set(duplicate, 1, needs="修灯")
    parcel = wang.parcel()

    [result] = wang.results()

    assert result.into == last
    assert world.shown(last)["needs"] == "修灯"
    assert world.register.push(wang.identity, parcel).results == [result]
    unmerge(world, survivor)
    assert "needs" not in world.shown(last) or world.shown(last)["needs"] is None
    assert world.shown(survivor)["needs"] == "修灯"
    world.assert_whole()


def test_un_merging_gives_back_what_the_survivor_had_before_it_took_something_over(
    world: World, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    li.set(survivor, 2, phone="13822222222")
    li.send()
    merge(world, duplicate, survivor, take=("phone",))
    assert world.shown(survivor)["phone"] == "13811111111"

    left = unmerge(world, duplicate)

    assert left == ()
    assert world.shown(survivor)["phone"] == "13822222222"
    assert world.shown(duplicate)["phone"] == "13811111111"
    world.assert_whole()


def test_what_a_person_must_still_decide_is_not_taken_over(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    contest(survivor, 2, li, wang)

    with pytest.raises(NotDecided):
        merge(world, duplicate, survivor, take=("phone",))

    assert world.values(survivor, "phone") == ["13822222222", "13833333333"]
    assert world.record(duplicate).alias_of is None
    merge(world, duplicate, survivor)
    assert unmerge(world, duplicate) == ()
    assert world.conflicts() == [f"{survivor}:phone"]


def test_un_merging_gives_a_set_back_that_was_taken_over(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    wang.note(ChangeKind.ADD, duplicate, {"marks": ["party_member", "building_leader"]}, base=1)
    wang.send()
    li.note(ChangeKind.ADD, survivor, {"marks": ["floating", "building_leader"]}, base=2)
    li.send()
    merge(world, duplicate, survivor, take=("marks",))
    assert world.shown(survivor)["marks"] == ["building_leader", "party_member"]
    version = world.record(survivor).version
    chief = world.account(DEPUTY)
    world.edit(chief, ChangeKind.REMOVE, survivor, {"marks": ["building_leader"]}, base=version)
    li.note(ChangeKind.ADD, survivor, {"marks": ["unit_leader"]}, base=version)
    li.send()

    unmerge(world, duplicate)

    assert world.shown(survivor)["marks"] == ["floating", "unit_leader"]
    assert world.shown(duplicate)["marks"] == ["building_leader", "party_member"]
    world.assert_whole()


def test_un_merging_keeps_what_was_taken_over_from_hiding_a_contradiction(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    li.set(survivor, 2, phone="13822222222")
    li.send()
    merge(world, duplicate, survivor, take=("phone",))
    wang.set(survivor, 2, phone="13844444444")  # who had seen neither
    wang.send()

    left = unmerge(world, duplicate)

    assert left == ("phone",)
    assert world.values(survivor, "phone") == ["13822222222", "13844444444"]
    assert world.conflicts() == [f"{survivor}:phone"]
    world.assert_whole()


def test_un_merging_gives_both_back_and_loses_no_late_change(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    li.set(survivor, 2, phone="13822222222")
    li.note(ChangeKind.ADD, survivor, {"marks": ["floating"]}, base=2)
    li.send()
    before = world.shown(survivor)
    merge(world, duplicate, survivor, take=("head_name",))
    wang.set(duplicate, 1, phone="13833333333", needs="修灯")
    wang.note(ChangeKind.ADD, duplicate, {"marks": ["party_member"]}, base=1)
    wang.send()

    left = unmerge(world, duplicate)

    assert left == ()
    after = {unit: value for unit, value in world.shown(survivor).items() if value is not None}
    assert after == before
    assert world.shown(duplicate) == {
        "head_name": "张建国",
        "phone": "13833333333",
        "needs": "修灯",
        "marks": ["party_member"],
    }
    assert world.record(duplicate).alias_of is None
    assert world.conflicts() == []
    world.assert_whole()


def test_what_was_decided_after_the_merge_stands_when_it_is_taken_back(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, phone="13833333333")
    wang.send()
    version = world.record(survivor).version
    world.edit(
        world.account(DEPUTY), ChangeKind.SET, survivor, {"phone": "13900000000"}, base=version
    )

    unmerge(world, duplicate)

    assert world.values(survivor, "phone") == ["13900000000"]
    assert world.values(duplicate, "phone") == ["13833333333"]


def test_un_merging_does_not_decide_the_survivors_own_conflict(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    contest(survivor, 2, li, wang)
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, phone="13855555555")
    wang.send()

    left = unmerge(world, duplicate)

    assert left == ("phone",)
    assert world.conflicts() == [f"{survivor}:phone"]


def test_a_merged_record_waits_for_nobody_until_it_is_parted_again(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    contest(duplicate, 1, li, wang)
    assert world.conflicts() == [f"{duplicate}:phone"]

    merge(world, duplicate, survivor)
    assert world.conflicts() == []
    world.assert_whole()

    unmerge(world, duplicate)
    assert world.conflicts() == [f"{duplicate}:phone"]
    world.assert_whole()


def test_a_late_move_is_queued_at_the_survivor_and_its_old_place_stays(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.note(ChangeKind.MOVE, duplicate, {GRID: [GRID_A, GRID_B]}, base=1)

    assert wang.outcomes() == ["conflict"]
    assert world.record(survivor).grid == GRID_A
    assert world.conflicts() == [f"{survivor}:{GRID}"]
    unmerge(world, duplicate)
    assert world.conflicts() == []
    assert (world.record(survivor).grid, world.record(duplicate).grid) == (GRID_A, GRID_B)
    world.assert_whole()


def test_what_is_not_merged_cannot_be_parted(world: World, pair: tuple[str, str]) -> None:
    with pytest.raises(NotMerged):
        unmerge(world, pair[0])
