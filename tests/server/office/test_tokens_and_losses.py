"""What a phone's token opens, and phones that are lost, left behind or copied."""

import pytest
from sqlmodel import col

from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.office.assignments import dismiss_worker
from server.office.devices import (
    Lost,
    Revoked,
    Unauthorised,
    device,
    devices,
    mark_lost,
    revoke,
)
from server.office.enrolment import incarnate
from server.office.people import DeviceStatus
from shared.fingerprint import fingerprint
from shared.wire import FIRST_DIGEST, Report
from tests.server.a_town import ATown, Phone


@pytest.mark.parametrize("spoil", [str.upper, lambda t: t[:-1], lambda t: t + "x", lambda _: ""])
def test_a_token_must_be_right_to_the_last_letter(town: ATown, spoil: object) -> None:
    token = town.enrolled(town.worker("W1", "g1"), Phone()).token
    assert callable(spoil)

    with pytest.raises(Unauthorised):
        town.known(spoil(token))


def test_the_secret_of_one_device_does_not_open_another(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    one, other = town.enrolled(worker, Phone()), town.enrolled(worker, Phone())
    mixed = f"east.{one.device}.{other.token.rsplit('.', 1)[1]}"

    with pytest.raises(Unauthorised):
        town.known(mixed)


def test_a_lost_device_is_told_so_and_a_revoked_one_is_not_answered(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    lost, revoked = town.enrolled(worker, Phone()), town.enrolled(worker, Phone())
    with town.act() as act:
        mark_lost(act, lost.device, "丢在公交车上")
        revoke(act, revoked.device, "换新手机")

    with pytest.raises(Lost):
        town.known(lost.token)
    with pytest.raises(Revoked):
        town.known(revoked.token)
    with pytest.raises(Unauthorised):
        town.known(f"east.{lost.device}.guess")


def test_a_lost_device_stays_lost(town: ATown) -> None:
    lost = town.enrolled(town.worker("W1", "g1"), Phone())
    with town.act() as act:
        mark_lost(act, lost.device, "")
        revoke(act, lost.device, "")

    with pytest.raises(Lost):
        town.known(lost.token)


def test_the_devices_of_who_left_are_answered_no_more(town: ATown) -> None:
    worker = town.worker("W1", "g1")
    enrolled = town.enrolled(worker, Phone())
    with town.act() as act:
        dismiss_worker(act, worker)

    with pytest.raises(Revoked):
        town.known(enrolled.token)


def test_a_fork_goes_on_under_a_new_id_with_the_same_key(town: ATown) -> None:
    phone = Phone()
    before = town.enrolled(town.worker("W1", "g1"), phone)
    services = town.services

    after = incarnate(services.engine, services.keys, town.known(before.token), town.clock)

    assert after.device != before.device
    assert town.known(after.token).public_key == phone.public_key
    assert town.known(before.token).status is DeviceStatus.RETIRED
    with reading(services.engine) as conn:
        row = conn.execute(
            DeviceRow.__table__.select().where(col(DeviceRow.id) == after.device)  # type: ignore[attr-defined]  # SQLModel's
        ).one()
    assert (row.continues, row.last_n, row.digest) == (before.device, 0, FIRST_DIGEST)


def test_all_incarnations_of_a_lost_phone_are_lost(town: ATown) -> None:
    first = town.enrolled(town.worker("W1", "g1"), Phone())
    other = town.enrolled(town.worker("W2", "g1"), Phone())
    services = town.services
    second = incarnate(services.engine, services.keys, town.known(first.token), town.clock)
    third = incarnate(services.engine, services.keys, town.known(second.token), town.clock)

    with town.act() as act:
        mark_lost(act, second.device, "")

    for enrolled in (first, second, third):
        with pytest.raises(Lost):
            town.known(enrolled.token)
    assert town.known(other.token).id == other.device


def test_the_office_sees_whose_device_it_is_and_what_it_said_last(town: ATown) -> None:
    enrolled = town.enrolled(town.worker("W1", "g1"), Phone())
    said = Report("0.1.1", unsent=9, free_bytes=7)
    town.services.register.contact(town.known(enrolled.token), None, said)

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
