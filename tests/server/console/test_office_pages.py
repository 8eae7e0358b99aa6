"""Workers, codes, devices, areas and accounts: done at the desk, refused in one sentence."""

import re

import pytest

from server.db.engine import reading
from server.office.areas import areas
from server.office.audit import trail
from server.office.enrolment import enrol
from shared.wire import Enrol
from tests.server.a_town import MINUTE, Phone
from tests.server.console.world import Browser, Desk, Page


def add_worker(desk: Desk, browser: Browser, name: str = "王芳", staff_no: str = "G1") -> Page:
    area = desk.town.areas["g1"]
    return browser.post("/console/workers/new", name=name, staff_no=staff_no, area=area)


def give_code(browser: Browser, worker: Page) -> str:
    page = browser.post(f"{worker.url}/code", minutes="15")
    found = re.search(r'id="code">([0-9A-Z-]+)<', page.html)
    assert found, page.text
    return found.group(1)


def test_a_worker_is_added_with_a_grid_and_given_a_code(desk: Desk) -> None:
    browser = desk.signed_in("community")

    worker = add_worker(desk, browser)
    code = give_code(browser, worker)

    assert "已新增网格员王芳" in worker.text
    assert "区域g1" in worker.text
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", code)


def test_the_code_page_has_all_that_a_phone_needs_and_shows_it_once(desk: Desk) -> None:
    browser = desk.signed_in("community")
    worker = add_worker(desk, browser)

    page = browser.post(f"{worker.url}/code", minutes="60")

    code = re.search(r'id="code">([0-9A-Z-]+)<', page.html)
    assert code
    assert "<svg" in page.html
    assert desk.town.services.settings.url in page.text
    assert f"code={code.group(1)}" in page.text
    assert page.response.headers["cache-control"] == "no-store"
    assert f'data-expires="{desk.now + 60 * MINUTE}"' in page.html
    assert code.group(1) not in browser.get(worker.url).html


def test_the_page_learns_when_a_phone_has_used_the_code(desk: Desk) -> None:
    browser = desk.signed_in("community")
    worker = add_worker(desk, browser)
    code = give_code(browser, worker)
    services = desk.town.services

    before = browser.get(f"{worker.url}/code/{code[:4]}").response.json()
    enrolled = enrol(
        services.engine, services.keys, Enrol(code, Phone().public_key), services.clock
    )
    after = browser.get(f"{worker.url}/code/{code[:4]}").response.json()

    assert before == {"used": False, "words": ""}
    assert after == {"used": True, "words": enrolled.fingerprint}
    assert desk.signed_in("leader").get(f"{worker.url}/code/{code[:4]}").status == 403
    assert browser.get(f"{worker.url}/code/0000").status == 404


@pytest.mark.parametrize("minutes", ["0", "-5", "x", "99999999", ""])
def test_a_code_for_an_impossible_time_is_refused(desk: Desk, minutes: str) -> None:
    browser = desk.signed_in("community")
    worker = add_worker(desk, browser)

    page = browser.post(f"{worker.url}/code", minutes=minutes)

    assert ("有效时间须为" in page.text) == (minutes != "")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "", "staff_no": "G1"}, "名称不能为空"),
        ({"name": "王芳", "staff_no": ""}, "工号不能为空"),
        ({"name": "王芳", "staff_no": "G1", "phone": "12"}, "位数不够"),
        ({"name": "王芳", "staff_no": "W1"}, "工号 W1 已被使用"),
        ({"name": "王芳", "staff_no": "G1", "area": ""}, "请至少选择一个您管辖的网格"),
    ],
)
def test_a_worker_that_cannot_be_added_is_refused_with_the_reason(
    desk: Desk, fields: dict[str, str], words: str
) -> None:
    desk.town.worker("W1", "g1")
    browser = desk.signed_in("community")
    sent = {"area": desk.town.areas["g1"]} | fields
    sent = {name: value for name, value in sent.items() if name != "area" or value}

    page = browser.post("/console/workers/new", sent)

    assert page.status == 400
    assert words in page.text


def test_a_duty_is_given_and_ended(desk: Desk) -> None:
    browser = desk.signed_in("community")
    worker = add_worker(desk, browser)

    given = browser.post(f"{worker.url}/assign", area=desk.town.areas["g2"])
    duty = re.search(r"/end/([0-9a-f-]{36})", given.html)
    assert duty
    ended = browser.post(f"{worker.url}/end/{duty.group(1)}")

    assert "区域g2" in given.text
    assert "分工已结束" in ended.text
    foreign = browser.post(f"{worker.url}/assign", area=desk.town.areas["g3"])
    assert foreign.status == 404


def test_a_worker_who_left_gets_no_code_and_her_phone_no_answer(desk: Desk) -> None:
    browser = desk.signed_in("community")
    phone = desk.phone("W4", "g1")
    page = browser.post(f"/console/workers/{phone.device.worker_id}/dismiss")

    again = browser.post(f"/console/workers/{phone.device.worker_id}/code", minutes="15")

    assert "已离岗" in page.text
    assert "该人员已离岗" in again.text


@pytest.mark.parametrize(("act", "status"), [("revoke", "revoked"), ("lost", "lost")])
def test_a_device_is_stopped_with_a_reason_that_is_kept(desk: Desk, act: str, status: str) -> None:
    phone = desk.phone("W1", "g1")
    browser = desk.signed_in("community")

    page = browser.post(f"/console/devices/{phone.device.id}/{act}", reason="掉进河里")

    assert ("停用" if act == "revoke" else "丢失") in page.text
    with desk.town.act() as office:
        newest = trail(office.conn, desk.town.who.town, limit=1)[0]
    assert (newest.action, newest.reason) == (f"device_{status}", "掉进河里")


def test_areas_are_added_renamed_and_ended(desk: Desk) -> None:
    browser = desk.signed_in("town")
    parent = desk.town.areas["c2"]

    added = browser.post("/console/areas/new", parent=parent, code="329901100002009", name="新网格")
    with reading(desk.town.services.engine) as conn:
        grid = next(a for a in areas(conn, desk.town.who.town) if a.name == "新网格")
    renamed = browser.post(f"/console/areas/{grid.id}/rename", name="河东第九网格")
    ended = browser.post(f"/console/areas/{grid.id}/end")
    wrong = browser.post("/console/areas/new", parent=parent, code="12", name="错")

    assert "新网格" in added.text
    assert "河东第九网格" in renamed.text
    assert "已停用" in ended.text
    assert "网格编码应为 15 位" in wrong.text


def test_an_account_is_added_and_its_password_reset(desk: Desk) -> None:
    browser = desk.signed_in("town")
    fields = {"login": "liu", "name": "刘洋", "role": "grid_leader", "password": "tea-pot-91-x"}

    page = browser.post("/console/accounts/new", fields, area=desk.town.areas["g2"])
    entered = desk.browser().sign_in("liu", "tea-pot-91-x")
    account = re.search(r"accounts/([0-9a-f-]{36})/password", _line(page, "liu"))
    assert account
    weak = browser.post(f"/console/accounts/{account.group(1)}/password", password="short")
    browser.post(f"/console/accounts/{account.group(1)}/password", password="other-pot-92-y")

    assert "已新增账号：刘洋" in page.text
    assert "刘洋" in entered.text
    assert "密码长度须为" in weak.text
    assert desk.browser().sign_in("liu", "tea-pot-91-x").status == 400
    assert "刘洋" in desk.browser().sign_in("liu", "other-pot-92-y").text


def test_a_worker_is_no_account_and_the_last_town_admin_stays(desk: Desk) -> None:
    browser = desk.signed_in("town")
    area = desk.town.areas["town"]

    worker = browser.post(
        "/console/accounts/new", login="w", name="w", role="worker", area=area, password="x"
    )
    last = browser.post(f"/console/accounts/{desk.accounts['town'].id}/close")

    assert worker.status == 400
    assert "这是最后一位镇管理员" in last.text


def _line(page: Page, login: str) -> str:
    rows: list[str] = re.findall(r"<tr>.*?</tr>", page.html, re.DOTALL)
    return next(row for row in rows if login in row)
