"""A file that a phone exported is taken at the console's devices page."""

import secrets
from base64 import b64decode

import pytest

from server.clock import new_id
from server.forms.builtin import builtin_forms
from shared.carry import CarryOver, SignedPush, sealed
from tests.server.api.caller import Device, enrol
from tests.server.console.world import Browser, Desk, Page


@pytest.fixture
def phone(desk: Desk) -> Device:
    for form in builtin_forms().values():
        if form.kind not in desk.town.services.register.forms("east"):
            desk.town.services.register.publish_form("east", form)
    return enrol(desk.town, "g1", staff_no="C1")


def exported(phone: Device) -> bytes:
    change = phone.create(new_id(), "dwelling", code="3-1-02-201", status="occupied")
    body = phone.push_of(change)
    carried = CarryOver(
        phone.enrolled.device, 1, (SignedPush(body.decode(), phone.phone.signature(body)),)
    )
    key = b64decode(phone.enrolled.town_key)
    return sealed(carried, phone.enrolled.town, key, secrets.token_bytes(32))


def bring(browser: Browser, content: bytes) -> Page:
    files = {"file": ("work.doorstep", content, "application/octet-stream")}
    return browser.post("/console/devices/carry-over", files=files)


def test_an_admin_takes_the_file_and_again_changes_nothing(desk: Desk, phone: Device) -> None:
    browser = desk.signed_in("community")
    file = exported(phone)

    offered = browser.get("/console/devices")
    first, again = bring(browser, file), bring(browser, file)

    assert "收录手机导出的文件" in offered.text
    assert "收录 1 项，0 项早已收到" in first.text
    assert "收录 0 项，1 项早已收到" in again.text


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"x" * 4_000_000])
def test_what_is_no_such_file_is_refused_in_one_sentence(
    desk: Desk, phone: Device, content: bytes
) -> None:
    browser = desk.signed_in("community")

    page = bring(browser, content)

    assert "不是本镇手机导出的" in page.text


def test_who_may_not_manage_devices_may_not_take_one(desk: Desk, phone: Device) -> None:
    browser = desk.signed_in("auditor")

    page = bring(browser, exported(phone))

    assert page.response.status_code == 403
    assert "收录手机导出的文件" not in browser.get("/console/devices").text
