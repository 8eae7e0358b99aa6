"""Enrolling phones, and losing them."""

import re

import pytest
from sqlalchemy import update

from server.db.engine import writing
from server.db.office_tables import EnrolmentCodeRow
from server.office.assignments import dismiss_worker
from server.office.devices import (
    Unauthorised,
)
from server.office.enrolment import TRIES_MAX, EnrolmentRefused, enrol
from server.office.enrolment_codes import CODE_ALPHABET, enrolment_link, give_code, read_code
from server.office.errors import OfficeRefused
from shared.fingerprint import fingerprint
from shared.wire import Enrol, Enrolled, Report
from tests.server.a_town import MINUTE, ATown, Phone


def _enrol(town: ATown, code: str, phone: Phone) -> Enrolled:
    services = town.services
    wanted = Enrol(code, phone.public_key, "test", "0.1.0")
    return enrol(services.engine, services.keys, wanted, town.clock)


def test_a_code_reads_like_three_groups_of_crockfords_letters(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))

    assert re.fullmatch(f"([{CODE_ALPHABET}]{{4}}-){{2}}[{CODE_ALPHABET}]{{4}}", code)


def test_a_code_makes_a_device_of_its_own_worker(town: ATown) -> None:
    worker, phone = town.worker("W1", "g1"), Phone()

    enrolled = _enrol(town, town.code(worker), phone)

    known = town.known(enrolled.token)
    assert (known.worker_id, known.id) == (worker, enrolled.device)
    assert known.grids == (town.areas["g1"],)
    assert known.public_key == phone.public_key
    assert [area.id for area in enrolled.grids] == [town.areas["g1"]]
    assert enrolled.fingerprint == fingerprint(phone.public_key)


def test_neither_code_nor_token_lies_in_the_database(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))
    enrolled = _enrol(town, code, Phone())
    town.services.engine.dispose()

    home = town.services.settings.home
    kept = b"".join(path.read_bytes() for path in home.glob("doorstep.db*"))
    assert code.replace("-", "")[4:].encode() not in kept
    assert enrolled.token.rsplit(".", 1)[1].encode() not in kept
    assert enrolled.device.encode() in kept  # what is kept would have been found


def test_a_code_works_once(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))
    _enrol(town, code, Phone())

    with pytest.raises(EnrolmentRefused, match="code_used"):
        _enrol(town, code, Phone())


def test_a_phone_whose_answer_was_lost_gets_its_device_again(town: ATown) -> None:
    code, phone = town.code(town.worker("W1", "g1")), Phone()
    lost = _enrol(town, code, phone)

    again = _enrol(town, code, phone)

    assert again.device == lost.device
    assert town.known(again.token).id == again.device
    with pytest.raises(Unauthorised):
        town.known(lost.token)


def test_a_used_code_is_dead_once_its_device_was_heard_of(town: ATown) -> None:
    code, phone = town.code(town.worker("W1", "g1")), Phone()
    enrolled = _enrol(town, code, phone)
    town.services.register.contact(town.known(enrolled.token), None, Report(unsent=3))

    with pytest.raises(EnrolmentRefused, match="code_used"):
        _enrol(town, code, phone)


def test_a_code_expires(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    code, late = town.code(worker, 15), town.code(worker, 15)

    town.clock.at += 15 * MINUTE - 1
    _enrol(town, code, Phone())
    town.clock.at += 1

    with pytest.raises(EnrolmentRefused, match="code_expired"):
        _enrol(town, late, Phone())


def test_five_wrong_tries_kill_a_code(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    code, other = town.code(worker), town.code(worker)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")

    for _ in range(TRIES_MAX):
        with pytest.raises(EnrolmentRefused, match="code_wrong"):
            _enrol(town, wrong, Phone())

    with pytest.raises(EnrolmentRefused, match="code_wrong"):
        _enrol(town, code, Phone())
    assert _enrol(town, other, Phone()).worker == worker


def test_four_wrong_tries_do_not(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))

    for _ in range(TRIES_MAX - 1):
        with pytest.raises(EnrolmentRefused):
            _enrol(town, code[:5] + "0000-0000", Phone())

    assert _enrol(town, code, Phone()).device


@pytest.mark.parametrize("typed", ["", "K7Q2", "不是注册码", "💥" * 3000, "K7Q2-9FHM-3XWP"])
def test_a_code_that_nobody_gave_is_wrong(town: ATown, typed: str) -> None:
    with pytest.raises(EnrolmentRefused, match="code_wrong"):
        _enrol(town, typed, Phone())


def test_a_code_may_be_typed_as_people_read_it(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))
    typed = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")

    assert _enrol(town, typed, Phone()).device
    assert read_code("ｋ７ｑ２—9fhm 3xwp") == read_code("K7Q2-9FHM-3XWP")


def test_a_code_is_for_its_own_worker_even_when_another_types_it(town: ATown) -> None:
    ours, theirs = town.worker("W1", "g1"), town.worker("W3", "g3")
    town.code(ours)

    enrolled = _enrol(town, town.code(theirs), Phone())

    assert enrolled.worker == theirs
    assert [area.id for area in enrolled.grids] == [town.areas["g3"]]


def test_who_has_left_neither_gets_nor_uses_a_code(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    code = town.code(worker)
    with town.act() as act:
        dismiss_worker(act, worker)

    with pytest.raises(EnrolmentRefused, match="code_expired"):
        _enrol(town, code, Phone())
    with pytest.raises(OfficeRefused, match="worker_left"), town.act() as act:
        give_code(act, worker)


@pytest.mark.parametrize("key", ["", "x", "AAAA", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUR"])
def test_a_key_that_is_none_spends_nothing(town: ATown, key: str) -> None:
    code = town.code(town.worker("W1", "g1"))
    services = town.services

    with pytest.raises(OfficeRefused, match="not_understood"):
        enrol(services.engine, services.keys, Enrol(code, key), town.clock)

    assert _enrol(town, code, Phone()).device


def test_the_link_of_the_qr_code_survives_any_server_address() -> None:
    link = enrolment_link("https://镇.example/a b?x=1&code=no", "K7Q2-9FHM-3XWP")

    from urllib.parse import parse_qs, urlsplit

    parts = urlsplit(link)
    assert parts.scheme == "doorstep"
    assert parts.netloc == "enrol"
    assert parse_qs(parts.query) == {
        "server": ["https://镇.example/a b?x=1&code=no"],
        "code": ["K7Q2-9FHM-3XWP"],
    }


def test_a_code_of_another_town_is_unknown_here(town: ATown) -> None:
    from tests.server.a_town import add_east

    west = add_east(town.services, town.clock, "west")
    code = west.code(west.worker("W1", "g1"))
    services = town.services

    with pytest.raises(EnrolmentRefused, match="code_wrong"):
        enrol(services.engine, services.keys, Enrol(code, Phone().public_key, town="east"))
    with pytest.raises(OfficeRefused, match="which_town"):
        enrol(services.engine, services.keys, Enrol(code, Phone().public_key))


def test_a_stolen_code_row_is_worth_nothing_without_the_servers_key(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))
    with writing(town.services.engine) as conn:
        from hashlib import sha256

        plain = sha256(code.replace("-", "")[4:].encode()).hexdigest()
        conn.execute(update(EnrolmentCodeRow).values(secret_hash=plain))

    with pytest.raises(EnrolmentRefused):
        _enrol(town, code, Phone())
