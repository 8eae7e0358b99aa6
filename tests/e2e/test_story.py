"""One story through the whole house: a table at the desk, two workers at the door, one decision.

Everything is real: the server's process, two apps in processes of their own, three windows of
Chromium, and between each app and the server a line that can be cut.
"""

import shutil
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, expect

from mobile.device import Device
from mobile.settings import Settings as AppSettings
from server.demo.processes import Children
from server.town.excel import BadReason, HouseholdTable, TablePlan, household_table
from tests.e2e.app import WorkerApp
from tests.e2e.casework import keep_last
from tests.e2e.compare import register_rows, shadow_rows
from tests.e2e.desk import Desk
from tests.e2e.running import Office, Phone, doorstep
from tests.proxy import Line, faulty_line

PIN_A, PIN_B = "293847", "518264"
TODAY, SYNC = 0, 2
HEAD, DOOR, INITIALS = "赵文华", "61栋1单元101", "zwh"
TWIN_NAME, TWIN_PHONE = "孙明朝", "15415805655"
PHONE_OF_A, PHONE_OF_B = "15400000001", "15400000002"


@pytest.mark.timeout(600)
def test_a_household_goes_from_the_table_to_two_doors_and_back_to_the_desk(
    browser: Browser, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        children = stack.enter_context(Children(tmp_path / "logs"))
        office = Office(tmp_path / "office")
        office.open(children)
        desk = Desk(browser, office.url)
        desk.sign_in("admin")
        stack.callback(keep_last, browser, tmp_path)
        _the_admin_imports_the_table(desk, tmp_path)
        lines = [stack.enter_context(faulty_line(office.url)) for _ in "ab"]
        phones = [Phone(f"phone-{x}", tmp_path / x, children) for x in "ab"]
        a = _a_worker_enrols(desk, browser, (phones[0], lines[0]), ("李梅", "W01", PIN_A))
        b = _a_worker_enrols(desk, browser, (phones[1], lines[1]), ("周强", "W02", PIN_B))
        _she_has_her_grid_and_nothing_else(a, office, phones[0])

        lines[0].down = lines[1].down = True
        _a_edits_and_visits_offline(a)
        _a_registers_a_household_that_looks_like_another(a)
        a = _a_finds_her_draft_after_a_kill(a, browser, phones[0])
        _b_edits_the_same_household_offline(b)

        lines[0].down = lines[1].down = False
        _a_syncs_and_her_first_reply_is_lost(a, lines[0], office)
        _b_syncs_and_sees_both_values(b)
        _the_admin_decides(desk)
        _both_apps_show_the_decision(a, b)
        _the_timeline_shows_every_step(desk)
        assert a.foreign == b.foreign == desk.foreign == []

        for phone in phones:
            phone.kill()
        _all_shadows_equal_the_register(office, ((phones[0], PIN_A), (phones[1], PIN_B)))


def _the_admin_imports_the_table(desk: Desk, folder: Path) -> None:
    table = household_table(
        TablePlan(today=date(2026, 11, 22), households=24, grid="第一网格", seed=3)
    )
    file = folder / "第一网格住户登记表.xlsx"
    file.write_bytes(table.content)

    counts = desk.check_table(file, "第一网格")

    assert counts == {"new": table.good, "update": 0, "unchanged": 0, "bad": len(table.bad_rows)}
    assert desk.bad_rows().keys() == {row.number for row in table.bad_rows}
    _the_bad_rows_can_be_downloaded(desk, folder / "bad.xlsx", table)
    assert desk.households() == 0, "a dry run imports nothing"
    desk.page.go_back()
    desk.commit_table()
    assert desk.households() == table.good


def _the_bad_rows_can_be_downloaded(desk: Desk, file: Path, table: HouseholdTable) -> None:
    sheet = openpyxl.load_workbook(desk.download_bad_rows(file)).active
    assert sheet is not None
    text = "\n".join(
        " ".join(str(cell) for cell in row if cell is not None)
        for row in sheet.iter_rows(values_only=True)
    )
    reasons = {row.reason for row in table.bad_rows}
    assert reasons == set(BadReason)
    assert "三四人" in text
    assert "1540026" in text


def _a_worker_enrols(
    desk: Desk, browser: Browser, device: tuple[Phone, Line], worker: tuple[str, str, str]
) -> WorkerApp:
    phone, line = device
    name, staff_no, pin = worker
    code = desk.add_worker(name, staff_no, "第一网格")
    phone.start()
    app = WorkerApp(browser, phone.url)
    app.write("注册码或二维码文字", code)
    app.write("服务器地址", line.url)
    app.tap("enrol-next")
    app.type_pin(pin)
    app.type_pin(pin)
    app.awaits("fingerprint")
    words = desk.fingerprint()
    assert all(word in app.words("fingerprint") for word in words.split()), words
    app.press("核对好了，开始使用")
    app.until(lambda: "18" in app.words("number-households"), "the first sync brings her grid")
    return app


def _she_has_her_grid_and_nothing_else(app: WorkerApp, office: Office, phone: Phone) -> None:
    mine, others = register_rows(office.home, "第一网格"), register_rows(office.home, "第二网格")
    app.sync()
    kept = shadow_rows(phone.home)

    assert kept.keys() == mine.keys()
    assert not kept.keys() & others.keys()


def _a_edits_and_visits_offline(app: WorkerApp) -> None:
    app.find(INITIALS)
    app.open_household(DOOR)
    app.says(HEAD)
    app.tap("visit")
    app.tap("outcome-done")
    app.write("走访记录", "老人耳朵不好，敲门要重一些")
    app.choose("visit-edit")
    app.write("常住人数", "5")
    app.write("联系电话", PHONE_OF_A)
    app.tap("done")
    app.says("常住人数、联系电话")
    app.press("保存走访")
    app.awaits("visit")
    app.reads(PHONE_OF_A)
    words = app.sync()
    assert words.startswith("2 项已存本机"), f"what is not sent yet is counted: {words}"


def _a_registers_a_household_that_looks_like_another(app: WorkerApp) -> None:
    app.go(1)
    app.page.get_by_role("button", name="登记住户", exact=True).click()
    app.tap("dwelling-new")
    app.write("房屋编码", "61-1-13-1301")
    app.write("门牌号", "书院街8号61栋1单元1301室")
    app.tap("done")
    app.write("户主姓名", TWIN_NAME)
    app.choose("q-tenure-own")
    app.choose("q-household_kind-lives_here")
    app.write("常住人数", "2")
    app.write("联系电话", TWIN_PHONE)
    app.choose("add-member")
    app.reads("本人或户主")
    app.tap("done")
    app.choose("add-member")
    app.write("姓名", "林小雨")
    app.choose("q-relation-1")
    app.tap("done")
    app.tap("save")
    app.says("孙明超")
    app.tap("keep-new")
    app.awaits("visit")
    app.says("林小雨")
    app.reads(TWIN_PHONE)


def _a_finds_her_draft_after_a_kill(app: WorkerApp, browser: Browser, phone: Phone) -> WorkerApp:
    app.find("smz")
    app.find("61-1-102")
    app.open_household("孙明超")
    app.tap("edit")
    app.write("诉求与需要", "想申请老年证")
    phone.kill()
    app.close()
    phone.start()
    again = WorkerApp(browser, phone.url)
    again.unlock(PIN_A)
    again.says("孙明超")
    again.page.get_by_role("button", name="修改").first.click()
    again.bring(again.field("诉求与需要"))
    again.field("诉求与需要").click()
    expect(again.field("诉求与需要")).to_have_value("想申请老年证")
    again.tap("back")
    return again


def _b_edits_the_same_household_offline(app: WorkerApp) -> None:
    app.find("61-1-101")
    app.open_household(HEAD)
    app.tap("edit")
    app.write("联系电话", PHONE_OF_B)
    app.write("房东姓名", "马建国")
    app.tap("save")
    app.awaits("visit")


def _a_syncs_and_her_first_reply_is_lost(app: WorkerApp, line: Line, office: Office) -> None:
    line.lose_reply_to.append("/v1/push")
    app.sync()
    app.until(lambda: line.lost == ["/v1/push"], "her first reply is lost")
    once = doorstep(office.home, "verify")
    pushed = line.requests.count("/v1/push")
    app.sync()
    app.until(lambda: line.requests.count("/v1/push") > pushed, "she sends it again")

    assert doorstep(office.home, "verify")["changes"] == once["changes"], "nothing applied twice"


def _b_syncs_and_sees_both_values(app: WorkerApp) -> None:
    app.sync()
    app.find("61-1-101")
    app.open_household(HEAD)
    for words in (PHONE_OF_A, PHONE_OF_B, "李梅", "马建国"):
        app.reads(words)


def _the_admin_decides(desk: Desk) -> None:
    desk.open_conflict()
    sides = desk.candidates()
    assert len(sides) == 2
    assert any("李梅" in side and PHONE_OF_A in side for side in sides)
    assert any("周强" in side and PHONE_OF_B in side for side in sides)
    desk.decide(PHONE_OF_A)
    desk.go("conflicts")
    assert desk.page.locator("a[href*='/console/conflicts/']").count() == 0


def _both_apps_show_the_decision(a: WorkerApp, b: WorkerApp) -> None:
    for app in (a, b):
        app.sync()
        app.find("61-1-101")
        app.open_household(HEAD)
        app.reads(PHONE_OF_A)
        # The other answer stays in the timeline, but nothing waits any more.
        with pytest.raises(AssertionError, match="nowhere"):
            app.reads("有不同的答案")


def _the_timeline_shows_every_step(desk: Desk) -> None:
    desk.go("households/list?q=")
    desk.page.get_by_text(HEAD).first.click()
    timeline = desk.page.locator(".desk-timeline, .timeline").first.inner_text()
    masked_a, masked_b = (f"{phone[:3]}****{phone[-4:]}" for phone in (PHONE_OF_A, PHONE_OF_B))
    for step in ("李梅", "周强", "王主任", masked_a, masked_b, "马建国", "走访"):
        assert step in timeline, step
    assert PHONE_OF_A not in timeline, "a telephone is masked until someone gives a reason"
    assert timeline.count("设备时间") == timeline.count("收到") >= 4


def _all_shadows_equal_the_register(office: Office, phones: tuple[tuple[Phone, str], ...]) -> None:
    checked = doorstep(office.home, "verify")
    assert checked["register_differs"] == checked["rest_differs"] == [], checked
    assert checked["audit_broken_at"] is None, checked
    register = register_rows(office.home, "第一网格")
    for phone, pin in phones:
        copy = phone.home.with_name(phone.name + "-copy")
        shutil.copytree(phone.home, copy)
        assert shadow_rows(phone.home) == {name: row.version for name, row in register.items()}
        device = Device(AppSettings(home=copy, keystore=phone.home.parent / f"{phone.name}.key"))
        device.unlock(device.accounts()[0].id, pin)
        shelf = device.store.shelf
        with shelf.database.reading() as conn:
            for name, row in register.items():
                assert shelf.shadow.get(conn, name) == row.record, name
        device.lock()
