"""Tombstones and exits are forgotten when they are old and every device in use has passed them."""

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from server.db.engine import reading, writing
from server.db.office_tables import DeviceRow
from server.db.register_tables import ExitRow
from server.register.forgetting import Forgotten, Keeping
from server.register.refusals import CursorTooOld
from shared.changes import ChangeKind
from shared.wire import checksum
from tests.server.register.world import DAY, GRID_A, GRID_B, TOWN, WANG, ZHAO, Phone, World

NINETY = Keeping(90, 365)


def pulled(world: World, phone: Phone, cursor: str | None) -> str:
    """All pages; what the API notes of a device's pull is noted."""
    while True:
        values = {
            "passed": world.register.passed(phone.identity, cursor),
            "last_contact": world.clock.now,
        }
        with writing(world.engine) as conn:
            mine = update(DeviceRow).where(col(DeviceRow.id) == phone.identity.id)
            conn.execute(mine.values(**values))
        page = phone.pull(cursor)
        cursor = page.cursor
        if not page.more:
            return cursor


@pytest.fixture
def left(world: World, wang: Phone) -> dict[str, str]:
    """One household stays, one was deleted, one moved away."""
    made = {
        name: wang.create("household", {"head_name": name}) for name in ("stays", "died", "moved")
    }
    wang.send()
    wang.note(ChangeKind.DELETE, made["died"], base=3)
    wang.note(ChangeKind.MOVE, made["moved"], {"@grid": [GRID_A, GRID_B]}, base=3)
    wang.send()
    return made


def forget(world: World, keeping: Keeping = NINETY) -> Forgotten:
    return world.register.forget(TOWN, keeping)


def exits(world: World) -> int:
    with reading(world.engine) as conn:
        return conn.execute(select(func.count()).select_from(ExitRow)).scalar_one()


def test_nothing_is_forgotten_before_its_time(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    cursor = pulled(world, wang, None)
    pulled(world, wang, cursor)
    world.clock.now += 90 * DAY

    assert forget(world) == Forgotten(0)
    assert exits(world) == 1


def test_what_is_old_and_passed_is_forgotten_once(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    world.clock.now += 91 * DAY
    cursor = pulled(world, wang, None)
    cursor = pulled(world, wang, cursor)

    first, again = forget(world), forget(world)

    assert first == Forgotten(5, tombstones=1, exits=1)
    assert again == Forgotten(5)
    assert exits(world) == 0
    page = wang.pull(cursor)
    assert page.forgotten == 5
    assert page.checksums[GRID_A] == checksum(left["stays"], 1)
    assert [record.id for record in wang.snapshot(GRID_A).records] == [left["stays"]]
    assert wang.snapshot(GRID_A).total == 1
    assert [part.records for part in world.register.sums(wang.identity, GRID_A).parts] == [1]
    assert {record.id for record in wang.pull(None).records} == {left["stays"]}
    assert world.record(left["died"]).deleted  # the register keeps it
    world.assert_whole()
    world.register.rebuild(TOWN)
    world.assert_whole()


def test_a_device_that_lags_keeps_everything_until_it_has_pulled(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    slow = world.phone(WANG)
    slow_cursor = pulled(world, slow, None)
    slow_cursor = pulled(world, slow, slow_cursor)
    wang.note(ChangeKind.DELETE, left["stays"], base=5)
    wang.send()
    world.clock.now += 200 * DAY
    pulled(world, wang, pulled(world, wang, None))

    while_it_lags = forget(world)
    news = slow.pull(slow_cursor).records
    pulled(world, slow, pulled(world, slow, slow_cursor))
    then = forget(world)

    assert while_it_lags.upto == 5
    assert [record.id for record in news] == [left["stays"]]
    assert then == Forgotten(6, tombstones=1)


def test_a_device_silent_for_too_long_or_revoked_holds_nothing_up(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    silent, revoked = world.phone(WANG), world.phone(WANG)
    wang.set(left["stays"], 5, needs="一")
    for phone in (silent, revoked):
        pulled(world, phone, pulled(world, phone, None))
    wang.send()
    world.clock.now += 366 * DAY
    pulled(world, wang, pulled(world, wang, None))
    with writing(world.engine) as conn:
        mine = update(DeviceRow).where(col(DeviceRow.id) == revoked.identity.id)
        conn.execute(mine.values(status="revoked", last_contact=world.clock.now))

    assert forget(world).upto == 6


def test_an_older_cursor_is_too_old_and_a_newer_one_is_not(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    away = world.phone(WANG)
    old = wang.pull(None).cursor
    wang.set(left["stays"], 5, needs="一")
    wang.send()
    new = wang.pull(old).cursor
    world.clock.now += 400 * DAY

    assert forget(world).upto == 6

    with pytest.raises(CursorTooOld):
        away.pull(old)
    assert wang.pull(new).records == []


def test_a_forgotten_record_that_is_edited_after_all_comes_back(
    world: World, wang: Phone, left: dict[str, str]
) -> None:
    world.clock.now += 91 * DAY
    cursor = pulled(world, wang, pulled(world, wang, None))
    forget(world)
    late = world.phone(WANG)
    late.set(left["died"], 3, needs="还在")
    late.send()

    page = wang.pull(cursor)

    assert [record.id for record in page.records] == [left["died"]]
    assert page.checksums[GRID_A] == (
        checksum(left["stays"], 1) + checksum(left["died"], page.records[0].version)
    ) % (1 << 64)
    world.assert_whole()


def test_a_town_without_changes_has_nothing_to_forget(world: World) -> None:
    world.phone(ZHAO)

    assert forget(world) == Forgotten(0)
