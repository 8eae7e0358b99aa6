"""Pushes in which one change cannot be read: it is named and kept, and the others are taken."""

import re
from collections.abc import Callable

import msgspec
import pytest

from server.clock import new_id
from server.db.engine import reading
from server.db.register_tables import JournalRow, QuarantineRow
from server.office.roles import Role
from server.register.file_uses import Uses
from server.register.intake import TEXT
from server.register.sealing import Seal
from shared.wire import FIRST_DIGEST, PushReply
from tests.server.a_town import TOWN, ATown
from tests.server.api.admin_office import Office
from tests.server.api.caller import Caller, Device, enrol
from tests.server.api.sending import door, publish, push, rows, told

HASH = b'{"sha256":"' + b"a" * 64 + b'","size":3,"type":"image/png"}'
HEAD = b'{"device":"%s","after":"%s","clock":{"wall":1,"boot":"b","mono":1},'
UNREADABLE = {
    "half a character": b'"\\ud83d"',
    "no character": b'"\xff\xfe"',
    "a file beside no character": b'[{"photo":' + HASH + b'},"\xff"]',
    "no number": b"NaN",
    "deep": b"[" * 200 + b"]" * 200,
    "too deep for any reader": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "an unescaped line end": b'"a\nb"',
    "brackets in a text": b'"[{]},\\"[\\ud83d"',
}


@pytest.fixture
def device(town: ATown) -> Device:
    publish(town)
    return enrol(town, "g1")


def replied(caller: Caller, device: Device, *changes: bytes) -> PushReply:
    reply = push(caller, device, *changes)
    assert reply.status_code == 200, reply.text
    return msgspec.json.decode(reply.content, type=PushReply)


def odd(device: Device, part: bytes, *, in_unit: bool) -> bytes:
    """A change with the part as an answer, or in a field that only a newer app knows."""
    change = door(device)
    if in_unit:
        return change.replace(b'"occupied"', part)
    return change.replace(b"{", b'{"of_a_newer_app":' + part + b",", 1)


@pytest.mark.parametrize("in_unit", [True, False], ids=["unit", "field"])
def test_each_change_that_cannot_be_read_is_named_and_the_others_are_taken(
    office: Office, *, in_unit: bool
) -> None:
    device = office.phone
    pairs = [(odd(device, part, in_unit=in_unit), door(device)) for part in UNREADABLE.values()]
    changes = [change for pair in pairs for change in pair]

    reply = replied(office.caller, device, *changes)
    again = replied(office.caller, device, *changes)

    told = {name: reply.results[place * 2] for place, name in enumerate(UNREADABLE)}
    codes = {name: result.problem and result.problem.code for name, result in told.items()}
    assert codes == dict.fromkeys(UNREADABLE, "not_understood")
    assert {result.outcome for result in told.values()} == {"rejected"}
    assert {result.outcome for result in reply.results[1::2]} == {"applied"}
    assert again.results == reply.results
    device.took(*changes)
    assert reply.digest == device.digest


def test_what_could_not_be_read_stops_nobody_who_reads_it_later(office: Office) -> None:
    device = office.phone
    replied(office.caller, device, *[odd(device, p, in_unit=False) for p in UNREADABLE.values()])
    office.use(office.town.account("zhou", Role.TOWN_ADMIN).login)
    place = f"/quarantine/{device.enrolled.device}"

    shown = [office.get(f"{place}/{n}").status_code for n in range(1, device.n + 1)]
    released = {told(office.post(f"{place}/{n}/release")) for n in range(1, device.n + 1)}
    services = office.town.services
    with reading(services.engine) as conn:
        files = Uses(conn, TOWN).waiting(Seal(services.keys))

    assert set(shown) == {200}
    assert released == {(422, "not_releasable")}
    assert files == set()  # what nobody can read names nothing


@pytest.mark.parametrize("unit", ["@alias", "dwelling"])
@pytest.mark.parametrize("value", [["x"], {"a": 1}, 7, True])
def test_what_names_another_record_by_no_id_is_answered_by_itself(
    town: ATown, caller: Caller, device: Device, unit: str, value: object
) -> None:
    household = new_id()
    created = device.create(household, "household", head_name="甲")
    odd = device.create(household, "household", **{unit: value}).replace(b'"create"', b'"set"')

    reply = replied(caller, device, created, odd, door(device))

    assert [result.outcome for result in reply.results] == ["applied", "rejected", "applied"]
    assert rows(town, QuarantineRow) == 1


@pytest.mark.parametrize("spelt", [str.upper, lambda text: f"{{{text}}}", lambda text: text[:8]])
def test_a_new_record_whose_id_would_stand_elsewhere_in_another_order_is_refused(
    town: ATown, caller: Caller, device: Device, spelt: Callable[[str], str]
) -> None:
    record = new_id()
    odd = device.create(spelt(record), "household", head_name="甲")

    reply = replied(caller, device, odd, door(device))

    assert spelt(record) != record
    assert [result.outcome for result in reply.results] == ["rejected", "applied"]
    assert rows(town, QuarantineRow) == 1


@pytest.mark.parametrize("n", [0, -1, -(2**63) - 1, -(10**30)])
def test_a_number_that_no_change_has_is_refused_and_writes_nothing(
    town: ATown, caller: Caller, device: Device, n: int
) -> None:
    change = door(device).replace(b'"n":1', f'"n":{n}'.encode())

    assert told(push(caller, device, change)) == (400, "not_understood")
    assert rows(town, JournalRow) == rows(town, QuarantineRow) == 0


@pytest.mark.parametrize("n", [2, 2**53 + 1, 2**63, 10**30])
def test_a_number_far_ahead_is_a_gap(caller: Caller, device: Device, n: int) -> None:
    change = door(device).replace(b'"n":1', f'"n":{n}'.encode())

    assert told(push(caller, device, change)) == (409, "gap")


@pytest.mark.parametrize(
    "spelt", [str.upper, lambda text: text[2:], lambda text: text[:-2] + "  ", lambda _: ""]
)
def test_a_chain_that_is_spelt_otherwise_is_no_fork(
    caller: Caller, device: Device, spelt: Callable[[str], str]
) -> None:
    first = door(device)
    push(caller, device, first)
    device.took(first)
    device.digest = spelt(device.digest)
    body = device.push_of(door(device))

    reply = caller.post("/v1/push", content=body, headers=device.signed(body))

    assert device.digest != FIRST_DIGEST
    assert told(reply) == (400, "not_understood")


@pytest.mark.parametrize(
    "body",
    [
        HEAD + b'"changes":[NaN',
        b'{"device":"%s","after":"%s","clock":NaN,"changes":[{"n":1}]}',
        HEAD + b'"changes":[NaN,]}',
        HEAD + b'"changes":[NaN],"changes":[{"n":1}]}',
        b'["%s","%s",{"changes":[NaN]}]',
    ],
    ids=["cut short", "no clock", "nothing after a comma", "two lists", "no object"],
)
def test_what_is_no_push_at_all_is_refused_as_a_whole(
    town: ATown, caller: Caller, device: Device, body: bytes
) -> None:
    sent = body % (device.enrolled.device.encode(), device.digest.encode())

    reply = caller.post("/v1/push", content=sent, headers=device.signed(sent))

    assert told(reply) == (400, "not_understood")
    assert rows(town, QuarantineRow) == 0


@pytest.mark.parametrize("end", [b"", b"\\"])
def test_a_text_without_an_end_is_looked_through_once_and_not_from_each_quote(end: bytes) -> None:
    assert len(re.findall(TEXT, b'"' + b'\\"' * 1000 + end)) == 1
