"""Push: each change exactly once, whatever the network does."""

import pytest

from server.errors import NotFound
from server.register.refusals import Fork, Gap, NotUnderstood
from shared.changes import ChangeKind
from shared.wire import FIRST_DIGEST, chained
from tests.server.register.world import GRID_A, GRID_B, LI, TOWN, WANG, ZHAO, World


def test_a_new_household_is_in_the_register_and_in_the_journal(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国", "phone": "13812345678"})

    reply = phone.send()

    assert [result.outcome for result in reply.results] == ["applied"]
    assert world.values(household, "head_name") == ["张建国"]
    [entry] = world.register.history(TOWN, household)
    assert (entry.who_name, entry.kind, entry.seq) == ("王芳", ChangeKind.CREATE, 1)
    world.assert_whole()


def test_a_lost_reply_is_answered_again_and_nothing_is_applied_twice(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国"})
    phone.set(household, 0, phone="13812345678")
    parcel = phone.parcel()

    first = world.register.push(phone.identity, parcel)
    again = world.register.push(phone.identity, parcel)

    assert again.results == first.results
    assert (again.last_n, again.digest) == (2, first.digest)
    assert len(world.register.history(TOWN, household)) == 2
    world.assert_whole()


def test_a_repeated_part_is_answered_and_the_new_part_is_taken(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国"})
    world.register.push(phone.identity, phone.parcel())
    phone.set(household, 0, head_name="张国强")

    reply = world.register.push(phone.identity, phone.parcel())

    assert [(r.n, r.outcome, r.seq) for r in reply.results] == [
        (1, "applied", 1),
        (2, "applied", 2),
    ]
    assert world.values(household, "head_name") == ["张国强"]


def test_an_old_part_alone_is_answered_with_its_results(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    phone.create("household", {"head_name": "乙"})
    changes = list(phone.outbox)
    phone.send()

    reply = world.register.push(phone.identity, phone.parcel_of(changes[:1], FIRST_DIGEST))

    assert [result.n for result in reply.results] == [1]
    assert reply.last_n == 2


def test_a_gap_is_answered_with_what_the_server_has(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    last = phone.send()
    phone.create("household", {"head_name": "乙"})
    phone.create("household", {"head_name": "丙"})
    after = chained(phone.sent_from, phone.outbox[0])

    with pytest.raises(Gap) as gap:
        world.register.push(phone.identity, phone.parcel_of(phone.outbox[1:], after))

    assert (gap.value.problem.last_n, gap.value.problem.digest) == (1, last.digest)
    assert phone.outcomes() == ["applied", "applied"]


def test_a_restored_phone_is_told_apart_by_its_history(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲"})
    phone.send()
    restored = world.phone()
    restored.identity = phone.identity
    restored.create("household", {"head_name": "乙"})
    restored.create("household", {"head_name": "丙"})

    with pytest.raises(Fork) as fork:
        restored.send()

    assert fork.value.problem.last_n == 1
    assert world.values(household, "head_name") == ["甲"]


def test_a_restored_phone_that_continues_at_the_right_number_is_a_fork_too(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    phone.send()
    phone.create("household", {"head_name": "乙"})
    parcel = phone.parcel_of(phone.outbox, "ab" * 32)

    with pytest.raises(Fork):
        world.register.push(phone.identity, parcel)


def test_a_repeated_old_change_with_other_words_is_a_fork(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    phone.create("household", {"head_name": "乙"})
    changes = list(phone.outbox)
    phone.send()
    forged = changes[0].replace("甲".encode(), "丁".encode())

    with pytest.raises(Fork):
        world.register.push(phone.identity, phone.parcel_of([forged], FIRST_DIGEST))


def test_numbers_with_a_hole_inside_a_push_are_not_understood(world: World) -> None:
    phone = world.phone()
    for name in "甲乙丙":
        phone.create("household", {"head_name": name})
    del phone.outbox[1]

    with pytest.raises(NotUnderstood):
        phone.send()


def test_a_device_that_nobody_knows_may_not_push(world: World) -> None:
    phone = world.phone()
    stranger = world.phone()
    stranger.identity = type(phone.identity)(TOWN, "nobody", WANG, "王芳", "", (GRID_A,))
    stranger.create("household", {"head_name": "甲"})

    with pytest.raises(NotFound):
        stranger.send()


def test_a_bad_change_among_good_ones_blocks_nothing(world: World) -> None:
    phone = world.phone()
    before = phone.create("household", {"head_name": "甲"})
    phone.put(b'{"n": 2, "kind": "from the future"}')
    after = phone.create("household", {"head_name": "乙"})

    results = phone.results()

    assert [result.outcome for result in results] == ["applied", "rejected", "applied"]
    assert results[1].problem is not None
    assert results[1].problem.code == "not_understood"
    assert world.values(before, "head_name") + world.values(after, "head_name") == ["甲", "乙"]
    world.assert_whole()


def test_a_push_of_which_nothing_can_be_read_is_kept_and_goes_on(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"})
    phone.send()
    phone.put(b'{"what": "?"}')
    phone.put(b"17")

    assert phone.outcomes() == ["rejected", "rejected"]
    phone.create("household", {"head_name": "乙"})
    assert phone.outcomes() == ["applied"]


def test_a_refused_change_is_answered_the_same_again(world: World) -> None:
    phone = world.phone()
    phone.create("household", {"head_name": "甲"}, grid=GRID_B)
    parcel = phone.parcel()

    first = world.register.push(phone.identity, parcel)
    again = world.register.push(phone.identity, parcel)

    assert first.results[0].problem is not None
    assert first.results[0].problem.code == "out_of_area"
    assert again.results == first.results


def test_a_change_in_another_workers_name_is_refused(world: World) -> None:
    phone = world.phone(WANG)
    household = phone.create("household", {"head_name": "甲"})
    phone.note(ChangeKind.SET, household, {"head_name": "乙"}, worker=LI)

    results = phone.results()

    assert results[1].problem is not None
    assert results[1].problem.code == "wrong_worker"
    assert world.values(household, "head_name") == ["甲"]


def test_a_base_that_the_server_never_reached_is_refused(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "甲"})
    phone.send()
    phone.set(household, 99, head_name="乙")

    [result] = phone.results()

    assert result.problem is not None
    assert result.problem.code == "bad_base"


def test_the_server_notes_what_the_phone_says_of_itself(world: World) -> None:
    phone = world.phone(ZHAO, GRID_B)
    phone.create("household", {"head_name": "甲"}, grid=GRID_B)

    reply = phone.send()

    assert reply.now == world.clock.now
    assert world.device(phone.identity.id)["app"] == "1.0"
    assert world.device(phone.identity.id)["last_contact"] == world.clock.now
