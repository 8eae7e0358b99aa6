"""The first sync over a line that breaks: it goes on where it was, and is whole only at its end."""

from collections.abc import Iterator
from random import Random

import httpx
import pytest

from mobile.device import EnrolmentText
from mobile.store import contact
from mobile.store.grids import Grid, GridState
from mobile.sync.report import SyncState
from server.office.assignments import assign
from server.register.edits import Edit as OfficeEdit
from shared.changes import ChangeKind
from tests.mobile.field import PIN, BadLine, Field, Phone, differences, open_device, synced
from tests.mobile.kit import StillClock, create, shown
from tests.mobile.sync.on_a_port import on_a_port
from tests.proxy import Line, faulty_line

MANY = 600


@pytest.fixture
def line(field: Field) -> Iterator[Line]:
    with on_a_port(field) as url, faulty_line(url) as made:
        yield made


@pytest.fixture
def phone(field: Field, line: Line) -> Phone:
    """A phone behind the faulty line, and a grid full of households."""
    field.town.services.register.commit(field.admin, [_household(field, n) for n in range(MANY)])
    worker = field.town.worker("W9", "g1")
    field.workers["W9"] = worker
    home, clock = field.folder / "phone-9", StillClock(field.town.clock.at)
    device = open_device(home, httpx.HTTPTransport(), clock)
    account = device.enrol(EnrolmentText(line.url, field.town.code(worker)), PIN)
    return Phone(device, BadLine(field.portal, field.app), clock, home, account.id)


def _household(field: Field, n: int) -> OfficeEdit:
    return OfficeEdit(
        kind=ChangeKind.CREATE,
        record=f"0199b0a0-0000-7000-8000-{n:012d}",
        record_kind="household",
        grid=field.grid(),
        base=0,
        units={"head_name": f"户{n}", "needs": Random(n).randbytes(100).hex()},
    )


def the_grid(phone: Phone) -> Grid:
    (grid,) = contact.held_grids(phone.store.shelf)
    return grid


def begin(phone: Phone) -> None:
    """Syncs until something has come, but not all."""
    for _ in range(20):
        phone.device.sync()
        if the_grid(phone).done:
            return


def test_a_line_that_breaks_every_answer_brings_the_grid_nevertheless(
    field: Field, line: Line, phone: Phone
) -> None:
    line.cut_reply_after = 12_000
    steps = [the_grid(phone)]

    report = phone.device.sync()
    for _ in range(60):
        assert report.state in (SyncState.OFFLINE, SyncState.DONE), report
        if report.state is SyncState.DONE:
            break
        steps.append(the_grid(phone))
        assert not phone.device.status().first_sync_complete
        report = phone.device.sync()

    assert report.state is SyncState.DONE
    afters = [step.after for step in steps]
    assert afters == sorted(afters)
    assert len({step.after for step in steps}) > 1  # it came in pieces
    assert {step.generation for step in steps} == {1}  # and never began again
    assert len({step.seq for step in steps if step.after}) == 1
    assert phone.device.status().first_sync_complete
    assert differences(phone, field) == []


def test_the_app_works_while_its_first_sync_is_under_way(
    field: Field, line: Line, phone: Phone
) -> None:
    line.cut_reply_after = 12_000
    begin(phone)
    there = phone.store.search("").total
    mine = phone.clock.new_id()

    phone.store.save([create("household", mine, head_name="边下载边登记")])
    found = phone.store.search("边下载").total
    line.cut_reply_after = None
    synced(phone)

    assert 0 < there < MANY
    assert found == 1
    assert shown(phone.store, mine)["head_name"] == "边下载边登记"
    assert phone.store.search("").total == MANY + 1
    assert differences(phone, field) == []


def test_half_a_first_sync_is_not_taken_for_a_whole_one_after_a_restart(
    field: Field, line: Line, phone: Phone
) -> None:
    line.cut_reply_after = 12_000
    begin(phone)
    phone.device.lock()
    phone.device = open_device(phone.home, httpx.HTTPTransport(), phone.clock)
    phone.device.unlock(phone.account, PIN)

    status = phone.device.status()

    assert not status.first_sync_complete
    assert 0 < status.first_sync_done < status.first_sync_total == MANY
    assert contact.first_sync(phone.store.shelf) is None
    line.cut_reply_after = None
    synced(phone)
    assert contact.first_sync(phone.store.shelf) is not None


def test_the_flag_comes_with_the_last_page_and_not_with_the_last_snapshot(field: Field) -> None:
    phone = field.phone()
    field.write(phone.clock.new_id(), head_name="李芳")

    def refuse(request: httpx.Request) -> None:
        whole = the_grid(phone).state is GridState.WHOLE
        if whole and request.url.path == "/v1/pull":
            raise httpx.ReadError("cut", request=request)

    phone.line.before = refuse
    phone.device.sync()

    assert the_grid(phone).state is GridState.WHOLE
    assert not phone.device.status().first_sync_complete
    phone.line.before = None
    synced(phone)
    assert phone.device.status().first_sync_complete


def test_a_grid_granted_later_opens_the_first_sync_again_until_it_is_here(field: Field) -> None:
    phone = field.phone("W1", "g1")
    synced(phone)
    field.write(phone.clock.new_id(), grid="g2", head_name="新网格的")
    phone.clock.tick(60_000)
    field.town.clock.at += 60_000
    with field.town.act() as act:
        assign(act, field.workers["W1"], field.grid("g2"))
    phone.line.before = _refuse_snapshots
    broken = phone.device.sync()
    meanwhile = phone.device.status()
    phone.line.before = None
    synced(phone)

    assert broken.state is SyncState.OFFLINE
    assert not meanwhile.first_sync_complete
    assert phone.device.status().first_sync_complete
    assert phone.store.search("").total == 1


def test_a_grid_granted_during_the_first_sync_belongs_to_it(field: Field) -> None:
    phone = field.phone("W1", "g1")
    field.write(phone.clock.new_id(), grid="g2", head_name="新网格的")

    def grant(request: httpx.Request) -> None:
        first = the_grid(phone).state is not GridState.WHOLE
        if not first and request.url.path == "/v1/pull":  # its page names the new grid
            with field.town.act() as act:
                assign(act, field.workers["W1"], field.grid("g2"))
            phone.line.before = _refuse_snapshots

    phone.line.before = grant
    phone.device.sync()
    halfway = contact.first_sync(phone.store.shelf)
    phone.line.before = None
    synced(phone)

    assert halfway is None
    assert contact.first_sync(phone.store.shelf) is not None
    assert differences(phone, field) == []


def _refuse_snapshots(request: httpx.Request) -> None:
    if "snapshot" in request.url.path:
        raise httpx.ReadError("cut", request=request)
