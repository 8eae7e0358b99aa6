"""Pushing and pulling over HTTP, through the real register."""

import gzip

import httpx
import msgspec
import pytest
import zstandard
from sqlalchemy import func, select

from server.clock import new_id
from server.db.engine import reading
from server.db.register_tables import JournalRow
from server.forms.builtin import builtin_forms
from server.office.assignments import assign, assignments, end_assignment
from shared.forms.model import Form
from shared.wire import Page, Problem, Pull, PushReply, SnapshotPage
from tests.server.a_town import ATown, add_east
from tests.server.api.caller import Caller, Device, enrol


@pytest.fixture
def town(town: ATown) -> ATown:
    _publish(town, "east")
    return town


def _publish(town: ATown, name: str) -> None:
    for form in builtin_forms().values():
        town.services.register.publish_form(name, form)


def _door(device: Device, number: int = 1, record: str = "") -> bytes:
    return device.create(
        record or new_id(), "dwelling", code=f"3-1-02-{number:03d}", status="occupied"
    )


def _push(caller: Caller, device: Device, *changes: bytes) -> httpx.Response:
    body = device.push_of(*changes)
    return caller.post("/v1/push", content=body, headers=device.signed(body))


def _pull(caller: Caller, device: Device, cursor: str | None = None) -> Page:
    body = msgspec.json.encode(Pull(cursor))
    reply = caller.post("/v1/pull", content=body, headers=device.token)
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=Page)


def _journal(town: ATown) -> int:
    with reading(town.services.engine) as conn:
        return conn.execute(select(func.count()).select_from(JournalRow)).scalar_one()


def test_what_one_device_pushes_another_of_the_grid_pulls(town: ATown, caller: Caller) -> None:
    ours, theirs = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    record = new_id()

    reply = _push(caller, ours, _door(ours, 1, record))
    page = _pull(caller, theirs)

    assert reply.status_code == 200
    told = msgspec.json.decode(reply.content, type=PushReply)
    assert [result.outcome for result in told.results] == ["applied"]
    assert [packed.id for packed in page.records] == [record]
    assert page.people[ours.enrolled.worker] == "工W1"
    assert [area.code for area in page.grids] == ["329901100001001"]
    assert set(page.forms) >= {"dwelling", "household", "resident", "visit"}


def test_no_byte_of_another_grid_is_answered(town: ATown, caller: Caller) -> None:
    ours, theirs = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    record = new_id()
    _push(caller, ours, _door(ours, 1, record))

    pulled = caller.post("/v1/pull", content=b"{}", headers=theirs.token)
    grid = ours.enrolled.grids[0].id
    snapshot = caller.get(f"/v1/snapshot?grid={grid}", headers=theirs.token)

    assert record not in pulled.text
    assert ours.enrolled.worker not in pulled.text
    assert snapshot.status_code == 404
    assert record not in snapshot.text


def test_a_grid_is_taken_as_a_snapshot_page_by_page(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    _push(caller, device, *[_door(device, number) for number in range(1, 6)])
    grid = device.enrolled.grids[0].id

    seen: list[str] = []
    after, seq, pages = "", 0, 0
    while True:
        path = f"/v1/snapshot?grid={grid}&limit=2&after={after}&seq={seq}"
        page = msgspec.json.decode(
            caller.get(path, headers=device.token).content, type=SnapshotPage
        )
        seen += [packed.id for packed in page.records]
        seq, pages = seq or page.seq, pages + 1
        if page.next is None:
            break
        after = page.next

    assert len(seen) == len(set(seen)) == page.total == 5
    assert pages == 3
    assert _pull(caller, device, page.cursor).records == []


def test_a_push_whose_answer_was_lost_changes_nothing_twice(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    change = _door(device)
    lost = _push(caller, device, change)
    rows = _journal(town)

    again = _push(caller, device, change)

    first, second = (msgspec.json.decode(r.content, type=PushReply) for r in (lost, again))
    assert second.results == first.results
    assert second.digest == first.digest
    assert _journal(town) == rows == 1


def test_a_gap_is_told_with_what_the_server_has(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    first, skipped, third = (_door(device, number) for number in (1, 2, 3))
    _push(caller, device, first)
    device.took(first, skipped)

    reply = _push(caller, device, third)

    problem = msgspec.json.decode(reply.content, type=Problem)
    assert (reply.status_code, problem.code, problem.last_n) == (409, "gap", 1)


def test_another_history_is_a_fork(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    restored = Device(device.enrolled, device.phone)
    _push(caller, device, _door(device, 1))

    reply = _push(caller, restored, _door(restored, 2))

    problem = msgspec.json.decode(reply.content, type=Problem)
    assert (reply.status_code, problem.code) == (409, "fork")
    assert _journal(town) == 1


@pytest.mark.parametrize("encoding", ["zstd", "gzip", "identity"])
def test_bodies_travel_compressed_both_ways(town: ATown, caller: Caller, encoding: str) -> None:
    device = enrol(town, "g1")
    body = device.push_of(*[_door(device, number) for number in range(1, 40)])
    packed = {"zstd": zstandard.compress(body), "gzip": gzip.compress(body), "identity": body}

    headers = device.signed(body) | {"Content-Encoding": encoding, "Accept-Encoding": encoding}
    pushed = caller.post("/v1/push", content=packed[encoding], headers=headers)
    pulled = caller.post(
        "/v1/pull", content=b"{}", headers=device.token | {"Accept-Encoding": encoding}
    )

    assert pushed.status_code == 200, pushed.text
    told = "" if encoding == "identity" else encoding
    assert pulled.headers.get("Content-Encoding", "") == told
    assert pulled.headers["Vary"] == "Accept-Encoding"
    assert len(msgspec.json.decode(pulled.content, type=Page).records) == 39


def test_a_form_is_given_as_it_was_published_and_may_be_kept(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    reply = caller.get("/v1/forms/household/1", headers=device.token)
    missing = caller.get("/v1/forms/household/99", headers=device.token)

    assert msgspec.json.decode(reply.content, type=Form) == builtin_forms()["household"]
    assert "immutable" in reply.headers["Cache-Control"]
    assert missing.status_code == 404


def test_a_reassigned_worker_pulls_the_new_grid_and_is_refused_the_old(
    town: ATown, caller: Caller
) -> None:
    device = enrol(town, "g1")
    old = device.enrolled.grids[0].id
    _push(caller, device, _door(device))
    town.clock.at += 1000
    with town.act() as act:
        [duty] = assignments(act.conn, act.who, device.enrolled.worker)
        end_assignment(act, duty.id)
        assign(act, device.enrolled.worker, town.areas["g2"])

    page = _pull(caller, device)
    snapshot = caller.get(f"/v1/snapshot?grid={old}", headers=device.token)

    assert [area.id for area in page.grids] == [town.areas["g2"]]
    assert page.records == []
    assert snapshot.status_code == 404


def test_two_towns_on_one_server_see_nothing_of_each_other(town: ATown, caller: Caller) -> None:
    west = add_east(town.services, town.clock, "west")
    _publish(town, "west")
    ours, theirs = enrol(town, "g1"), enrol(west, "g1")
    record = new_id()
    _push(caller, ours, _door(ours, 1, record))

    assert _pull(caller, theirs).records == []
    stolen = ours.enrolled.token.replace("east.", "west.", 1)
    reply = caller.post("/v1/pull", content=b"{}", headers={"Authorization": f"Bearer {stolen}"})
    assert reply.status_code == 401
    body = ours.push_of()
    reply = caller.post("/v1/push", content=body, headers=ours.signed(body) | theirs.token)
    assert (reply.status_code, reply.json()["code"]) == (401, "bad_signature")


def test_a_forged_cursor_is_refused(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    cursor = _pull(caller, device).cursor
    forged = cursor[:-2] + ("A" if cursor[-2] != "A" else "B") + cursor[-1]

    reply = caller.post("/v1/pull", content=msgspec.json.encode(Pull(forged)), headers=device.token)

    assert (reply.status_code, reply.json()["code"]) == (400, "bad_cursor")


def test_one_bad_change_does_not_stop_the_next(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    bad = device.create(new_id(), "no_such_kind", code="x")

    reply = _push(caller, device, bad, _door(device))

    told = msgspec.json.decode(reply.content, type=PushReply)
    assert [result.outcome for result in told.results] == ["rejected", "applied"]
    assert told.results[0].problem is not None
