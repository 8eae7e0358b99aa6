"""What the register must not do whichever of two transactions is faster: on PostgreSQL, in order.

SQLite has one writer at a time; there none of this can happen.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from server.db.engine import reading
from server.errors import ServerError
from server.office.devices import Lost, Revoked
from server.register.refusals import Fork, NotWaiting
from server.register.way_back import Correction, Place
from shared.changes import ChangeKind
from shared.policies import Policy
from tests.server.register.interleaving import TAKES_NUMBERS, stopped_before, waits_for_a_lock
from tests.server.register.pairs import merge
from tests.server.register.test_publishing import with_policy
from tests.server.register.test_sealing import with_sensitive
from tests.server.register.world import CHIEF, DEPUTY, GRID_A, TOWN, Phone, World

pytestmark = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


def test_a_push_that_began_before_a_form_was_published_settles_by_the_new_one(
    world: World, wang: Phone, li: Phone
) -> None:
    first = world.register.forms(TOWN)["household"]
    household = wang.create("household", {"head_name": "甲", "needs": "一"})
    wang.send()
    wang.set(household, 1, needs="二")
    wang.send()
    li.set(household, 1, needs="三")

    with stopped_before(world.engine, TAKES_NUMBERS, li.send):
        world.register.publish_form(TOWN, with_policy(first, "needs", Policy.LATEST, "2"))

    assert world.conflicts() == []
    world.assert_whole()


def test_an_answer_that_became_sensitive_meanwhile_is_sealed(world: World, li: Phone) -> None:
    first = world.register.forms(TOWN)["household"]
    household = li.create("household", {"needs": "只给社区看"})

    with stopped_before(world.engine, TAKES_NUMBERS, li.send):
        world.register.publish_form(TOWN, with_sensitive(first, "needs", "2"))

    with reading(world.engine) as conn:
        rows = conn.execute(text("SELECT body FROM record UNION ALL SELECT body FROM journal"))
        kept = b"".join(bytes(row.body) for row in rows)
    assert "只给社区看".encode() not in kept
    assert world.values(household, "needs") == ["只给社区看"]
    world.assert_whole()


def test_sealing_again_never_stands_in_the_way_of_a_push_for_good(
    world: World, household: str, li: Phone
) -> None:
    first = world.register.forms(TOWN)["household"]
    li.set(household, 1, phone="13811111111")

    with ThreadPoolExecutor(1) as p, stopped_before(world.engine, TAKES_NUMBERS, li.send) as pushed:
        published = p.submit(world.register.publish_form, TOWN, with_sensitive(first, "needs", "2"))
        waits_for_a_lock(world.engine)
    assert [r.outcome for r in pushed.result().results] == ["applied"]
    published.result(30)
    assert world.register.forms(TOWN)["household"].version == "2"
    world.assert_whole()


def _held(world: World, wang: Phone, li: Phone) -> tuple[str, Place]:
    record = wang.create("household", {"head_name": "甲"})
    li.set(record, 0, phone="13811111111")
    assert li.outcomes() == ["held"]
    return record, Place(li.identity.id, 1)


def test_what_the_office_drops_is_not_let_in_by_a_create_of_the_same_moment(
    world: World, wang: Phone, li: Phone
) -> None:
    record, place = _held(world, wang, li)

    with stopped_before(world.engine, TAKES_NUMBERS, wang.send):
        world.register.way_back.drop(world.account(CHIEF), place, "重复")

    assert world.values(record, "phone") == []
    assert [r.outcome for r in li.pull().answers] == ["rejected"]
    world.assert_whole()


def test_what_a_create_let_in_is_dropped_no_more(world: World, wang: Phone, li: Phone) -> None:
    record, place = _held(world, wang, li)
    chief = world.account(CHIEF)

    def drop() -> None:
        world.register.way_back.drop(chief, place, "重复")

    with stopped_before(world.engine, TAKES_NUMBERS, drop) as dropped:
        wang.send()

    assert isinstance(dropped.exception(), NotWaiting)
    assert world.values(record, "phone") == ["13811111111"]


def test_what_a_create_let_in_is_not_let_in_again(world: World, wang: Phone, li: Phone) -> None:
    record, place = _held(world, wang, li)
    chief = world.account(CHIEF)

    def release() -> object:
        return world.register.way_back.release(chief, place)

    with stopped_before(world.engine, "SELECT record.id", release) as released:
        wang.send()

    assert isinstance(released.exception(), NotWaiting)
    assert world.values(record, "phone") == ["13811111111"]


def test_what_the_office_corrects_is_not_let_in_beside_the_correction(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    record, place = _held(world, wang, li)
    correction = Correction(
        kind=ChangeKind.SET, record=household, record_kind="household", grid=GRID_A, base=1,
        units={"phone": "13811111111"},
    )  # fmt: skip

    with stopped_before(world.engine, TAKES_NUMBERS, wang.send):
        world.register.way_back.correct(world.account(CHIEF), place, correction)

    assert world.values(record, "phone") == []
    assert world.values(household, "phone") == ["13811111111"]
    world.assert_whole()


def test_a_change_of_a_merged_record_waits_for_whoever_writes_the_survivor(
    world: World, wang: Phone, li: Phone, pair: tuple[str, str]
) -> None:
    duplicate, survivor = pair
    merge(world, duplicate, survivor)
    wang.set(duplicate, 1, needs="修灯")
    li.set(survivor, 2, people_count=4)

    with ThreadPoolExecutor(1) as pool, stopped_before(world.engine, TAKES_NUMBERS, li.send):
        pushed = pool.submit(wang.send)
        waits_for_a_lock(world.engine)
    [result] = pushed.result(30).results

    assert (result.outcome, result.into) == ("merged", survivor)
    assert world.shown(survivor)["needs"] == "修灯"
    world.assert_whole()


def test_a_move_below_a_household_waits_for_whoever_writes_it(
    world: World, wang: Phone, li: Phone, household: str
) -> None:
    resident = wang.create("resident", {"name": "丙"})
    wang.send()
    wang.note(ChangeKind.SET, resident, {"household": household}, kind="resident", base=2)
    li.note(ChangeKind.DELETE, household, base=1)

    with ThreadPoolExecutor(1) as pool, stopped_before(world.engine, TAKES_NUMBERS, li.send):
        pushed = pool.submit(wang.send)
        waits_for_a_lock(world.engine)
    [result] = pushed.result(30).results

    assert result.problem is not None
    assert result.problem.code == "parent_deleted"


@pytest.mark.parametrize(
    ("status", "error"), [("revoked", Revoked), ("lost", Lost), ("retired", Fork)]
)
def test_what_a_phone_sends_while_it_is_stopped_is_not_taken(
    world: World, wang: Phone, status: str, error: type[ServerError]
) -> None:
    record = wang.create("household", {"head_name": "甲"})
    wang.note(ChangeKind.SET, record, {"needs": "x"})

    def stop() -> None:
        world.spoil(f"UPDATE device SET status = '{status}' WHERE id = '{wang.identity.id}'")

    with stopped_before(world.engine, "SELECT device.id", wang.send) as pushed:
        stop()

    assert isinstance(pushed.exception(), error)
    assert world.register.record(TOWN, record) is None


def test_copies_that_send_one_waiting_change_at_once_send_it_once(
    world: World, wang: Phone, li: Phone
) -> None:
    record = wang.create("household", {"head_name": "甲"})
    li.set(record, 0, phone="13811111111")
    one, other = li.copy(), li.copy()

    with stopped_before(world.engine, TAKES_NUMBERS, one.send):
        other.send()
    wang.send()

    assert len(world.register.history(TOWN, record)) == 2
    world.assert_whole()


def test_two_who_call_one_pair_not_the_same_at_once_both_may(
    world: World, pair: tuple[str, str]
) -> None:
    def say(who: str) -> None:
        world.register.deeds.not_the_same(world.account(who), *pair)

    with (
        ThreadPoolExecutor(1) as pool,
        stopped_before(world.engine, "INSERT INTO not_same", lambda: say(CHIEF)) as said,
    ):
        other = pool.submit(say, DEPUTY)
        waits_for_a_lock(world.engine)
    said.result(30)
    other.result(30)
