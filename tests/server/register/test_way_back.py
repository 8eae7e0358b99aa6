"""Changes that were not taken come back: let in, corrected, sent back, or refused for good."""

import msgspec
import pytest

from server.clock import new_id
from server.db.engine import reading
from server.errors import NotFound
from server.office.audit import trail
from server.register.refusals import NotReleasable, NotWaiting
from server.register.waiting_room import Wanted
from server.register.way_back import Correction, Place
from shared.changes import ChangeKind
from tests.server.register.world import CHIEF, DAY, GRID_A, GRID_B, TOWN, WANG, ZHAO, Phone, World


@pytest.fixture
def household(wang: Phone) -> str:
    record = wang.create("household", {"head_name": "张建国"})
    wang.send()
    return record


@pytest.fixture
def outside(world: World, household: str) -> tuple[Phone, Place]:
    """Zhao, who has no duty in grid A, has edited a household there."""
    zhao = world.phone(ZHAO, GRID_B)
    zhao.set(household, 1, needs="修灯")
    assert zhao.outcomes() == ["rejected"]
    return zhao, Place(zhao.identity.id, 1)


def test_the_list_says_why_in_words_and_the_raw_change_can_be_read(
    world: World, outside: tuple[Phone, Place]
) -> None:
    [line] = world.register.not_taken(world.account(CHIEF), Wanted.OPEN)

    assert (line.device, line.n, line.worker_name) == (outside[1].device, 1, "赵敏")
    assert (line.state, line.code) == ("rejected", "out_of_area")
    assert "网格" in line.why.zh
    looked = world.register.look_at(world.account(CHIEF), outside[1])
    assert looked is not None
    assert looked.change is not None
    assert looked.change.units == {"needs": "修灯"}
    assert msgspec.json.decode(looked.raw)["units"] == {"needs": "修灯"}


def test_what_cannot_be_read_is_shown_as_it_came(world: World, wang: Phone) -> None:
    wang.put(b'{"n":1,"kind":"sing","what":"x"}')
    wang.send()
    place = Place(wang.identity.id, 1)

    looked = world.register.look_at(world.account(CHIEF), place)

    assert looked is not None
    assert looked.change is None
    assert msgspec.json.decode(looked.raw)["kind"] == "sing"
    with pytest.raises(NotReleasable):
        world.register.way_back.release(world.account(CHIEF), place)


def test_nobody_sees_what_lies_outside_of_their_area(
    world: World, outside: tuple[Phone, Place], wang: Phone
) -> None:
    wang.put(b'{"n":2}')
    wang.send()
    elsewhere = msgspec.structs.replace(world.account(CHIEF, GRID_B), area_id=GRID_B)

    assert world.register.not_taken(elsewhere, Wanted.OPEN) == []
    assert world.register.look_at(elsewhere, outside[1]) is None
    with pytest.raises(NotFound):
        world.register.way_back.drop(elsewhere, outside[1], "不")
    assert world.register.count_not_taken(world.account(CHIEF), Wanted.OPEN) == 2


def test_a_change_is_let_in_as_its_authors_once_the_author_may(
    world: World, household: str, outside: tuple[Phone, Place]
) -> None:
    zhao, place = outside
    chief = world.account(CHIEF)
    with pytest.raises(NotReleasable):
        world.register.way_back.release(chief, place)
    world.clock.now += DAY
    world.reassign(ZHAO, GRID_A)

    result = world.register.way_back.release(chief, place)

    assert (result.outcome, result.n) == ("applied", 1)
    assert world.shown(household)["needs"] == "修灯"
    assert world.register.history(TOWN, household)[-1].who_name == "赵敏"
    assert zhao.pull().answers == [result]
    assert world.register.not_taken(chief, Wanted.OPEN) == []
    with pytest.raises(NotWaiting):
        world.register.way_back.release(chief, place)
    world.assert_whole()


def test_the_device_that_asks_again_gets_the_later_result(
    world: World, outside: tuple[Phone, Place], household: str
) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    zhao.set(household, 1, needs="修门")
    parcel = zhao.parcel()
    zhao.send()
    world.reassign(ZHAO, GRID_A)

    result = world.register.way_back.release(world.account(CHIEF), Place(zhao.identity.id, 1))

    assert world.register.push(zhao.identity, parcel).results == [result]


def test_what_the_office_corrects_is_its_own_change_and_names_the_original(
    world: World, wang: Phone, household: str
) -> None:
    wang.set(household, 1, phone="call me")
    assert wang.outcomes() == ["rejected"]
    place = Place(wang.identity.id, 2)
    correction = Correction(
        kind=ChangeKind.SET,
        record=household,
        record_kind="household",
        grid=GRID_A,
        base=1,
        units={"phone": "13811111111"},
    )

    world.register.way_back.correct(world.account(CHIEF), place, correction)

    assert world.shown(household)["phone"] == "13811111111"
    last = world.register.history(TOWN, household)[-1]
    assert (last.who_name, last.on_behalf_of) == ("陈主任", WANG)
    assert last.corrects == f"{wang.identity.id}/2"
    [told] = wang.pull().answers
    assert (told.n, told.outcome) == (2, "rejected")
    assert told.problem is not None
    assert told.problem.code == "corrected"
    [line] = world.register.not_taken(world.account(CHIEF), Wanted.SETTLED)
    assert (line.state, line.settled_by) == ("corrected", "陈主任")
    world.assert_whole()


def test_the_refused_part_of_a_change_is_corrected_alone(world: World, wang: Phone) -> None:
    record = wang.create("household", {"head_name": "张建国", "phone": "call me"})
    [first] = wang.results()
    assert (first.outcome, first.units) == ("applied", ("phone",))
    place = Place(wang.identity.id, 1)
    with pytest.raises(NotReleasable):
        world.register.way_back.release(world.account(CHIEF), place)

    world.register.way_back.give_back(world.account(CHIEF), place, "请补全电话号码")

    [told] = wang.pull().answers
    assert (told.outcome, told.seq, told.units) == ("applied", 1, ("phone",))
    assert told.problem is not None
    assert "请补全电话号码" in told.problem.words.zh
    assert world.shown(record) == {"head_name": "张建国"}


def test_a_worker_gets_it_back_with_the_reason_until_the_next_pull(
    world: World, outside: tuple[Phone, Place]
) -> None:
    zhao, place = outside
    cursor = zhao.pull().cursor

    world.register.way_back.give_back(world.account(CHIEF), place, "请交给王芳登记")

    page = zhao.pull(cursor)
    assert page.answers[0].problem is not None
    assert page.answers[0].problem.code == "returned"
    assert "请交给王芳登记" in page.answers[0].problem.words.zh
    other = world.phone(WANG)
    other.create("household", {"head_name": "李"})
    other.send()
    later = zhao.pull(page.cursor).cursor
    assert zhao.pull(later).answers == []
    [line] = world.register.not_taken(world.account(CHIEF), Wanted.RETURNED)
    assert line.state == "returned"


def test_what_is_refused_for_good_stays_as_it_came_and_leaves_the_list(
    world: World, outside: tuple[Phone, Place]
) -> None:
    zhao, place = outside

    world.register.way_back.drop(world.account(CHIEF), place, "不是本户")

    assert world.register.not_taken(world.account(CHIEF), Wanted.OPEN) == []
    looked = world.register.look_at(world.account(CHIEF), place)
    assert looked is not None
    assert looked.line.state == "dropped"
    [told] = zhao.pull().answers
    assert told.outcome == "rejected"


def test_an_edit_before_its_create_is_shown_after_a_day(world: World, wang: Phone) -> None:
    wang.set("nobody-made-this", 0, phone="13812345678")
    wang.send()
    chief = world.account(CHIEF)
    assert world.register.not_taken(chief, Wanted.OPEN) == []
    assert [line.long for line in world.register.not_taken(chief, Wanted.HELD)] == [False]

    world.clock.now += DAY + 1

    [line] = world.register.not_taken(chief, Wanted.OPEN)
    assert (line.state, line.long, line.code) == ("held", True, "waits_for_record")
    with pytest.raises(NotReleasable):
        world.register.way_back.release(chief, Place(line.device, line.n))


def test_a_create_that_is_let_in_brings_what_waited_for_it(world: World, wang: Phone) -> None:
    zhao = world.phone(ZHAO, GRID_B)
    record = zhao.create("household", {"head_name": "张建国"}, grid=GRID_A)
    zhao.set(record, 0, needs="修灯")
    assert zhao.outcomes() == ["rejected", "rejected"]
    wang.set(record, 0, phone="13812345678")
    assert wang.outcomes() == ["held"]
    world.reassign(ZHAO, GRID_A)

    world.register.way_back.release(world.account(CHIEF), Place(zhao.identity.id, 1))

    assert world.shown(record) == {"head_name": "张建国", "phone": "13812345678"}
    world.assert_whole()


def test_a_held_change_that_is_corrected_by_a_create_is_not_let_in_by_it(
    world: World, wang: Phone
) -> None:
    late = new_id()
    wang.set(late, 0, phone="13812345678")
    wang.send()
    correction = Correction(
        kind=ChangeKind.CREATE,
        record=late,
        record_kind="household",
        grid=GRID_A,
        units={"head_name": "张建国", "phone": "13899999999"},
    )

    chief = world.account(CHIEF)
    world.register.way_back.correct(chief, Place(wang.identity.id, 1), correction)

    assert world.values(late, "phone") == ["13899999999"]
    world.assert_whole()


def test_each_of_these_deeds_is_written_down(world: World, outside: tuple[Phone, Place]) -> None:
    world.register.way_back.give_back(world.account(CHIEF), outside[1], "请交给王芳登记")

    with reading(world.engine) as conn:
        newest = trail(conn, TOWN, limit=1)[0]

    assert (newest.actor, newest.action) == (CHIEF, "quarantine_returned")
    assert newest.object == f"{outside[1].device}/1"
