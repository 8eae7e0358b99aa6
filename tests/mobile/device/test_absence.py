"""What becomes of a device that the office has not heard of for long, or calls lost."""

import sqlite3

import pytest
from sqlalchemy import select
from sqlmodel import col

from mobile.errors import AwayTooLong, DamagedRow, KeysDestroyed, Locked
from mobile.sync.trouble import Trouble
from server.db.engine import reading
from server.db.office_tables import DeviceRow
from server.office.devices import mark_lost
from server.office.rescues import agree
from server.office.roles import Role
from shared.rescue import RescueState
from tests.mobile.field import PIN, Fault, Field, Phone, open_device, synced
from tests.mobile.kit import create, shown

DAY = 24 * 60 * 60 * 1000
NEW_PIN = "502619"


def worked(field: Field) -> tuple[Phone, str]:
    """A phone that is offline, locked, and has unsent work."""
    phone, record = field.phone(), ""
    synced(phone)
    record = phone.clock.new_id()
    phone.store.save([create("household", record, head_name="李芳")])
    phone.device.lock()
    phone.line.down = True
    return phone, record


def lose(field: Field, phone: Phone) -> None:
    with field.town.act() as act:
        mark_lost(act, phone.device.accounts()[0].device, "丢在公交车上")


def status(field: Field) -> str:
    with reading(field.town.services.engine) as conn:
        phones = select(col(DeviceRow.status)).where(col(DeviceRow.kind) == "phone")
        return conn.execute(phones).scalar_one()


def test_the_thirteenth_day_offline_opens_and_the_fourteenth_asks_the_office(field: Field) -> None:
    phone, record = worked(field)
    phone.clock.tick(13 * DAY)
    phone.device.unlock(phone.account, PIN)
    warned = phone.device.status().words
    phone.device.lock()
    phone.clock.tick(DAY)

    with pytest.raises(AwayTooLong) as refused:
        phone.device.unlock(phone.account, PIN)
    with pytest.raises(Locked):
        _ = phone.device.store
    phone.line.down = False
    phone.device.unlock(phone.account, PIN)

    assert "1 天" in warned.zh
    assert "14" in refused.value.words.zh
    assert shown(phone.store, record)["head_name"] == "李芳"
    assert phone.store.counts().unsent == 0, "asking the office was a sync"


def test_setting_the_clock_back_gains_no_day(field: Field) -> None:
    phone, _ = worked(field)
    phone.clock.tick(13 * DAY)
    phone.device.unlock(phone.account, PIN)
    phone.device.lock()
    phone.clock.wall -= 10 * DAY
    phone.clock.boot_id = "boot-2"
    phone.device.unlock(phone.account, PIN)
    phone.device.lock()
    phone.clock.tick(DAY)

    with pytest.raises(AwayTooLong):
        phone.device.unlock(phone.account, PIN)


def test_taking_the_note_of_the_last_contact_away_gains_nothing(field: Field) -> None:
    phone, _ = worked(field)
    with sqlite3.connect(phone.home / "accounts" / phone.account / "store.db") as conn:
        conn.execute("DELETE FROM kept WHERE name = 'away'")

    with pytest.raises(AwayTooLong):
        phone.device.unlock(phone.account, PIN)


def test_a_lost_device_wipes_itself_at_contact_and_says_so(field: Field) -> None:
    phone, _ = worked(field)
    phone.device.unlock(phone.account, PIN)
    before = len(field.town.services.register.records(field.town.who.town, []))
    lose(field, phone)
    phone.line.down = False

    report = phone.device.sync()

    assert (report.state, report.sent) == ("lost", 0)
    assert phone.device.accounts() == ()
    assert not list((phone.home / "accounts").iterdir())
    assert not list((phone.home / "keys").iterdir())
    assert status(field) == "wiped"
    assert len(field.town.services.register.records(field.town.who.town, [])) == before
    assert "POST /v1/push" not in phone.line.asked[phone.line.asked.index("POST /v1/wiped") :]


def test_a_receipt_that_was_not_heard_is_sent_at_the_next_start(field: Field) -> None:
    phone = field.phone()
    lose(field, phone)

    phone.line.plan.extend([Fault.NONE, Fault.LOSE_REQUEST])
    phone.device.sync()
    phone.line.down = True
    phone.device.send_receipts()
    unheard = status(field)
    phone.line.down = False

    again = open_device(phone.home, phone.line, phone.clock)
    again.send_receipts()

    assert (unheard, status(field)) == ("lost", "wiped")
    assert not list((phone.home / "receipts").iterdir())


def test_a_lost_device_that_was_away_too_long_shows_nothing_before_it_is_wiped(
    field: Field,
) -> None:
    phone, _ = worked(field)
    lose(field, phone)
    phone.clock.tick(14 * DAY)
    phone.line.down = False

    with pytest.raises(KeysDestroyed):
        phone.device.unlock(phone.account, PIN)

    assert phone.device.accounts() == ()
    assert status(field) == "wiped"


def let_in(field: Field, phone: Phone, admins: int = 2) -> None:
    rescue = phone.device.rescues.ask(phone.account).rescue
    assert rescue is not None
    others = [field.town.account(f"admin{n}", Role.TOWN_ADMIN) for n in range(1, admins)]
    for who in (field.town.who, *others):
        with field.town.act(who) as act:
            agree(act, rescue.id)


def test_a_forgotten_pin_is_replaced_and_the_unsent_work_is_there(field: Field) -> None:
    phone, record = worked(field)
    phone.line.down = False
    let_in(field, phone)
    phone.device = open_device(phone.home, phone.line, phone.clock)  # killed while it waited

    granted = phone.device.rescues.look(phone.account)
    phone.device.rescues.finish(phone.account, NEW_PIN)
    phone.device.unlock(phone.account, NEW_PIN)

    assert granted.state is RescueState.GRANTED
    assert shown(phone.store, record)["head_name"] == "李芳"
    assert phone.store.counts().unsent == 1
    assert synced(phone).sent == 1
    assert phone.device.rescues.waiting(phone.account) is None


def test_one_admin_opens_nothing(field: Field) -> None:
    phone, _ = worked(field)
    phone.line.down = False
    let_in(field, phone, admins=1)

    waiting = phone.device.rescues.look(phone.account)

    assert (waiting.state, waiting.rescue and waiting.rescue.answer) == (RescueState.HALF, "")
    with pytest.raises(DamagedRow):
        phone.device.rescues.finish(phone.account, NEW_PIN)


def test_a_lost_device_that_asks_to_be_let_in_is_wiped(field: Field) -> None:
    phone, _ = worked(field)
    lose(field, phone)
    phone.line.down = False

    with pytest.raises(Trouble):
        phone.device.rescues.ask(phone.account)

    assert phone.device.accounts() == ()
