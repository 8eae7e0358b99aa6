"""A forgotten PIN: two different admins let a phone in, one does not, and nobody else is let in."""

import pytest
from sqlalchemy import select
from sqlmodel import col

from server.db.engine import reading
from server.db.office_tables import AuditRow, RescueRow
from server.errors import NotFound
from server.office.devices import Lost, Revoked, Unauthorised, mark_lost, revoke
from server.office.errors import NotAllowed, OfficeRefused
from server.office.rescues import HOURS, agree, ask, end, refuse, standing, waiting
from server.office.roles import Role
from shared.boxes import NotOpened
from shared.fingerprint import fingerprint
from shared.rescue import Rescue, RescueState
from tests.server.a_town import MINUTE, ATown, Phone
from tests.server.asking import INSIDE, LockedPhone

OVER = HOURS * 60 * MINUTE


@pytest.fixture
def phone(town: ATown) -> LockedPhone:
    return LockedPhone.of(town, town.enrolled(town.worker("W1", "g1"), Phone()))


def asked(phone: LockedPhone, **other: str) -> Rescue:
    services = phone.town.services
    return ask(services.engine, services.keys, phone.asks(**other), phone.town.clock)


def now(phone: LockedPhone, rescue: str) -> Rescue:
    town = phone.town
    return standing(town.services.engine, phone.token(rescue), town.clock)


def test_two_admins_let_a_phone_in_and_only_it_can_open_the_answer(
    town: ATown, phone: LockedPhone
) -> None:
    second = town.account("chen", Role.COMMUNITY_ADMIN, "c1")
    rescue = asked(phone)
    with town.act() as act:
        assert agree(act, rescue.id) is RescueState.HALF
    half = now(phone, rescue.id)
    with town.act(second) as act:
        assert agree(act, rescue.id) is RescueState.GRANTED

    granted = now(phone, rescue.id)

    assert (half.state, half.answer) == (RescueState.HALF, "")
    assert phone.opens(granted.answer) == INSIDE
    with pytest.raises(NotOpened):
        LockedPhone(town, phone.worker, phone.device).opens(granted.answer)


def test_one_admin_is_not_enough_however_often_she_agrees(town: ATown, phone: LockedPhone) -> None:
    rescue = asked(phone)
    with town.act() as act:
        agree(act, rescue.id)

    with pytest.raises(OfficeRefused, match="rescue_same"), town.act() as act:
        agree(act, rescue.id)

    assert now(phone, rescue.id).state is RescueState.HALF


@pytest.mark.parametrize(
    ("role", "place", "refusal"),
    [
        (Role.GRID_LEADER, "g1", NotAllowed),
        (Role.AUDITOR, "town", NotAllowed),
        (Role.COMMUNITY_ADMIN, "c2", NotFound),
    ],
)
def test_who_has_no_say_there_lets_nobody_in(
    town: ATown, phone: LockedPhone, role: Role, place: str, refusal: type[Exception]
) -> None:
    rescue, who = asked(phone), town.account("someone", role, place)

    with pytest.raises(refusal), town.act(who) as act:
        agree(act, rescue.id)


def test_the_office_reads_the_words_that_the_phone_shows(town: ATown, phone: LockedPhone) -> None:
    asked(phone)

    with reading(town.services.engine) as conn:
        (request,) = waiting(conn, town.who, town.clock())

    assert request.worker_name == "工W1"
    assert request.words("zh") == fingerprint(phone.asks().waiting, "zh")


def test_asking_again_after_a_lost_answer_is_the_same_request(
    town: ATown, phone: LockedPhone
) -> None:
    first, again = asked(phone), asked(phone)
    another = asked(LockedPhone(town, phone.worker, phone.device))

    assert again.id == first.id
    assert another.id != first.id
    assert now(phone, first.id).state is RescueState.ENDED, "only the newest request stands"


def test_what_is_not_from_the_vault_of_that_worker_is_no_request(
    town: ATown, phone: LockedPhone
) -> None:
    colleague = LockedPhone.of(town, town.enrolled(town.worker("W2", "g2"), Phone()))

    for other in (
        {"box": colleague.asks().box},
        {"account": "account-2"},
        {"device": colleague.device},
        {"device": "nobody"},
        {"waiting": "AAAA"},
        {"secret_hash": "00"},
        {"box": "?"},
    ):
        with pytest.raises(Unauthorised):
            asked(phone, **other)


def test_nobody_fetches_an_answer_without_the_secret(town: ATown, phone: LockedPhone) -> None:
    rescue = asked(phone)

    for token in (f"{phone.town.who.town}.{rescue.id}.guess", rescue.id, "", "a.b.c"):
        with pytest.raises(Unauthorised):
            standing(town.services.engine, token, town.clock)


def test_a_request_stands_for_a_day(town: ATown, phone: LockedPhone) -> None:
    rescue = asked(phone)
    town.clock.at += OVER - 1
    almost = now(phone, rescue.id).state
    town.clock.at += 1

    assert (almost, now(phone, rescue.id).state) == (RescueState.ASKED, RescueState.ENDED)
    with pytest.raises(OfficeRefused, match="rescue_over"), town.act() as act:
        agree(act, rescue.id)


def test_one_refusal_ends_it(town: ATown, phone: LockedPhone) -> None:
    rescue = asked(phone)
    with town.act() as act:
        refuse(act, rescue.id, "不是本人")

    assert now(phone, rescue.id).state is RescueState.REFUSED
    with pytest.raises(OfficeRefused, match="rescue_over"), town.act() as act:
        agree(act, rescue.id)


def test_a_lost_or_revoked_phone_is_not_let_in(town: ATown, phone: LockedPhone) -> None:
    rescue, revoked = asked(phone), LockedPhone.of(town, town.enrolled(town.worker("W2"), Phone()))
    with town.act() as act:
        mark_lost(act, phone.device, "试")
        revoke(act, revoked.device, "试")

    with pytest.raises(Lost):
        now(phone, rescue.id)
    with pytest.raises(Lost):
        asked(phone)
    with pytest.raises(Revoked):
        asked(revoked)
    with pytest.raises(OfficeRefused, match="rescue_over"), town.act() as act:
        agree(act, rescue.id)


def test_when_it_is_used_nothing_of_it_is_kept_but_who_agreed(
    town: ATown, phone: LockedPhone
) -> None:
    second, rescue = town.account("chen", Role.COMMUNITY_ADMIN, "c1"), asked(phone)
    for who in (town.who, second):
        with town.act(who) as act:
            agree(act, rescue.id)
    for _ in range(2):
        end(town.services.engine, town.services.keys, phone.token(rescue.id), town.clock)

    with reading(town.services.engine) as conn:
        row = conn.execute(select(RescueRow)).one()
        trail = conn.execute(
            select(col(AuditRow.action), col(AuditRow.actor)).where(
                col(AuditRow.object) == rescue.id
            )
        ).all()

    assert (row.state, row.box, row.answer) == ("ended", None, None)
    assert [tuple(each) for each in trail] == [
        ("rescue_asked", phone.device),
        ("rescue_agreed", town.who.id),
        ("rescue_granted", second.id),
        ("rescue_used", phone.device),
    ]
