"""Enrolling over HTTP, and who is answered after."""

import msgspec
import pytest

from server.api.context import ApiLimits
from server.clock import new_id
from server.limits import Rate
from server.office.devices import device as device_of
from server.office.devices import mark_lost, revoke
from server.office.enrolment import TRIES_MAX
from server.office.people import DeviceStatus
from shared.rescue import Wiped
from shared.wire import (
    FIRST_DIGEST,
    Enrol,
    Enrolled,
    Incarnate,
    Link,
    Problem,
    PushReply,
    encode,
)
from tests.server.a_town import MINUTE, NOW, ATown, Phone
from tests.server.api.caller import Caller, Device, calling, enrol


def _asked(code: str, phone: Phone) -> bytes:
    return msgspec.json.encode(Enrol(code, phone.public_key, "test", "0.1.0"))


def _problem(content: bytes) -> Problem:
    return msgspec.json.decode(content, type=Problem)


def test_a_code_enrols_a_phone(town: ATown, caller: Caller) -> None:
    code, phone = town.code(town.worker("W1", "g1")), Phone()

    reply = caller.post("/v1/enrol", content=_asked(code, phone))

    assert reply.status_code == 200
    enrolled = msgspec.json.decode(reply.content, type=Enrolled)
    assert enrolled.town_name == "东镇"
    assert [area.code for area in enrolled.grids] == ["329901100001001"]


def test_each_refused_code_says_what_to_do(town: ATown, caller: Caller) -> None:
    worker = town.worker("W1", "g1")
    used, late, dead = town.code(worker), town.code(worker, 1), town.code(worker)
    caller.post("/v1/enrol", content=_asked(used, Phone()))
    for _ in range(TRIES_MAX):
        caller.post("/v1/enrol", content=_asked(dead[:5] + "0000-0000", Phone()))
    town.clock.at += MINUTE

    told = {}
    for code in (used, late, dead, "K7Q2-9FHM-3XWP"):
        reply = caller.post("/v1/enrol", content=_asked(code, Phone()))
        told[code] = (reply.status_code, _problem(reply.content).code)

    assert list(told.values()) == [
        (401, "code_used"),
        (401, "code_expired"),
        (401, "code_wrong"),
        (401, "code_wrong"),
    ]


def test_one_address_cannot_guess_on_and_on(town: ATown) -> None:
    limits = ApiLimits(enrolments=Rate(3, MINUTE))
    code = town.code(town.worker("W1", "g1"))
    with calling(town, limits) as caller:
        wrong = [caller.post("/v1/enrol", content=b"{}").status_code for _ in range(3)]
        refused = caller.post("/v1/enrol", content=_asked(code, Phone()))
        town.clock.at += MINUTE
        later = caller.post("/v1/enrol", content=_asked(code, Phone()))

    assert wrong == [400, 400, 400]
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert later.status_code == 200


ENDPOINTS = (
    ("POST", "/v1/push"),
    ("POST", "/v1/pull"),
    ("POST", "/v1/incarnation"),
    ("GET", "/v1/snapshot?grid=x"),
    ("GET", "/v1/forms/household/1"),
)


def _statuses(caller: Caller, device: Device, token: dict[str, str]) -> set[tuple[int, str]]:
    body = b"{}"
    signed = {"Doorstep-Signature": device.phone.signature(body)}
    told = set()
    for method, path in ENDPOINTS:
        reply = caller.call(method, path, content=body, headers=token | signed)
        told.add((reply.status_code, _problem(reply.content).code))
    return told


@pytest.mark.parametrize(
    "token",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer east.nobody.secret"},
        {"Authorization": "Bearer a.b.c.d"},
        {"Authorization": "Basic ZWFzdDpu"},
        {"Authorization": "Bearer ' OR 1=1 --.x.y"},
    ],
)
def test_no_endpoint_answers_without_a_token(
    town: ATown, caller: Caller, token: dict[str, str]
) -> None:
    device = enrol(town, "g1")

    assert _statuses(caller, device, token) == {(401, "unauthorised")}


def test_a_revoked_device_is_refused_everywhere_at_once(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    with town.act() as act:
        revoke(act, device.enrolled.device, "试")

    assert _statuses(caller, device, device.token) == {(401, "revoked")}


def test_a_lost_device_is_told_to_destroy_its_keys_everywhere(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    with town.act() as act:
        mark_lost(act, device.enrolled.device, "试")

    assert _statuses(caller, device, device.token) == {(410, "lost")}


def test_a_forked_device_goes_on_and_its_old_id_is_told_so(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")

    reply = caller.post("/v1/incarnation", content=b"{}", headers=device.signed(b"{}"))
    enrolled = msgspec.json.decode(reply.content, type=Enrolled)
    old = caller.post("/v1/pull", content=b"{}", headers=device.token)
    again = caller.post("/v1/incarnation", content=b"{}", headers=device.signed(b"{}"))

    assert enrolled.device != device.enrolled.device
    assert (old.status_code, _problem(old.content).code) == (409, "fork")
    assert again.status_code == 200


@pytest.mark.parametrize(("own", "agreed"), [(3, 3), (2, 2), (1, 1), (0, 0)])
def test_a_new_incarnation_is_told_up_to_where_both_chains_are_one(
    town: ATown, caller: Caller, own: int, agreed: int
) -> None:
    device = enrol(town, "g1")
    digests = [FIRST_DIGEST]
    for _ in range(3):
        change = device.create(new_id(NOW), "household", head_name="李芳")
        push = device.push_of(change)
        reply = caller.post("/v1/push", content=push, headers=device.signed(push))
        device.took(change)
        digests.append(msgspec.json.decode(reply.content, type=PushReply).digest)
    chain = [Link(n, digests[n] if n <= own else "f" * 64) for n in (-1, 1, 2, 3, 4, 2**62)]
    body = encode(Incarnate(chain))

    reply = caller.post("/v1/incarnation", content=body, headers=device.signed(body))

    enrolled = msgspec.json.decode(reply.content, type=Enrolled)
    assert (enrolled.last_n, enrolled.digest) == (agreed, digests[agreed])


def test_a_new_incarnation_needs_the_devices_key(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    stolen = Device(device.enrolled, Phone())

    reply = caller.post("/v1/incarnation", content=b"{}", headers=stolen.signed(b"{}"))

    assert (reply.status_code, _problem(reply.content).code) == (401, "bad_signature")


@pytest.mark.parametrize("signature", ["", "AAAA", "不是", "=" * 88])
def test_a_push_must_be_signed(town: ATown, caller: Caller, signature: str) -> None:
    device = enrol(town, "g1")
    headers = {
        b"Authorization": device.token["Authorization"].encode(),
        b"Doorstep-Signature": signature.encode(),
    }

    reply = caller.post("/v1/push", content=device.push_of(), headers=headers)

    assert (reply.status_code, _problem(reply.content).code) == (401, "bad_signature")


def test_a_signature_is_of_one_body_only(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    body = device.push_of()
    headers = device.signed(body)

    reply = caller.post("/v1/push", content=body.replace(b"boot", b"root"), headers=headers)

    assert reply.status_code == 401


def test_a_device_pushes_in_its_own_name_only(town: ATown, caller: Caller) -> None:
    one, other = enrol(town, "g1"), enrol(town, "g3", staff_no="W3")
    body = other.push_of()

    reply = caller.post("/v1/push", content=body, headers=one.signed(body))

    assert (reply.status_code, _problem(reply.content).code) == (400, "not_understood")


def test_a_lost_phone_says_that_it_is_wiped_once_and_for_all(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    body = encode(Wiped(device.enrolled.device, 7))
    early = caller.post("/v1/wiped", content=body, headers=device.signed(body))
    with town.act() as act:
        mark_lost(act, device.enrolled.device, "丢在公交车上")
    unsigned = caller.post("/v1/wiped", content=body, headers=device.token)

    replies = [
        caller.post("/v1/wiped", content=body, headers=device.signed(body)).status_code
        for _ in range(2)
    ]
    with town.act() as act:
        seen = device_of(act.conn, act.who, device.enrolled.device)

    assert (early.status_code, unsigned.status_code, replies) == (401, 401, [204, 204])
    assert (seen.status, seen.lost_at, seen.wiped_at) == (DeviceStatus.WIPED, NOW, NOW)
    assert caller.post("/v1/pull", content=b"{}", headers=device.token).status_code == 410
