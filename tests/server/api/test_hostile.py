"""Cursors and bodies of somebody else, from another time, or too many: answered precisely."""

import gzip
import json
from base64 import urlsafe_b64decode

import httpx
import msgspec
import pytest
import zstandard
from sqlalchemy import func, select

from server.api.context import ApiLimits
from server.clock import new_id
from server.db.engine import reading
from server.db.register_tables import JournalRow, QuarantineRow
from server.forms.builtin import builtin_forms
from server.register.cursors import Cursor, write_cursor
from server.register.forgetting import Keeping
from shared.wire import CHANGES_MAX, Page, Problem, Pull, PushReply
from tests.server.a_town import ATown, add_east, make_town
from tests.server.api.caller import Caller, Device, calling, enrol

DAY_MS = 24 * 60 * 60 * 1000
MANY = 10_000
BAD = 4_321


@pytest.fixture
def town(town: ATown) -> ATown:
    publish(town, "east")
    return town


def publish(town: ATown, name: str) -> None:
    for form in builtin_forms().values():
        town.services.register.publish_form(name, form)


def door(device: Device, number: int = 1) -> bytes:
    return device.create(new_id(), "dwelling", code=f"3-1-02-{number:05d}", status="occupied")


def push(caller: Caller, device: Device, *changes: bytes) -> httpx.Response:
    body = device.push_of(*changes)
    return caller.post("/v1/push", content=body, headers=device.signed(body))


def pull(caller: Caller, device: Device, cursor: str | None) -> httpx.Response:
    return caller.post("/v1/pull", content=msgspec.json.encode(Pull(cursor)), headers=device.token)


def page(reply: httpx.Response) -> Page:
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=Page)


def told(reply: httpx.Response) -> tuple[int, str]:
    problem = msgspec.json.decode(reply.content, type=Problem)
    assert problem.words.zh
    assert problem.words.en
    return reply.status_code, problem.code


def rows(town: ATown, table: type[JournalRow | QuarantineRow]) -> int:
    with reading(town.services.engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def content_of(cursor: str) -> Cursor:
    part = cursor.split(".")[1]
    return msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=Cursor)


def signed(town: ATown, cursor: Cursor) -> str:
    """As only the server can sign it."""
    return write_cursor(cursor, town.services.keys.cursor)


# ---- cursors ---------------------------------------------------------------------------------


def test_a_cursor_with_another_content_under_its_signature_is_refused(
    town: ATown, caller: Caller
) -> None:
    device = enrol(town, "g1")
    good = page(pull(caller, device, None)).cursor
    other = write_cursor(content_of(good), b"x" * 32)
    swapped = ".".join((good.split(".")[0], other.split(".")[1] + "AA", good.split(".")[2]))

    answers = [pull(caller, device, cursor) for cursor in (other, swapped, "v9.a.b", "v1", "." * 9)]

    assert [told(answer) for answer in answers] == [(400, "bad_cursor")] * 5


def test_a_cursor_from_the_future_is_of_another_history(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    push(caller, device, door(device))
    now = content_of(page(pull(caller, device, None)).cursor)
    ahead = msgspec.structs.replace(now, grids={grid: seq + 1 for grid, seq in now.grids.items()})

    assert told(pull(caller, device, signed(town, ahead))) == (410, "epoch")
    assert page(pull(caller, device, signed(town, now))).records == []


def test_a_cursor_of_another_epoch_starts_over(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    now = content_of(page(pull(caller, device, None)).cursor)
    other = msgspec.structs.replace(now, epoch="0" * 16)

    assert told(pull(caller, device, signed(town, other))) == (410, "epoch")


def test_a_cursor_that_is_too_old_starts_over(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    push(caller, device, first := door(device, 1))
    old = page(pull(caller, device, None)).cursor
    device.took(first)
    push(caller, device, door(device, 2))
    town.clock.at += 400 * DAY_MS
    town.services.register.forget("east", Keeping())

    assert told(pull(caller, device, old)) == (410, "too_old")


def test_a_cursor_of_another_town_is_refused(town: ATown, caller: Caller) -> None:
    west = add_east(town.services, town.clock, "west")
    publish(town, "west")
    ours, theirs = enrol(town, "g1"), enrol(west, "g1")
    cursor = page(pull(caller, theirs, None)).cursor

    assert told(pull(caller, ours, cursor)) == (400, "bad_cursor")
    own = page(pull(caller, ours, None)).cursor
    assert told(pull(caller, ours, f"{own},{cursor}")) == (400, "bad_cursor")


def test_a_cursor_of_another_device_opens_no_other_grid(town: ATown, caller: Caller) -> None:
    ours, theirs = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    push(caller, ours, door(ours))
    push(caller, theirs, door(theirs))
    foreign = page(pull(caller, theirs, None)).cursor

    got = page(pull(caller, ours, foreign))

    ours_now = page(pull(caller, ours, None))
    assert [record.id for record in got.records] == [record.id for record in ours_now.records]
    assert content_of(got.cursor).grids.keys() == {ours.enrolled.grids[0].id}
    assert got.checksums.keys() == {ours.enrolled.grids[0].id}


def test_a_cursor_names_no_grid_that_its_device_may_not_hold(town: ATown, caller: Caller) -> None:
    device, theirs = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    push(caller, theirs, door(theirs))
    now = content_of(page(pull(caller, device, None)).cursor)
    wider = msgspec.structs.replace(now, grids={**now.grids, town.areas["g3"]: 0})

    got = page(pull(caller, device, signed(town, wider)))

    assert got.records == []
    assert town.areas["g3"] not in content_of(got.cursor).grids


def test_a_huge_cursor_is_refused(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    assert told(pull(caller, device, "v1." + "A" * 100_000 + ".B")) == (400, "bad_cursor")


# ---- bodies ----------------------------------------------------------------------------------


def test_a_push_in_the_name_of_another_device_is_refused(town: ATown, caller: Caller) -> None:
    ours, theirs = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    body = theirs.push_of(door(theirs))

    stolen = caller.post("/v1/push", content=body, headers=ours.signed(body))
    replayed = caller.post("/v1/push", content=body, headers=theirs.signed(body) | ours.token)
    unsigned = caller.post("/v1/push", content=body, headers=theirs.token)

    assert told(stolen) == (400, "not_understood")
    assert told(replayed) == (401, "bad_signature")
    assert told(unsigned) == (401, "bad_signature")
    assert rows(town, JournalRow) == rows(town, QuarantineRow) == 0


def test_a_push_of_another_town_is_refused(town: ATown, caller: Caller) -> None:
    west = add_east(town.services, town.clock, "west")
    publish(town, "west")
    ours, theirs = enrol(town, "g1"), enrol(west, "g1")
    body = theirs.push_of(theirs.create(new_id(), "dwelling", code="1", status="occupied"))

    reply = caller.post("/v1/push", content=body, headers=ours.signed(body))

    assert told(reply) == (400, "not_understood")
    assert rows(town, JournalRow) == 0


def test_a_signature_of_another_body_is_refused(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    body = device.push_of(door(device))
    other = body.replace(b'"occupied"', b'"vacant"  ')

    assert told(caller.post("/v1/push", content=other, headers=device.signed(body))) == (
        401,
        "bad_signature",
    )


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
def test_the_signature_is_of_the_json_whatever_carries_it(
    town: ATown, caller: Caller, encoding: str
) -> None:
    device = enrol(town, "g1")
    body = device.push_of(door(device))
    packed = zstandard.compress(body) if encoding == "zstd" else gzip.compress(body)
    headers = {"Content-Encoding": encoding}

    of_json = caller.post("/v1/push", content=packed, headers=device.signed(body) | headers)
    of_packed = caller.post("/v1/push", content=packed, headers=device.signed(packed) | headers)

    assert of_json.status_code == 200
    assert told(of_packed) == (401, "bad_signature")


@pytest.mark.parametrize(
    "changes",
    [
        [b"1"],
        [b"null"],
        [b"{}"],
        [b'{"n":"one"}'],
        [b'{"n":1}'],
        [b'{"n":1,"kind":"explode"}'],
        [b'"text"', b"[]"],
    ],
)
def test_changes_that_are_none_are_each_answered_and_kept(
    town: ATown, caller: Caller, changes: list[bytes]
) -> None:
    device = enrol(town, "g1")

    reply = push(caller, device, *changes)

    answer = msgspec.json.decode(reply.content, type=PushReply)
    assert [result.n for result in answer.results] == list(range(1, len(changes) + 1))
    assert {result.outcome for result in answer.results} == {"rejected"}
    assert {r.problem.code for r in answer.results if r.problem} == {"not_understood"}
    assert rows(town, QuarantineRow) == len(changes)
    device.took(*changes)
    device.n = len(changes)
    after = msgspec.json.decode(push(caller, device, door(device)).content, type=PushReply)
    assert [result.outcome for result in after.results] == ["applied"]


def test_numbers_that_jump_inside_a_push_are_refused_as_a_whole(
    town: ATown, caller: Caller
) -> None:
    device = enrol(town, "g1")
    first, _, third = (door(device, number) for number in (1, 2, 3))

    reply = push(caller, device, first, third)

    assert told(reply) == (400, "not_understood")
    assert rows(town, JournalRow) == 0


def test_of_ten_thousand_changes_one_bad_is_named_and_nothing_else_is_touched(
    town: ATown, caller: Caller
) -> None:
    device = enrol(town, "g1")
    outcomes: dict[int, str] = {}
    for start in range(0, MANY, CHANGES_MAX):
        changes = [
            device.create(new_id(), "no_such_kind", code="x")
            if number == BAD
            else door(device, number)
            for number in range(start + 1, start + CHANGES_MAX + 1)
        ]
        reply = msgspec.json.decode(push(caller, device, *changes).content, type=PushReply)
        device.took(*changes)
        assert reply.digest == device.digest
        outcomes |= {result.n: result.outcome for result in reply.results}

    assert len(outcomes) == MANY
    assert [n for n, outcome in outcomes.items() if outcome != "applied"] == [BAD]
    assert outcomes[BAD] == "rejected"
    assert rows(town, JournalRow) == MANY - 1
    assert rows(town, QuarantineRow) == 1


def test_a_push_of_more_than_one_body_may_hold_is_too_large_and_writes_nothing(
    town: ATown,
) -> None:
    device = enrol(town, "g1")
    body = device.push_of(*[door(device, number) for number in range(1, 400)])
    packed = zstandard.compress(body)
    limits = ApiLimits(body_max=len(body) - 1)
    headers = device.signed(body) | {"Content-Encoding": "zstd"}

    with calling(town, limits) as caller:
        opened = caller.post("/v1/push", content=packed, headers=headers)
        plain = caller.post("/v1/push", content=body, headers=device.signed(body))

    assert len(packed) < limits.body_max  # small on the wire
    assert told(opened) == told(plain) == (413, "too_large")
    assert rows(town, JournalRow) == 0


def test_the_limits_are_served_with_enrolment_and_every_push(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    reply = push(caller, device, door(device))

    limits = json.loads(reply.content)["limits"]
    assert (limits["changes"], limits["bytes"]) == (CHANGES_MAX, 512 * 1024)
    assert device.enrolled.limits.changes == CHANGES_MAX


# ---- too many at once ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/v1/push", "/v1/pull", "/v1/incarnation", "/v1/enrol"])
def test_with_a_full_house_every_door_says_when_to_come_back(town: ATown, path: str) -> None:
    import sqlalchemy

    device = enrol(town, "g1")
    statements: list[object] = []
    with calling(town, ApiLimits(open_max=0)) as caller:
        listen = sqlalchemy.event.listen
        listen(town.services.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
        body = device.push_of(door(device))
        reply = caller.post(path, content=body, headers=device.signed(body))

    assert told(reply) == (503, "busy")
    assert int(reply.headers["Retry-After"]) >= 1
    assert statements == []


def test_a_town_made_twice_has_cursors_of_its_own(town: ATown, caller: Caller) -> None:
    """Two servers with towns of one name: the cursor of one opens nothing at the other."""
    other = make_town(town.services.settings.home / "other")
    publish(other, "east")
    ours, theirs = enrol(town, "g1"), enrol(other, "g1")
    with calling(other) as there:
        cursor = page(pull(there, theirs, None)).cursor

    assert told(pull(caller, ours, cursor)) == (400, "bad_cursor")
