"""Asking to be let in over HTTP: without a device's token, at a bounded rate, with a secret."""

import msgspec

from server.api.context import ApiLimits
from server.limits import Rate
from server.office.rescues import agree
from server.office.roles import Role
from shared.rescue import Rescue, RescueState
from shared.wire import encode
from tests.server.a_town import MINUTE, ATown
from tests.server.api.caller import Caller, calling, enrol
from tests.server.asking import INSIDE, LockedPhone


def test_a_locked_phone_asks_waits_fetches_and_is_done(town: ATown, caller: Caller) -> None:
    phone = LockedPhone.of(town, enrol(town, "g1").enrolled)
    reply = caller.post("/v1/rescue", content=encode(phone.asks()))
    rescue = msgspec.json.decode(reply.content, type=Rescue)
    headers = {"Authorization": f"Bearer {phone.token(rescue.id)}"}
    for who in (town.who, town.account("chen", Role.TOWN_ADMIN)):
        with town.act(who) as act:
            agree(act, rescue.id)

    granted = msgspec.json.decode(caller.get("/v1/rescue", headers).content, type=Rescue)
    done = [caller.call("DELETE", "/v1/rescue", headers=headers).status_code for _ in range(2)]
    ended = msgspec.json.decode(caller.get("/v1/rescue", headers).content, type=Rescue)

    assert (reply.status_code, rescue.state) == (201, RescueState.ASKED)
    assert phone.opens(granted.answer) == INSIDE
    assert (done, ended.state, ended.answer) == ([204, 204], RescueState.ENDED, "")


def test_nobody_else_learns_of_it(town: ATown, caller: Caller) -> None:
    device = enrol(town, "g1")
    caller.post("/v1/rescue", content=encode(LockedPhone.of(town, device.enrolled).asks()))

    for headers in ({}, device.token, {"Authorization": "Bearer a.b.c"}):
        for method in ("GET", "DELETE"):
            assert caller.call(method, "/v1/rescue", headers=headers).status_code == 401


def test_one_address_cannot_ask_on_and_on(town: ATown) -> None:
    phone = LockedPhone.of(town, enrol(town, "g1").enrolled)
    with calling(town, ApiLimits(enrolments=Rate(3, MINUTE))) as caller:
        tries = [caller.post("/v1/rescue", content=encode(phone.asks())) for _ in range(4)]

    assert [reply.status_code for reply in tries] == [201, 201, 201, 429]
