"""Two records that are one: merged, and reached by late changes."""

import pytest

from server.errors import NotFound
from server.register.deeds import Merging
from server.register.refusals import EditsRefused
from shared.changes import ALIAS, Answer, ChangeKind
from tests.server.register.pairs import merge
from tests.server.register.world import CHIEF, DEPUTY, GRID_A, GRID_B, TOWN, ZHAO, Phone, World


def test_a_merge_is_an_ordinary_change_of_the_one_who_merged(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair

    merge(world, duplicate, survivor)

    assert world.record(duplicate).alias_of == survivor
    last = world.register.history(TOWN, duplicate)[-1]
    assert (last.who_name, last.console, last.units[0].unit) == ("陈主任", True, ALIAS)
    [pulled] = [each for each in wang.pull().records if each.id == duplicate]
    assert pulled.u[ALIAS][0][0] == survivor
    assert world.projection("household", duplicate)["alias_of"] == survivor
    world.assert_whole()


def test_the_survivor_takes_over_what_the_person_chose(world: World, pair: tuple[str, str]) -> None:
    duplicate, survivor = pair

    merge(world, duplicate, survivor, take=("phone",))

    assert world.shown(survivor)["phone"] == "13811111111"
    world.assert_whole()


def test_a_late_change_of_the_merged_record_reaches_the_survivor_and_the_result_says_so(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, needs="修灯")

    [result] = wang.results()

    assert (result.outcome, result.into) == ("merged", survivor)
    assert world.shown(survivor)["needs"] == "修灯"
    last = world.register.history(TOWN, survivor)[-1]
    assert (last.who_name, last.console) == ("王芳", False)
    world.assert_whole()


def test_a_late_change_that_contradicts_the_survivor_waits_for_a_person(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    li.set(survivor, 2, phone="13822222222")
    li.send()
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, phone="13833333333")

    [result] = wang.results()

    assert (result.outcome, result.units) == ("conflict", ("phone",))
    assert world.values(survivor, "phone") == ["13822222222", "13833333333"]
    assert world.conflicts() == [f"{survivor}:phone"]
    world.assert_whole()


def test_the_same_phone_had_not_seen_the_survivor_by_writing_it_earlier(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    wang.set(survivor, 2, phone="13822222222")
    wang.send()
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, phone="13833333333")

    assert wang.outcomes() == ["conflict"]
    assert world.values(survivor, "phone") == ["13822222222", "13833333333"]


def test_a_late_change_sent_twice_is_answered_alike_and_taken_once(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, phone="13833333333")
    parcel = wang.parcel()

    first = wang.results()
    again = world.register.push(wang.identity, parcel).results

    assert again == first
    assert len(world.register.history(TOWN, survivor)) == 2
    world.assert_whole()


def test_late_changes_of_one_phone_follow_each_other(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, needs="一")
    wang.set(duplicate, 1, needs="二")
    wang.send()

    assert world.values(survivor, "needs") == ["二"]
    assert world.conflicts() == []


def test_what_one_phone_wrote_to_two_records_stands_side_by_side_where_both_are_one(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    other = li.create("household", {"head_name": "张建国"})
    li.send()
    for merged in (duplicate, other):
        merge(world, merged, survivor)
    wang.set(duplicate, 1, landlord_name="刘房东")
    wang.set(other, 3, landlord_name="赵房东")
    wang.set(other, 3, landlord_name="孙房东")

    wang.send()

    assert set(world.values(survivor, "landlord_name")) == {"刘房东", "孙房东"}
    world.assert_whole()


def test_two_people_who_merge_one_record_into_two_leave_it_to_a_third(
    world: World, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    other = li.create("household", {"head_name": "张建国"})
    li.send()
    merge(world, duplicate, survivor)
    edit = {ALIAS: other}
    world.edit(world.account(DEPUTY), ChangeKind.SET, duplicate, edit, base=1)

    assert world.record(duplicate).alias_of is None
    assert world.conflicts() == [f"{duplicate}:{ALIAS}"]
    world.assert_whole()


@pytest.mark.parametrize("into", ["itself", "its own duplicate", "nothing", "another kind"])
def test_what_cannot_be_is_refused(
    world: World, wang: Phone, pair: tuple[str, str], into: str
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    resident = wang.create("resident", {"name": "张建国", "household": survivor})
    wang.send()
    targets: dict[str, Answer] = {
        "itself": survivor,
        "its own duplicate": duplicate,
        "nothing": "nobody",
        "another kind": resident,
    }

    edit = {ALIAS: targets[into]}
    with pytest.raises(EditsRefused) as refused:
        world.edit(world.account(CHIEF), ChangeKind.SET, survivor, edit, base=2)

    assert refused.value.code == "bad_alias"
    assert world.record(survivor).alias_of is None


def test_two_that_are_merged_into_each_other_in_one_push_do_not_both_vanish(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    wang.note(ChangeKind.SET, duplicate, {ALIAS: survivor}, base=2)
    wang.note(ChangeKind.SET, survivor, {ALIAS: duplicate}, base=2)

    assert wang.outcomes() == ["applied", "rejected"]


def test_nobody_merges_what_lies_outside_of_their_area(world: World, wang: Phone) -> None:
    other = world.phone(ZHAO, GRID_B)
    far = other.create("household", {"head_name": "张建国"}, grid=GRID_B)
    other.send()
    near = wang.create("household", {"head_name": "张建国"})
    wang.send()
    wang.note(ChangeKind.SET, near, {ALIAS: far}, base=2)

    assert [result.problem.code for result in wang.results() if result.problem] == ["out_of_area"]
    with pytest.raises(NotFound):
        world.register.deeds.merge(
            world.account(CHIEF, GRID_A),
            Merging(merged=near, base=2, survivor=far, survivor_base=1),
        )


def test_members_and_visits_of_the_merged_household_are_found_with_the_survivor(
    world: World, wang: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    resident = wang.create("resident", {"name": "张小明", "household": duplicate})
    visit = wang.create("visit", {"household": duplicate, "outcome": "done"})
    wang.send()

    merge(world, duplicate, survivor)

    told = {step.record for step in world.register.history(TOWN, survivor, with_children=True)}
    assert {resident, visit, duplicate} <= told
