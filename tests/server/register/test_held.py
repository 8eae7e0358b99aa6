"""Changes that come before their record wait for it."""

from server.clock import new_id
from shared.changes import ChangeKind
from tests.server.register.world import GRID_A, GRID_B, LI, TOWN, WANG, ZHAO, World


def test_an_edit_before_its_create_waits_and_is_then_taken(world: World) -> None:
    phone, other = world.phone(WANG), world.phone(LI)
    household = phone.create("household", {"head_name": "张建国"})
    other.set(household, 0, phone="13812345678")
    parcel = other.parcel()
    [waiting] = other.results()

    phone.send()

    assert waiting.outcome == "held"
    assert world.values(household, "phone") == ["13812345678"]
    [later] = world.register.push(other.identity, parcel).results
    assert (later.outcome, later.seq) == ("merged", 2)
    world.assert_whole()


def test_an_edit_whose_create_never_comes_blocks_nothing(world: World) -> None:
    phone = world.phone()
    phone.set("nobody-made-this", 0, phone="13812345678")
    household = phone.create("household", {"head_name": "甲"})

    assert phone.outcomes() == ["held", "applied"]
    assert world.values(household, "head_name") == ["甲"]
    assert world.register.record(TOWN, "nobody-made-this") is None
    world.assert_whole()


def test_own_edits_before_the_create_are_older_than_it(world: World) -> None:
    phone = world.phone()
    late = new_id()
    phone.set(late, 0, head_name="早", needs="修灯")
    phone.note(ChangeKind.CREATE, late, {"head_name": "晚"})
    phone.set(late, 0, phone="13812345678")

    assert phone.outcomes() == ["merged", "applied", "applied"]
    assert world.values(late, "head_name") == ["晚"]
    assert world.values(late, "needs") == ["修灯"]
    assert world.conflicts() == []
    world.assert_whole()


def test_waiting_edits_of_one_phone_are_taken_in_their_order(world: World) -> None:
    phone, other = world.phone(WANG), world.phone(LI)
    household = phone.create("household", {"head_name": "张建国"})
    other.set(household, 0, needs="一")
    other.set(household, 0, needs="二")
    assert other.outcomes() == ["held", "held"]

    phone.send()

    assert world.values(household, "needs") == ["二"]
    world.assert_whole()


def test_an_edit_that_waited_is_judged_again_by_where_its_record_is(world: World) -> None:
    author, sneak = world.phone(ZHAO, GRID_B), world.phone(WANG)
    household = author.create("household", {"head_name": "张建国"}, grid=GRID_B)
    sneak.note(ChangeKind.SET, household, {"head_name": "改"}, grid=GRID_A)
    parcel = sneak.parcel()
    assert sneak.outcomes() == ["held"]

    author.send()

    assert world.values(household, "head_name") == ["张建国"]
    [result] = world.register.push(sneak.identity, parcel).results
    assert result.outcome == "rejected"
    assert result.problem is not None
    assert result.problem.code == "out_of_area"
    world.assert_whole()


def test_an_edit_of_another_grids_unknown_record_does_not_even_wait(world: World) -> None:
    phone = world.phone(WANG)
    phone.note(ChangeKind.SET, "somewhere", {"head_name": "改"}, grid=GRID_B)

    [result] = phone.results()

    assert result.outcome == "rejected"
