"""What has waited for its record may put it into another one, or below one, only where any may."""

from shared.changes import ChangeKind
from tests.server.register.world import LI, WANG, World


def test_what_waited_cannot_put_its_record_below_a_deleted_one(world: World) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    household = wang.create("household", {"head_name": "甲"})
    wang.note(ChangeKind.DELETE, household)
    assert wang.outcomes() == ["applied", "applied"]
    resident = wang.create("resident", {"name": "丙"})
    li.note(ChangeKind.SET, resident, {"household": household}, kind="resident")
    parcel = li.parcel()
    assert li.outcomes() == ["held"]

    wang.send()

    [result] = world.register.push(li.identity, parcel).results
    assert result.problem is not None
    assert (result.outcome, result.problem.code) == ("rejected", "parent_deleted")
    assert world.values(resident, "household") == []


def test_a_merge_that_waited_finds_its_survivor(world: World) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    survivor = wang.create("household", {"head_name": "甲"})
    wang.send()
    duplicate = wang.create("household", {"head_name": "甲", "phone": "13811111111"})
    li.note(ChangeKind.SET, duplicate, {"@alias": survivor})
    li.set(duplicate, 0, needs="修灯")
    assert li.outcomes() == ["held", "held"]

    wang.send()

    assert world.record(duplicate).alias_of == survivor
    assert world.shown(survivor)["needs"] == "修灯"
    world.assert_whole()
