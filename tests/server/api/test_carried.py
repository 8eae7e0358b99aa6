"""Work that comes by hand: sealed to the town, taken once, refused when it was touched."""

import secrets
from base64 import b64decode

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select
from sqlmodel import col

from server.clock import new_id
from server.db.engine import reading
from server.db.office_tables import AuditRow, DeviceRow
from server.forms.builtin import builtin_forms
from server.office.audit import Deed
from server.office.devices import mark_lost
from server.office.town_keys import town_key
from shared.carry import MAGIC, CarryOver, NoCarryOver, SignedPush, opened, sealed
from shared.wire import CarriedReply, Problem, PushReply
from tests.server.a_town import ATown, add_east
from tests.server.api.caller import Caller, Device, enrol

MADE = 1_789_000_000_000


@pytest.fixture
def town(town: ATown) -> ATown:
    for form in builtin_forms().values():
        town.services.register.publish_form("east", form)
    return town


def door(device: Device, number: int = 1) -> bytes:
    return device.create(new_id(), "dwelling", code=f"3-1-02-{number:05d}", status="occupied")


def file_of(device: Device, *changes: bytes, town: str = "east") -> bytes:
    body = device.push_of(*changes)
    carried = CarryOver(
        device.enrolled.device, MADE, (SignedPush(body.decode(), device.phone.signature(body)),)
    )
    key = b64decode(device.enrolled.town_key)
    return sealed(carried, town, key, secrets.token_bytes(32))


def bring(caller: Caller, colleague: Device, file: bytes) -> httpx.Response:
    return caller.post("/v1/carry-over", content=file, headers=colleague.token)


def taken(reply: httpx.Response) -> int:
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=CarriedReply).taken


def code(reply: httpx.Response) -> str:
    problem = msgspec.json.decode(reply.content, type=Problem)
    assert reply.status_code == 400
    assert problem.words.zh
    assert problem.words.en
    return problem.code


def records(town: ATown) -> int:
    register = town.services.register
    return register.verify("east").records


def test_a_colleague_brings_work_once_however_often_she_brings_it(
    town: ATown, caller: Caller
) -> None:
    absent, colleague = enrol(town, "g1"), enrol(town, "g3", staff_no="W2")
    changes = [door(absent, number) for number in (1, 2, 3)]
    file = file_of(absent, *changes)

    told = [taken(bring(caller, colleague, file)) for _ in range(2)]
    body = absent.push_of(*changes)
    itself = caller.post("/v1/push", content=body, headers=absent.signed(body))

    assert told == [3, 0]
    assert records(town) == 3
    reply = msgspec.json.decode(itself.content, type=PushReply)
    assert [result.outcome for result in reply.results] == ["applied"] * 3
    assert records(town) == 3


def test_work_that_the_phone_sent_itself_meanwhile_is_not_taken_again(
    town: ATown, caller: Caller
) -> None:
    absent, colleague = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    first, second = door(absent, 1), door(absent, 2)
    file = file_of(absent, first, second)
    body = absent.push_of(first)
    caller.post("/v1/push", content=body, headers=absent.signed(body))

    assert taken(bring(caller, colleague, file)) == 1
    assert records(town) == 2


@pytest.mark.parametrize("place", [0, len(MAGIC), len(MAGIC) + 40, -1])
def test_a_file_that_was_touched_is_refused_in_one_sentence(
    town: ATown, caller: Caller, place: int
) -> None:
    device = enrol(town, "g1")
    file = bytearray(file_of(device, door(device)))
    file[place] ^= 1

    assert code(bring(caller, device, bytes(file))) == "carry_over_broken"
    assert records(town) == 0


@pytest.mark.parametrize("file", [b"", b"PK\3\4", MAGIC, MAGIC + b"x" * 500])
def test_what_is_no_such_file_is_refused(town: ATown, caller: Caller, file: bytes) -> None:
    assert code(bring(caller, enrol(town, "g1"), file)) == "carry_over_broken"


def test_only_the_towns_key_opens_it(town: ATown, caller: Caller) -> None:
    west = add_east(town.services, town.clock, "west")
    device, other = enrol(town, "g1"), enrol(west, "g1")
    file = file_of(device, door(device))

    assert device.enrolled.town_key != other.enrolled.town_key
    assert code(bring(caller, other, file)) == "carry_over_broken"
    with pytest.raises(NoCarryOver):
        opened(file, "east", X25519PrivateKey.generate().private_bytes_raw())
    assert opened(file, "east", town_key(town.services.keys, "east")).made == MADE
    assert b"3-1-02" not in file


def test_the_signature_of_another_phone_is_refused(town: ATown, caller: Caller) -> None:
    device, other = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    body = device.push_of(door(device))
    forged = CarryOver(
        device.enrolled.device, MADE, (SignedPush(body.decode(), other.phone.signature(body)),)
    )
    file = sealed(forged, "east", b64decode(device.enrolled.town_key), secrets.token_bytes(32))

    assert code(bring(caller, other, file)) == "carry_over_broken"
    assert records(town) == 0


def test_a_file_of_a_lost_phone_is_refused(town: ATown, caller: Caller) -> None:
    lost, colleague = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    file = file_of(lost, door(lost))
    with town.act() as act:
        mark_lost(act, lost.enrolled.device, "不见了")

    assert code(bring(caller, colleague, file)) == "carry_over_revoked"
    assert records(town) == 0


def test_a_file_made_before_the_phone_got_a_new_id_would_double_and_is_refused(
    town: ATown, caller: Caller
) -> None:
    device, colleague = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    file = file_of(device, door(device))
    caller.post("/v1/incarnation", content=b"{}", headers=device.signed(b"{}"))

    assert code(bring(caller, colleague, file)) == "carry_over_old"
    assert records(town) == 0


def test_a_file_that_lacks_what_was_made_before_it_is_refused(town: ATown, caller: Caller) -> None:
    device, colleague = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")
    first, second = door(device, 1), door(device, 2)
    device.took(first)

    assert code(bring(caller, colleague, file_of(device, second))) == "carry_over_incomplete"


def test_bringing_says_nothing_of_when_the_phone_was_heard_of_and_is_audited(
    town: ATown, caller: Caller
) -> None:
    absent, colleague = enrol(town, "g1"), enrol(town, "g1", staff_no="W2")

    bring(caller, colleague, file_of(absent, door(absent)))

    with reading(town.services.engine) as conn:
        mine = col(DeviceRow.id) == absent.enrolled.device
        row = conn.execute(select(DeviceRow).where(mine)).one()
        deeds = conn.execute(
            select(col(AuditRow.actor), col(AuditRow.object)).where(
                col(AuditRow.action) == Deed.CARRIED_OVER.value
            )
        ).all()
    assert row.last_contact is None
    assert row.clock_offset is None
    assert row.last_n == 1
    assert [tuple(deed) for deed in deeds] == [(colleague.enrolled.device, absent.enrolled.device)]
