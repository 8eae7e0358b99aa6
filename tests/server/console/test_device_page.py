"""One device: how it stands, and whose records it has held."""

from msgspec.structs import replace
from sqlalchemy import update
from sqlmodel import col

from server.db.engine import writing
from server.db.office_tables import DeviceRow
from server.office.assignments import assign
from server.office.devices import mark_lost
from server.office.people import DeviceStatus
from server.office.receipts import take_receipt
from server.office.rescues import ask, standing
from shared.fingerprint import fingerprint
from tests.server.a_town import MINUTE
from tests.server.asking import INSIDE, LockedPhone
from tests.server.console.world import Desk, FieldPhone

DAY = 24 * 60 * MINUTE


def heard(desk: Desk, phone: FieldPhone, **values: int) -> None:
    """The device was in contact now, and said so much of itself."""
    with writing(desk.town.services.engine) as conn:
        conn.execute(
            update(DeviceRow)
            .where(
                col(DeviceRow.town_id) == desk.town.who.town, col(DeviceRow.id) == phone.device.id
            )
            .values(last_contact=desk.now, **values)
        )


def test_a_device_is_told_of_with_what_it_held(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    desk.household(phone)
    heard(desk, phone, unsent=3, free_bytes=512 * 1024 * 1024)

    page = desk.signed_in("leader").get(f"/console/devices/{phone.device.id}")

    assert "剩余存储 约 512 MB" in page.text
    assert "未上报 3" in page.text
    assert "区域g1 1 " in page.text


def test_a_duty_that_began_after_its_last_contact_was_never_on_it(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    heard(desk, phone)
    desk.town.clock.at += DAY
    with desk.town.act() as act:
        assign(act, phone.device.worker_id, desk.town.areas["g2"])
    browser = desk.signed_in("town")
    assert "区域g2" not in browser.get(f"/console/devices/{phone.device.id}").text

    heard(desk, phone)

    assert "区域g2" in browser.get(f"/console/devices/{phone.device.id}").text


def test_a_device_that_never_came_back_held_nothing(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    with writing(desk.town.services.engine) as conn:
        conn.execute(update(DeviceRow).values(last_contact=None))

    page = desk.signed_in("town").get(f"/console/devices/{phone.device.id}")

    assert "从未收到过内容" in page.text


def test_a_device_of_another_area_is_not_there(desk: Desk) -> None:
    foreign = desk.phone("W9", "g3")

    assert desk.signed_in("leader").get(f"/console/devices/{foreign.device.id}").status == 404


def test_a_lost_device_is_wiped_only_when_it_says_so(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    with desk.town.act() as act:
        mark_lost(act, phone.device.id, "丢在公交车上")
    browser, path = desk.signed_in("town"), f"/console/devices/{phone.device.id}"
    lost = browser.get(path).text
    services = desk.town.services
    told = replace(phone.device, status=DeviceStatus.LOST)
    take_receipt(services.engine, services.keys, told, desk.town.clock)

    wiped = browser.get(path).text

    assert "尚未确认" in lost
    assert "密钥和文件已销毁" not in lost
    assert "密钥和文件已销毁" in wiped


def test_two_admins_see_a_request_and_let_the_phone_in(desk: Desk) -> None:
    phone = desk.phone("W1", "g1")
    asking = LockedPhone(desk.town, phone.device.worker_id, phone.device.id)
    services = desk.town.services
    rescue = ask(services.engine, services.keys, asking.asks(), desk.town.clock)
    first, second = desk.signed_in("town"), desk.signed_in("community")
    assert fingerprint(asking.asks().waiting, "zh") in first.get("/console/devices").text

    again = [first.post(f"/console/rescues/{rescue.id}/agree").text for _ in range(2)]
    half = second.get("/console/devices").text
    done = second.post(f"/console/rescues/{rescue.id}/agree").text
    told = standing(services.engine, asking.token(rescue.id), desk.town.clock)

    assert "您已同意过" in again[1]
    assert "1/2" in half
    assert "1/2" not in done
    assert asking.opens(told.answer) == INSIDE
