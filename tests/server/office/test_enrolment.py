"""Enrolling phones, and losing them."""

import re

import pytest
from sqlalchemy import update
from sqlmodel import col

from server.db.engine import reading, writing
from server.db.office_tables import DeviceRow, EnrolmentCodeRow
from server.office.assignments import dismiss_worker
from server.office.devices import (
    Lost,
    Revoked,
    Unauthorised,
    authenticate,
    device,
    devices,
    mark_lost,
    revoke,
)
from server.office.enrolment import TRIES_MAX, EnrolmentRefused, enrol, incarnate
from server.office.enrolment_codes import CODE_ALPHABET, enrolment_link, give_code, read_code
from server.office.errors import OfficeRefused
from server.office.people import DeviceIdentity, DeviceStatus
from shared.fingerprint import fingerprint
from shared.wire import FIRST_DIGEST, Enrol, Enrolled, Report
from tests.server.a_town import MINUTE, ATown, Phone


def _enrol(town: ATown, code: str, phone: Phone) -> Enrolled:
    services = town.services
    wanted = Enrol(code, phone.public_key, "test", "0.1.0")
    return enrol(services.engine, services.keys, wanted, town.clock)


def _known(town: ATown, token: str) -> DeviceIdentity:
    with reading(town.services.engine) as conn:
        return authenticate(conn, token, town.clock())


def test_a_code_reads_like_three_groups_of_crockfords_letters(town: ATown) -> None:
    code = town.code(town.worker("W1", "g1"))

    assert re.fullmatch(f"([{CODE_ALPHABET}]{{4}}-){{2}}[{CODE_ALPHABET}]{{4}}", code)


def test_a_code_makes_a_device_of_its_own_worker(town: ATown) -> None:
    worker, phone = town.worker("W1", "g1"), Phone()

    enrolled = _enrol(town, town.code(worker), phone)

    known = _known(town, enrolled.token)
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
    assert _known(town, again.token).id == again.device
    with pytest.raises(Unauthorised):
        _known(town, lost.token)


def test_a_used_code_is_dead_once_its_device_was_heard_of(town: ATown) -> None:
    code, phone = town.code(town.worker("W1", "g1")), Phone()
    enrolled = _enrol(town, code, phone)
    town.services.register.contact(_known(town, enrolled.token), None, Report(unsent=3))

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


@pytest.mark.parametrize("spoil", [str.upper, lambda t: t[:-1], lambda t: t + "x", lambda _: ""])
def test_a_token_must_be_right_to_the_last_letter(town: ATown, spoil: object) -> None:
    token = town.enrolled(town.worker("W1", "g1"), Phone()).token
    assert callable(spoil)

    with pytest.raises(Unauthorised):
        _known(town, spoil(token))


def test_the_secret_of_one_device_does_not_open_another(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    one, other = town.enrolled(worker, Phone()), town.enrolled(worker, Phone())
    mixed = f"east.{one.device}.{other.token.rsplit('.', 1)[1]}"

    with pytest.raises(Unauthorised):
        _known(town, mixed)


def test_a_lost_device_is_told_so_and_a_revoked_one_is_not_answered(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    lost, revoked = town.enrolled(worker, Phone()), town.enrolled(worker, Phone())
    with town.act() as act:
        mark_lost(act, lost.device, "丢在公交车上")
        revoke(act, revoked.device, "换新手机")

    with pytest.raises(Lost):
        _known(town, lost.token)
    with pytest.raises(Revoked):
        _known(town, revoked.token)
    with pytest.raises(Unauthorised):
        _known(town, f"east.{lost.device}.guess")


def test_a_lost_device_stays_lost(town: ATown) -> None:
    lost = town.enrolled(town.worker("W1", "g1"), Phone())
    with town.act() as act:
        mark_lost(act, lost.device, "")
        revoke(act, lost.device, "")

    with pytest.raises(Lost):
        _known(town, lost.token)


def test_the_devices_of_who_left_are_answered_no_more(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    enrolled = town.enrolled(worker, Phone())
    with town.act() as act:
        dismiss_worker(act, worker)

    with pytest.raises(Revoked):
        _known(town, enrolled.token)


def test_a_fork_goes_on_under_a_new_id_with_the_same_key(town: ATown) -> None:
    phone = Phone()
    before = town.enrolled(town.worker("W1", "g1"), phone)
    services = town.services

    after = incarnate(services.engine, services.keys, _known(town, before.token), town.clock)

    assert after.device != before.device
    assert _known(town, after.token).public_key == phone.public_key
    assert _known(town, before.token).status is DeviceStatus.RETIRED
    with reading(services.engine) as conn:
        row = conn.execute(
            DeviceRow.__table__.select().where(col(DeviceRow.id) == after.device)  # type: ignore[attr-defined]  # SQLModel's
        ).one()
    assert (row.continues, row.last_n, row.digest) == (before.device, 0, FIRST_DIGEST)


def test_all_incarnations_of_a_lost_phone_are_lost(town: ATown) -> None:
    first = town.enrolled(town.worker("W1", "g1"), Phone())
    other = town.enrolled(town.worker("W2", "g1"), Phone())
    services = town.services
    second = incarnate(services.engine, services.keys, _known(town, first.token), town.clock)
    third = incarnate(services.engine, services.keys, _known(town, second.token), town.clock)

    with town.act() as act:
        mark_lost(act, second.device, "")

    for enrolled in (first, second, third):
        with pytest.raises(Lost):
            _known(town, enrolled.token)
    assert _known(town, other.token).id == other.device


def test_the_office_sees_whose_device_it_is_and_what_it_said_last(town: ATown) -> None:
    enrolled = town.enrolled(town.worker("W1", "g1"), Phone())
    said = Report("0.1.1", unsent=9, free_bytes=7)
    town.services.register.contact(_known(town, enrolled.token), None, said)

    with town.act() as act:
        [seen] = devices(act.conn, act.who)
    assert (seen.worker_name, seen.last_contact) == ("工W1", town.clock())
    assert (seen.app, seen.unsent, seen.free_bytes) == ("0.1.1", 9, 7)


def test_phone_and_office_read_out_the_same_six_words(town: ATown) -> None:
    phone = Phone()
    enrolled = town.enrolled(town.worker("W1", "g1"), phone)

    with town.act() as act:
        seen = device(act.conn, act.who, enrolled.device)
    for language in ("zh", "en"):
        assert seen.words(language) == fingerprint(phone.public_key, language)
        assert len(seen.words(language).split()) == 6
    assert fingerprint(Phone().public_key) != fingerprint(phone.public_key)


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
