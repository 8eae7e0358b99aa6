"""One device: how it stands, and whose records it has held."""

from sqlalchemy import update
from sqlmodel import col

from server.db.engine import writing
from server.db.office_tables import DeviceRow
from server.office.assignments import assign
from tests.server.a_town import MINUTE
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
