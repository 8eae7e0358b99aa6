"""Whatever is sent, the answer is an answer: never a fault of the server, never its inside."""

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.api.context import ApiLimits
from server.forms.builtin import builtin_forms
from server.limits import Rate
from server.office.roles import Action, Role
from server.office.sign_in import Attempt, sign_in
from server.office.sign_in_errors import SignInRefused
from server.office.tokens import give_token
from shared.wire import PushReply
from tests.server.a_town import ATown, make_town
from tests.server.api.caller import Caller, Device, calling, enrol

INSIDE = re.compile(r"Traceback|File \"|sqlite|psycopg|SELECT|site-packages|\.py\b")
PATIENT = ApiLimits(enrolments=Rate(10**6, 1000))
FEW = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

texts = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def _likely(*names: str) -> st.SearchStrategy[bytes]:
    """Objects that have some of the names that a message has, with any value."""
    return st.dictionaries(st.sampled_from(names), values, max_size=len(names)).map(
        lambda said: json.dumps(said).encode()
    )


BODIES = {
    "/v1/enrol": _likely("code", "public_key", "platform", "app", "town"),
    "/v1/pull": _likely("cursor", "limit", "clock", "report"),
    "/v1/push": _likely("device", "after", "clock", "changes", "offsets", "report"),
}


ADMIN_BODIES = {
    "/conflicts/{id}/decision": _likely("value", "base"),
    "/conflicts/{id}/question": _likely("worker", "words"),
    "/duplicates/merge": _likely("merged", "base", "survivor", "survivor_base", "take"),
    "/duplicates/unmerge": _likely("record", "base"),
    "/duplicates/not-the-same": _likely("one", "other"),
    "/quarantine/{id}/1/release": _likely("x"),
    "/quarantine/{id}/1/correction": _likely(
        "kind", "record", "record_kind", "grid", "base", "units"
    ),
    "/quarantine/{id}/1/return": _likely("words"),
    "/quarantine/{id}/1/rejection": _likely("words"),
    "/records/{id}/changes": _likely("kind", "base", "units"),
    "/records/{id}/restore": _likely("unit", "seq", "base"),
}


@pytest.fixture(params=["sqlite", "postgres"])
def device(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[ATown, Device]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    town = make_town(tmp_path, url)
    for form in builtin_forms().values():
        town.services.register.publish_form("east", form)
    return town, enrol(town, "g1")


def _check(caller: Caller, method: str, path: str, body: bytes, device: Device) -> int:
    reply = caller.call(method, path, content=body, headers=device.signed(body))
    assert reply.status_code < 500, (reply.status_code, path, body)
    assert not INSIDE.search(reply.text), reply.text
    if reply.status_code >= 400:
        assert reply.json()["words"].keys() == {"zh", "en"}
    return reply.status_code


def test_no_body_makes_the_server_fail(device: tuple[ATown, Device]) -> None:
    town, phone = device
    with calling(town, PATIENT) as caller:

        @FEW
        @given(st.data())
        def try_one(data: st.DataObject) -> None:
            path = data.draw(st.sampled_from(sorted(BODIES)))
            body = data.draw(BODIES[path] | st.binary(max_size=50))
            _check(caller, "POST", path, body, phone)

        try_one()


def test_no_change_makes_the_server_fail(device: tuple[ATown, Device]) -> None:
    town, phone = device
    template: dict[str, Any] = json.loads(phone.create("r", "dwelling", code="1-1-1-1"))
    names = ("save", "kind", "record", "record_kind", "grid", "worker", "at", "base", "units",
             "old", "form", "visit", "on_behalf_of", "boot", "mono")  # fmt: skip
    with calling(town) as caller:

        @FEW
        @given(st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=4))
        def try_one(wrong: dict[str, object]) -> None:
            change = json.dumps(template | wrong | {"n": phone.n}).encode()
            body = phone.push_of(change)
            reply = caller.post("/v1/push", content=body, headers=phone.signed(body))
            assert reply.status_code in (200, 400), (reply.text, change)
            if reply.status_code == 200:
                told = msgspec.json.decode(reply.content, type=PushReply)
                assert told.last_n == phone.n
                phone.took(change)
                phone.n += 1

        try_one()


def test_no_body_makes_the_admin_api_fail(device: tuple[ATown, Device]) -> None:
    town, phone = device
    town.account("chen", Role.TOWN_ADMIN)
    with town.act() as act:
        token = give_token(act, "chen", "any input", tuple(Action), days=1).token
    headers = {"Authorization": f"Bearer {token}"}
    with calling(town, PATIENT) as caller:
        create = phone.create("r", "household", head_name="张", phone="call me")
        body = phone.push_of(create)
        assert caller.post("/v1/push", content=body, headers=phone.signed(body)).status_code == 200
        ids = ["r", "x", phone.enrolled.device, "'", "%00"]

        @FEW
        @given(st.data())
        def try_one(data: st.DataObject) -> None:
            path = data.draw(st.sampled_from(sorted(ADMIN_BODIES)))
            body = data.draw(ADMIN_BODIES[path] | st.binary(max_size=50))
            address = "/v1/admin" + path.format(id=data.draw(st.sampled_from(ids)))
            reply = caller.post(address, content=body, headers=headers)
            assert reply.status_code < 500, (reply.status_code, address, body)
            assert not INSIDE.search(reply.text), reply.text
            if reply.status_code >= 400:
                assert reply.json()["words"].keys() == {"zh", "en"}

        try_one()
    assert town.services.register.verify("east").well


@pytest.mark.parametrize(
    "path",
    [
        "/v1/admin/conflicts?grid=%00",
        "/v1/admin/conflicts?offset=99999999999999999999999",
        "/v1/admin/conflicts?state=any",
        "/v1/admin/conflicts?unit=' OR '1'='1",
        "/v1/admin/quarantine?which=%ff",
        "/v1/admin/quarantine/%00/1",
        "/v1/admin/quarantine/d/99999999999999999999999",
        "/v1/admin/records/%00",
        "/v1/admin/records/nobody/history",
        "/v1/admin/duplicates?limit=-1",
    ],
)
def test_no_address_of_the_admin_api_makes_the_server_fail(
    device: tuple[ATown, Device], path: str
) -> None:
    town, _ = device
    town.account("chen", Role.TOWN_ADMIN)
    with town.act() as act:
        token = give_token(act, "chen", "any input", tuple(Action), days=1).token
    with calling(town) as caller:
        reply = caller.get(path, headers={"Authorization": f"Bearer {token}"})

    assert reply.status_code in (200, 400, 404)
    assert not INSIDE.search(reply.text), reply.text


@pytest.mark.parametrize(
    "path",
    [
        "/v1/snapshot?grid=%00",
        "/v1/snapshot?grid=x&after=%00",
        "/v1/snapshot?grid=x&seq=-1",
        "/v1/snapshot?grid=x&seq=99999999999999999999999",
        "/v1/snapshot?grid=x&limit=99999999999999999999999",
        "/v1/snapshot?grid=%ff%fe",
        "/v1/snapshot?grid=' OR '1'='1",
        "/v1/forms/%00/1",
        "/v1/forms/household/%00",
        "/v1/forms/..%2f..%2fkeys.json/1",
        "/v1/forms/household/" + "9" * 5000,
    ],
)
def test_no_address_makes_the_server_fail(device: tuple[ATown, Device], path: str) -> None:
    town, phone = device
    with calling(town) as caller:
        assert _check(caller, "GET", path, b"", phone) in (400, 404)


@pytest.mark.parametrize("where", ["town", "device"])
def test_no_token_makes_the_server_fail(device: tuple[ATown, Device], where: str) -> None:
    town, _ = device
    wrong = "x" * 5000
    token = f"{wrong}.d.s" if where == "town" else f"east.{wrong}.{b64encode(b'0' * 32).decode()}"
    with calling(town) as caller:
        reply = caller.post("/v1/pull", headers={"Authorization": f"Bearer {token}"})

    assert reply.status_code == 401


@pytest.mark.parametrize("login", ["\0", "x" * 5000, "' OR 1=1 --", "\ud800", "陈"])
def test_no_login_makes_the_server_fail(device: tuple[ATown, Device], login: str) -> None:
    services = device[0].services
    with pytest.raises(SignInRefused):
        sign_in(services.engine, services.keys, Attempt(login, "x"), device[0].clock)
