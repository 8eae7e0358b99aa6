"""The office and the API on a real PostgreSQL."""

import threading
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.clock import new_id
from server.db.engine import reading, writing
from server.db.errors import DatabaseError
from server.forms.builtin import builtin_forms
from server.office.audit import check
from server.office.devices import devices
from server.office.enrolment import enrol as spend
from server.office.errors import OfficeRefused
from server.office.roles import Role
from server.office.sign_in import Attempt, sign_in
from server.office.sign_in_errors import SignInRefused
from shared.wire import Enrol, Page, PushReply
from tests.server.a_town import PASSWORD, ATown, Phone, make_town
from tests.server.api.caller import calling, enrol


@pytest.fixture
def town(tmp_path: Path, postgres_url: str) -> ATown:
    made = make_town(tmp_path, postgres_url)
    for form in builtin_forms().values():
        made.services.register.publish_form("east", form)
    return made


def test_a_phone_syncs_and_an_admin_signs_in(town: ATown) -> None:
    town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    device = enrol(town, "c1")
    services = town.services
    with pytest.raises(SignInRefused):
        sign_in(services.engine, services.keys, Attempt("chen", "wrong"), town.clock)
    entered = sign_in(services.engine, services.keys, Attempt("chen", PASSWORD), town.clock)

    with calling(town) as caller:
        body = device.push_of(device.create(new_id(), "dwelling", code="3-1-02-201"))
        pushed = caller.post("/v1/push", content=body, headers=device.signed(body))
        said = b'{"report":{"app":"0.1.0","unsent":99999999999}}'
        pulled = caller.post("/v1/pull", content=said, headers=device.token)
        metrics = caller.get("/metrics").text

    assert entered.who.role is Role.COMMUNITY_ADMIN
    reply = msgspec.json.decode(pushed.content, type=PushReply)
    assert [result.outcome for result in reply.results] == ["applied"]
    assert len(msgspec.json.decode(pulled.content, type=Page).records) == 1
    assert 'doorstep_devices_active{town="east"} 1.0' in metrics
    with town.act(entered.who) as act:
        [seen] = devices(act.conn, act.who)
    assert seen.app == "0.1.0"


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"])
def test_the_audit_trail_cannot_be_changed(town: ATown, statement: str) -> None:
    with pytest.raises((DatabaseError, DBAPIError)), writing(town.services.engine) as conn:
        conn.execute(text(statement))

    with reading(town.services.engine) as conn:
        assert check(conn, town.services.keys.audit, "east").broken_at is None


def test_a_code_spent_by_two_phones_at_once_makes_one_device(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))
    services = town.services
    told: list[str] = []
    ready = threading.Barrier(4)

    def spend_it() -> None:
        ready.wait(10)
        try:
            wanted = Enrol(code, Phone().public_key)
            told.append(spend(services.engine, services.keys, wanted, town.clock).device)
        except OfficeRefused as error:
            told.append(error.code)

    threads = [threading.Thread(target=spend_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(told)[1:] == ["code_used"] * 3
    with town.act() as act:
        assert len(devices(act.conn, act.who)) == 1


def test_acts_side_by_side_make_one_whole_audit_chain(town: ATown) -> None:
    def act(number: int) -> None:
        town.worker(f"W{number}", "g1")

    threads = [threading.Thread(target=act, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with reading(town.services.engine) as conn:
        found = check(conn, town.services.keys.audit, "east")
        workers = conn.execute(text("SELECT count(*) FROM worker")).scalar_one()
    assert (found.broken_at, workers) == (None, 8)
