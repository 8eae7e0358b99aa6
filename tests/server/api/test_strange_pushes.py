"""Pushes of somebody else, of what is no change, or of too much: answered precisely."""

import gzip
import json

import msgspec
import pytest
import zstandard

from server.api.context import ApiLimits
from server.clock import new_id
from server.db.register_tables import JournalRow, QuarantineRow
from shared.wire import CHANGES_MAX, PushReply
from tests.server.a_town import ATown, add_east
from tests.server.api.caller import Caller, calling, enrol
from tests.server.api.sending import door, publish, push, rows, told

MANY = 10_000
BAD = 4_321

pytestmark = pytest.mark.usefixtures("forms")


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
