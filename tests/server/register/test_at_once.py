"""Many at once: real threads, real databases; nothing is lost, doubled or stuck."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event
from typing import TypeVar

import pytest

from server.clock import new_id
from server.register.edits import Edit
from server.register.outcomes import AlreadyDecided, Committed
from server.register.published import NO_SOURCE
from server.register.refusals import EditsRefused
from shared.changes import ChangeKind
from shared.policies import Policy
from shared.records import Record
from shared.wire import PushReply
from tests.server.register.test_publishing import with_policy
from tests.server.register.world import CHIEF, DEPUTY, GRID_A, LI, TOWN, WANG, Phone, World

T = TypeVar("T")


def together(*acts: Callable[[], T]) -> list[T]:
    """Do all of them at the same moment; what each returned."""
    barrier = Barrier(len(acts))

    def at_the_signal(act: Callable[[], T]) -> T:
        barrier.wait(timeout=10)
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(at_the_signal, a) for a in acts]]


def seqs(world: World, records: Sequence[str]) -> list[int]:
    return sorted(entry.seq for record in records for entry in world.register.history(TOWN, record))


def test_an_incremental_reader_misses_nothing_of_four_writers(world: World) -> None:
    phones = [world.phone(WANG) for _ in range(4)]
    shared_ones = [phones[0].create("household", {"head_name": f"共{n}"}) for n in range(5)]
    phones[0].send()
    reader = world.phone(LI)
    shadow: dict[str, Record] = {}
    finished = Event()

    def write(phone: Phone) -> list[str]:
        made = []
        for number in range(12):
            made.append(phone.create("household", {"head_name": f"户{number}"}))
            phone.set(shared_ones[number % 5], 5, needs=f"{phone.identity.id} {number}")
            phone.send()
        return made

    def read() -> list[str]:
        cursor: str | None = None
        while True:
            was_finished = finished.is_set()
            page = reader.pull(cursor, limit=7)
            world.apply(page, shadow)
            cursor = page.cursor
            if was_finished and not page.more:
                return []

    with ThreadPoolExecutor(5) as pool:
        reading = pool.submit(read)
        made = [record for each in pool.map(write, phones) for record in each]
        finished.set()
        reading.result(timeout=60)

    records = [*shared_ones, *made]
    assert shadow == {record: world.record(record) for record in records}
    assert seqs(world, records) == list(range(1, 5 + 4 * 24 + 1))
    world.assert_whole()


def test_a_refused_transaction_leaves_no_hole_in_the_numbers(world: World) -> None:
    phone = world.phone(WANG)
    good = phone.create("household", {"head_name": "甲"})
    bad = Edit(
        kind=ChangeKind.CREATE, record=new_id(), record_kind="household", grid="nowhere", units={}
    )

    def refuse() -> object:
        for _ in range(5):
            with pytest.raises(EditsRefused):
                world.register.commit(world.account(CHIEF), [bad])
        return None

    together(refuse, phone.send)
    second = phone.create("household", {"head_name": "乙"})
    phone.send()

    assert seqs(world, [good, second]) == [1, 2]


def test_one_push_twice_at_once_is_taken_once(world: World) -> None:
    phone = world.phone(WANG)
    household = phone.create("household", {"head_name": "甲"})
    parcel = phone.parcel()

    def send() -> PushReply:
        return world.register.push(phone.identity, parcel)

    one, two = together(send, send)

    assert one.results == two.results
    assert seqs(world, [household]) == [1]


@pytest.mark.parametrize("_", range(8))
def test_an_edit_that_crosses_its_create_never_waits_for_ever(world: World, _: int) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    household = wang.create("household", {"head_name": "甲"})
    li.set(household, 0, phone="13811111111")

    together(wang.send, li.send)

    assert world.values(household, "phone") == ["13811111111"]
    world.assert_whole()


@pytest.mark.parametrize("_", range(4))
def test_two_creates_of_one_record_at_once_are_one_record(world: World, _: int) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    again = new_id()
    for phone, name in ((wang, "甲"), (li, "乙")):
        phone.note(ChangeKind.CREATE, again, {"head_name": name, "tenure": "own"})

    together(wang.send, li.send)

    assert world.values(again, "head_name") == ["乙", "甲"]
    assert len(world.record(again).units["tenure"][0].writes) == 2
    world.assert_whole()


@pytest.mark.parametrize("_", range(4))
def test_two_phones_that_edit_the_same_records_never_block_each_other(world: World, _: int) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    made = [wang.create("household", {"head_name": f"{number}"}) for number in range(20)]
    wang.send()
    for record in made:
        wang.set(record, 20, needs="甲")
    for record in reversed(made):
        li.set(record, 20, landlord_name="乙")

    together(wang.send, li.send)

    assert all(world.shown(record)["landlord_name"] == "乙" for record in made)
    assert all(world.shown(record)["needs"] == "甲" for record in made)
    world.assert_whole()


@pytest.mark.parametrize("_", range(4))
def test_of_two_decisions_at_once_one_is_taken_and_the_other_is_told(world: World, _: int) -> None:
    wang, li = world.phone(WANG), world.phone(LI)
    household = wang.create("household", {"head_name": "甲"})
    wang.send()
    wang.set(household, 1, phone="13811111111")
    li.set(household, 1, phone="13822222222")
    wang.send()
    li.send()
    [line] = world.register.open_conflicts(TOWN, frozenset({GRID_A}))

    def decide(account: str, value: str) -> Callable[[], Committed | AlreadyDecided]:
        return lambda: world.register.decide(world.account(account), line.id, value, 3)

    outcomes = together(decide(CHIEF, "13811111111"), decide(DEPUTY, "13822222222"))

    [taken] = [each for each in outcomes if isinstance(each, Committed)]
    [told] = [each for each in outcomes if isinstance(each, AlreadyDecided)]
    assert taken.results[0].outcome == "applied"
    assert world.values(household, "phone") == [told.decision]
    world.assert_whole()


def test_of_uploads_of_one_version_at_the_same_moment_the_last_one_stays(world: World) -> None:
    first = world.register.forms(TOWN)["household"]
    policies = [Policy.MAX, Policy.MIN, Policy.LATEST, Policy.REVIEW]

    for version in ("2", "3", "4"):
        forms = [with_policy(first, "needs", policy, version) for policy in policies]
        together(*(partial(world.register.versions.keep, TOWN, form, NO_SOURCE) for form in forms))
        assert world.register.versions.form(TOWN, "household", version) in forms

    kept = [each for each in world.register.versions.all(TOWN) if not each.published_at]
    assert [each.version for each in kept] == ["2", "3", "4"]
