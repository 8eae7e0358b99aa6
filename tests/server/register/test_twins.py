"""A phone whose file was copied: what both copies bring is in the register once."""

from shared.changes import ChangeKind
from tests.server.register.world import LI, TOWN, Phone, World


def a_days_work(phone: Phone) -> str:
    household = phone.create("household", {"head_name": "张建国"})
    phone.set(household, 0, phone="13812345678")
    return household


def seen(phone: Phone) -> list[tuple[int, str, int]]:
    return [(result.n, result.outcome, result.seq) for result in phone.results()]


def test_what_a_copy_brings_again_is_answered_and_is_not_taken_again(world: World) -> None:
    phone = world.phone()
    household = a_days_work(phone)
    copy = phone.copy()

    first, second = seen(phone), seen(copy)

    assert second == first == [(1, "applied", 1), (2, "applied", 2)]
    assert len(world.register.history(TOWN, household)) == 2
    world.assert_whole()


def test_the_copy_gets_the_same_answer_whenever_it_asks(world: World) -> None:
    phone = world.phone()
    a_days_work(phone)
    copy = phone.copy()
    phone.send()
    parcel = copy.parcel()

    first = world.register.push(copy.identity, parcel)
    again = world.register.push(copy.identity, parcel)

    assert again.results == first.results
    assert (again.last_n, again.digest) == (2, first.digest)


def test_what_only_the_copy_has_is_taken_and_its_chain_goes_on(world: World) -> None:
    phone = world.phone()
    household = a_days_work(phone)
    copy = phone.copy()
    phone.set(household, 0, needs="扶手")
    phone.send()
    copy.set(household, 0, floor="3")
    assert seen(copy) == [(1, "applied", 1), (2, "applied", 2), (3, "merged", 4)]
    copy.set(household, 4, phone="13900000001")

    assert seen(copy) == [(4, "applied", 5)]
    assert len(world.register.history(TOWN, household)) == 5
    assert world.conflicts() == []
    world.assert_whole()


def test_a_third_copy_knows_the_first_as_well(world: World) -> None:
    phone = world.phone()
    household = a_days_work(phone)
    second = phone.copy()
    third = second.copy()

    assert seen(phone) == seen(second) == seen(third)
    assert len(world.register.history(TOWN, household)) == 2


def test_what_waits_for_its_record_waits_once(world: World) -> None:
    phone, other = world.phone(), world.phone(LI)
    household = other.create("household", {"head_name": "李芳"})
    phone.set(household, 0, phone="13812345678")
    copy = phone.copy()
    both = [phone.parcel(), copy.parcel()]
    assert phone.outcomes() == copy.outcomes() == ["held"]

    other.send()

    assert len(world.register.history(TOWN, household)) == 2
    [[first], [second]] = [
        world.register.push(each.identity, parcel).results
        for each, parcel in zip((phone, copy), both, strict=True)
    ]
    assert (first.outcome, first.seq) == (second.outcome, second.seq) == ("merged", 2)
    world.assert_whole()


def test_another_change_of_the_same_save_is_another_change(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国"})
    copy = phone.copy()
    phone.send()
    copy.outbox[0] = copy.outbox[0].replace("张建国".encode(), "李芳".encode())

    assert copy.outcomes() == ["conflict"]
    assert world.values(household, "head_name") == ["张建国", "李芳"]
    world.assert_whole()


def test_what_carries_no_answer_is_known_again(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国"})
    phone.send()
    phone.note(ChangeKind.DELETE, household, base=1)
    copy = phone.copy()

    assert phone.outcomes() == copy.outcomes() == ["applied"]
    assert len(world.register.history(TOWN, household)) == 2
    world.assert_whole()


def test_a_colleague_who_says_the_same_says_it_herself(world: World) -> None:
    phone, other = world.phone(), world.phone(LI)
    household = a_days_work(phone)
    phone.send()
    other.set(household, 2, phone="13812345678")
    stranger = other.copy()

    other.send()

    assert stranger.outcomes() == ["applied"]
    assert len(world.register.history(TOWN, household)) == 3
