"""Grids that are given and taken away: what is hers comes, what is not goes, no work is lost."""

from collections import deque
from collections.abc import Callable
from itertools import count

import httpx
import pytest

from server.commands.keeping import renew
from server.office.assignments import assign, assignments, end_assignment
from server.register.edits import Edit as OfficeEdit
from server.register.forgetting import Keeping
from shared.changes import GRID, ChangeKind
from tests.mobile.field import Fault, Field, Phone, differences, synced
from tests.mobile.kit import change_of, create, shown
from tests.mobile.sync.test_long_away import delete


def withdraw(field: Field, *grids: str) -> None:
    """Takes these grids, or all, from worker W1, a minute later."""
    field.town.clock.at += 60_000
    with field.town.act() as act:
        for duty in assignments(act.conn, field.town.who, field.workers["W1"]):
            if not grids or duty.area_id in map(field.grid, grids):
                end_assignment(act, duty.id)


def grant(field: Field, grid: str) -> None:
    with field.town.act() as act:
        assign(act, field.workers["W1"], field.grid(grid))


def move(field: Field, household: str, grid: str) -> None:
    """The office moves it, having seen all of it."""
    known = field.record(household)
    assert known is not None
    moved = OfficeEdit(
        kind=ChangeKind.MOVE,
        record=household,
        record_kind="household",
        grid=known.grid,
        base=known.version,
        units={GRID: [known.grid, field.grid(grid)]},
    )
    field.town.services.register.commit(field.admin, [moved])


def in_shadow(phone: Phone, grid: str) -> int:
    """How many of the grid's records lie on the phone."""
    shelf = phone.store.shelf
    with shelf.database.reading() as conn:
        return len(shelf.shadow.of_grid(conn, grid))


def begin_to_take(phone: Phone, grid: str) -> int:
    """Syncs until the line breaks after one page; how many of the grid's records came."""
    phone.line.before = _only_one_pull()
    phone.device.sync()
    phone.line.before = None
    return in_shadow(phone, grid)


def test_a_new_grid_comes_and_a_withdrawn_one_goes_after_its_work_was_sent(field: Field) -> None:
    phone = field.phone("W1", "g1")
    here, there = phone.clock.new_id(), phone.clock.new_id()
    field.write(here, head_name="第一网格的")
    field.write(there, grid="g2", head_name="第二网格的")
    synced(phone)
    phone.store.save([change_of(phone.store, "household", here, phone="13900010001")])
    phone.clock.tick(60_000)
    withdraw(field)
    grant(field, "g2")

    synced(phone)

    assert [card.head_name for card in phone.store.search("").cards] == ["第二网格的"]
    assert [area.id for area in phone.store.areas()] == [field.grid("g2")]
    record = field.record(here)
    assert record is not None
    assert record.units["phone"][0].value == "13900010001"
    assert differences(phone, field) == []


def test_a_worker_without_any_grid_keeps_no_records(field: Field) -> None:
    phone = field.phone()
    field.write(phone.clock.new_id(), head_name="李芳")
    synced(phone)
    withdraw(field)

    synced(phone)

    assert phone.store.search("").total == 0
    assert phone.store.areas() == ()


def test_two_grids_are_brought_and_kept_up_together(field: Field) -> None:
    phone = field.phone("W1", "g1", "g2")
    for grid in ("g1", "g2"):
        for n in range(3):
            field.write(phone.clock.new_id(), grid=grid, head_name=f"{grid}-{n}")
    synced(phone)
    field.write(phone.clock.new_id(), grid="g2", head_name="新")

    report = synced(phone)

    assert report.received == 1
    assert phone.store.search("").total == 7
    assert differences(phone, field) == []


def test_a_household_that_moved_to_another_grid_leaves_this_phone_and_comes_to_the_other(
    field: Field,
) -> None:
    a, b = field.phone("W1", "g1"), field.phone("W2", "g2")
    household = a.clock.new_id()
    field.write(household, head_name="李芳")
    synced(a)
    synced(b)
    a.store.save([change_of(a.store, "household", household, needs="轮椅坡道")])
    move(field, household, "g2")

    synced(a)
    synced(b)

    assert a.store.record(household) is None
    assert shown(b.store, household)["needs"] == "轮椅坡道"
    assert differences(a, field) == differences(b, field) == []


def test_a_withdrawn_grid_stays_until_its_work_could_be_sent(field: Field) -> None:
    phone = field.phone("W1", "g1")
    synced(phone)
    mine = phone.clock.new_id()
    phone.store.save([create("household", mine, head_name="未上报")])
    phone.clock.tick(60_000)
    withdraw(field)
    phone.line.plan = deque([Fault.LOSE_REQUEST])

    phone.device.sync()
    kept = phone.store.record(mine)
    synced(phone)

    assert kept is not None
    assert phone.store.record(mine) is None
    record = field.record(mine)
    assert record is not None


def test_a_grid_withdrawn_before_its_snapshot_came_does_not_stop_the_others(field: Field) -> None:
    phone = field.phone("W1", "g1", "g2")
    here = phone.clock.new_id()
    field.write(here, grid="g2", head_name="李芳")
    phone.line.before = _cut_snapshots
    phone.device.sync()
    phone.line.before = None
    withdraw(field, "g1")

    report = synced(phone)

    assert report.received
    assert phone.device.status().first_sync_complete
    assert [area.id for area in phone.store.areas()] == [field.grid("g2")]
    assert differences(phone, field) == []


def test_a_grid_withdrawn_while_it_began_to_come_leaves_nothing_behind(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = field.phone("W1", "g1")
    synced(phone)
    for n in range(5):
        field.write(phone.clock.new_id(), grid="g2", head_name=f"户{n}")
    grant(field, "g2")
    monkeypatch.setattr("mobile.sync.rounds.PAGE_MAX", 2)
    began = begin_to_take(phone, field.grid("g2"))
    withdraw(field, "g2")

    synced(phone)

    assert began == 2
    assert in_shadow(phone, field.grid("g2")) == 0
    assert phone.store.search("").total == 0


def test_what_was_moved_into_a_new_grid_and_out_again_is_no_part_of_its_first_snapshot(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = field.phone("W1", "g1")
    household, other = phone.clock.new_id(), phone.clock.new_id()
    field.write(household, head_name="李芳")
    synced(phone)
    grant(field, "g2")
    move(field, household, "g2")
    field.write(other, grid="g2", head_name="王强")
    monkeypatch.setattr("mobile.sync.rounds.PAGE_MAX", 1)
    began = begin_to_take(phone, field.grid("g2"))
    withdraw(field, "g1")
    move(field, household, "g1")
    renew(field.town.services)

    synced(phone)

    assert began == 1
    assert phone.store.record(household) is None
    assert [card.head_name for card in phone.store.search("").cards] == ["王强"]


@pytest.mark.parametrize("again", [False, True], ids=["new", "lost and given again"])
def test_a_new_grid_of_many_pages_comes_though_tombstones_were_forgotten(
    field: Field, monkeypatch: pytest.MonkeyPatch, *, again: bool
) -> None:
    phone = field.phone("W1", *(["g1", "g2"] if again else ["g1"]))
    for n in range(5):
        field.write(phone.clock.new_id(), grid="g2", head_name=f"户{n}")
    synced(phone)
    gone = [phone.clock.new_id() for _ in range(2)]
    for record in gone:
        field.write(record, grid="g2", head_name="已销")
        delete(field, record)
    if again:
        withdraw(field, "g2")
        synced(phone)
    field.town.clock.at += 1
    register = field.town.services.register
    assert register.forget(field.town.who.town, Keeping(keep_days=0, silent_days=0)).tombstones == 2
    grant(field, "g2")
    monkeypatch.setattr("mobile.sync.rounds.PAGE_MAX", 2)

    synced(phone)

    assert phone.store.search("").total == 5
    assert differences(phone, field) == gone  # which the register keeps


def test_her_edit_stays_in_view_until_the_withdrawn_grid_is_dropped(field: Field) -> None:
    phone = field.phone("W1", "g1")
    household = phone.clock.new_id()
    field.write(household, head_name="李芳")
    synced(phone)
    phone.store.save([change_of(phone.store, "household", household, phone="13900010001")])
    phone.clock.tick(60_000)
    withdraw(field)
    seen = []

    def meanwhile(request: httpx.Request) -> None:
        if request.url.path.endswith("/pull"):
            phone.line.before = None
            phone.store.save([change_of(phone.store, "household", household, needs="轮椅坡道")])

    phone.line.before = meanwhile
    phone.store.subscribe(
        lambda _: seen.append(
            view.answers.get("phone") if (view := phone.store.record(household)) else "gone"
        )
    )

    synced(phone)

    assert set(seen) == {"13900010001", "gone"}


def _only_one_pull() -> Callable[[httpx.Request], None]:
    """The line breaks after the first page of a pull."""
    pulls = count()

    def before(request: httpx.Request) -> None:
        if "pull" in request.url.path and next(pulls):
            raise httpx.ReadError("cut", request=request)

    return before


def _cut_snapshots(request: httpx.Request) -> None:
    if "snapshot" in request.url.path:
        raise httpx.ReadError("cut", request=request)
